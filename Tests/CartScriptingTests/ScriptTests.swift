import CartEngine
import CartModel
import CartReports
import CartScripting
import CartStorage
import CartTesting
import LuaKit
import Testing

struct ScriptTests {
  @Test(arguments: [
    ("cart('8f3a').total", "30.18"), ("cart('8f3a').status", "active"),
    ("#cart('8f3a').lines", "2"), ("cart('8f3a').lines[1].sku", "MUG-01"),
    ("cart('8f3a').lines[3]", "nil"), ("cart('8f3a').phone == ''", "true"),
    ("cart('8f3a').idle", "300.0"), ("cart('8f3a').domain", "example.com"),
    ("cart('8f3a').lines[1].price", "12.99"), ("cart('8f3a').lines[1].total", "25.98"),
    ("cart('8f3a') == cart('8f3a0001')", "true"), ("tostring(cart('8f3a'))", "cart 8f3a0001"),
    ("carts{'total>100'}:count()", "1"), ("carts{country='DE'}:first().id", "8f3a0001"),
    ("carts{}:sum('total')", "289.98"), ("carts{min_total='30.18', max_total=100}:count()", "1"),
    ("carts{ip='203.0.113.0/24', status='active'}:count()", "1"),
    ("carts{status={'active','held'}, sort='-total'}:first().id", "9b2c0002"),
    ("#carts{}", "2"), ("carts{email='*@example.com'}:list()[1].id", "8f3a0001"),
    ("carts{since=now() - duration'5m'}:count()", "2"), ("carts'mug':count()", "2"),
    ("money('12.99') + money('0.01')", "13.00"), ("money('10') * 3", "30.00"),
    ("3 * money('10')", "30.00"), ("money('10') / money('4')", "2.5"),
    ("money('10'):percent('7.5')", "0.75"), ("money('10'):ratio(1, 3)", "3.33"),
    ("money('1299', 'JPY')", "1299"), ("money('10') > 9.99", "true"),
    ("money('10') <= '10.00'", "true"), ("100 > money('10')", "true"),
    ("money('0.1') < 0.1000001", "true"), ("money('10'):eq(10)", "true"),
    ("money('10') == money('10.00')", "true"), ("money('10') == 10", "false"),
    ("money('1') > 0.00001", "true"), ("money('1') < 1e300", "true"),
    ("money('1') > -1e300", "true"),
    ("money('0.30') < 0.1 + 0.2", "true"), ("money('0.30') >= 0.3", "true"),
    ("money('0') < 5e-324", "true"), ("money('92233720368547758.07') > 9e16", "true"),
    ("money('-0.30') < -0.29", "true"), ("money('100'):percent(0.01)", "0.01"),
    ("carts{min_total=1e16}:count()", "0"), ("money('1.5') == money('1.50')", "true"),
    ("-money('1.50')", "-1.50"), ("money('12.99').minor", "1299"),
    ("cart('8f3a').total > 30 and cart('8f3a').total < 31", "true"),
    ("product('MUG-01').stock", "40"), ("product('NOPE')", "nil"), ("#products'mug'", "1"),
    ("customer('a@example.com').carts[1].id", "8f3a0001"), ("customer('x@y.z')", "nil"),
    ("duration'2h'", "7200"), ("date(time'2026-11-01 14:00')", "2026-11-01 14:00:00"),
    ("date(0, '%d.%m.%y %I%p %%')", "01.01.70 12AM %"), ("date(now(), '*t').hour", "8"),
    ("now()", "1793520000.0"), ("time'2026-11-01T08:00:00Z' == now()", "true"),
    ("carts{}:by('country')[1].count", "1"), ("order('7')", "nil"), ("#orders()", "0"),
  ])
  func answers(source: String, expected: String) throws {
    #expect(try ScriptHarness().run(source) == expected)
  }

  @Test func aCartInAVariableStaysGoodAndIsReadAfresh() throws {
    let harness = try ScriptHarness()
    _ = try harness.run("c = cart('8f3a')")
    _ = try harness.run("l = c.lines[1]")
    _ = try harness.run("x = 1")
    #expect(try harness.run("c:add('TEA-01', 3).quantity") == "6")
    try harness.test.take(
      #"{"type":"line.added","at":"2026-11-01T08:01:00Z","cart":"8f3a0001","sku":"SCREW","quantity":100,"price":"0.0375"}"#
    )
    #expect(try harness.run("c.quantity, l.quantity, c.lines[3].total") == "106 2 3.75")
    _ = try harness.run("c:remove(l)")
    #expect(
      harness.message("l.quantity")
        == "prompt:1: line 'MUG-01': is no longer in the cart 8f3a0001")
    #expect(harness.session.globals == ["_", "c", "l", "x"])
  }

  @Test func noOrderIsMadeOfAHeldCart() throws {
    let harness = try ScriptHarness()
    let refusal = try harness.run(
      "c = cart('8f3a'):hold('why') return select(2, pcall(function() return c:order{} end))")
    #expect(refusal.contains("is held"), "\(refusal)")
    #expect(
      try harness.run("pcall(function() carts{status='held'}:order{} end)").hasPrefix("false"))
    #expect(try harness.run("c.status, #orders{}") == "held 0")
  }

  @Test func effectsChain() throws {
    let harness = try ScriptHarness()
    let chain = """
      c = cart('8f3a'):set('MUG-01', 5):remove('TEA-01'):apply_coupon('SAVE10')
        :set_address{city='Köln', country='DE', billing={city='Wien'}}
      return c.total, c.coupon, #c.lines
      """
    #expect(try harness.run(chain) == "58.45 SAVE10 1")
    #expect(try harness.run("c:hold('why').status, c:restore('ok').status") == "held active")
    #expect(try harness.run("c:delete('gone').status") == "deleted")
    #expect(
      try harness.run("#c:history(), c:history()[4].text") == "10 MUG-01 (Mug): quantity 2 → 5")
    #expect(try harness.run("ops{}[1].command") == "c:delete('gone').status")
    #expect(try harness.run("undo(ops{}[1].op)") == "1")
    #expect(try harness.run("c.status") == "active")
    #expect(try harness.run("c:order{note='by phone'}.order_id") == "1001")
    #expect(try harness.run("order('1001').cart.id, order('1001').status") == "8f3a0001 placed")
    #expect(try harness.test.shop.check().problems == [])
  }

  @Test func aNewCartCanBeUsedAtOnceAndLater() throws {
    let harness = try ScriptHarness()
    _ = try harness.run("n = carts.create{email='new@example.com', country='AT'}")
    #expect(try harness.run("n:add('MUG-01', 2).total, n.email") == "25.98 new@example.com")
    #expect(try harness.run("cart(n.id) == n, n.version") == "true 2")
  }

  @Test func aLoopThatChangesWhatItFiltersOnVisitsEachCartOnce() throws {
    let harness = try ScriptHarness()
    let loop = """
      local n = 0
      for c in carts{'total<400'} do c:add('MUG-01', 30); n = n + 1 end
      return n, carts{'total>400'}:count()
      """
    #expect(try harness.run(loop) == "2 2")
    #expect(
      try harness.run("carts{}:each(function(c) c:apply_coupon('SAVE10') end)") == "2")
    #expect(
      try harness.run(
        "q = carts{} local a, b = 0, 0 for c in q do a = a + 1 break end for c in q do b = b + 1 end return a, b"
      )
        == "1 2")
  }

  @Test func anErrorInTheMiddleOfAChunkSavesNothing() throws {
    let harness = try ScriptHarness()
    let before = try harness.test.exported()
    #expect(
      harness.message("local c = cart('8f3a') c:add('TEA-01', 1) c:add('NOPE', 1)")
        .hasPrefix("prompt:1: add: sku 'NOPE': no such product"))
    #expect(try harness.test.exported() == before)
    #expect(try harness.run("cart('8f3a').quantity") == "3")
  }

  @Test func aRefusedUndoCountsForNothing() throws {
    let harness = try ScriptHarness()
    _ = try harness.run("for i = 1, 40 do carts.create{} end")
    harness.handler.confirmer.takeAnswers(from: nil, saysYes: false)
    #expect(try harness.run("pcall(undo, ops{}[1].op)").hasPrefix("false undo: this changes more"))
    _ = try harness.run("pcall(undo, ops{}[1].op) cart('8f3a'):add('SCREW', 1)")
    #expect(try harness.run("ops{}[1].carts, ops{}[1].events") == "1 1")
    #expect(try harness.test.shop.check().problems == [])
  }

  @Test func pcallCatchesARefusalAndGoesOn() throws {
    let harness = try ScriptHarness()
    #expect(
      try harness.run("local ok, e = pcall(cart('8f3a').remove, cart('8f3a'), 'NOPE') return ok, e")
        == "false remove: line 'NOPE': not in the cart 8f3a0001; it has MUG-01, TEA-01")
    #expect(try harness.run("cart('8f3a').quantity") == "3")
  }

  @Test func runningOutOfMemoryStartsLuaAfreshAndSaysWhatWasLost() throws {
    let harness = try ScriptHarness(.rule)
    _ = try harness.run("return 1")
    #expect(
      harness.message("local s = 'x' while true do s = s .. s end")
        == "not enough memory; Lua was started afresh")
    #expect(try harness.run("return cart('8f3a').quantity") == "3")
  }

  @Test func definesAndRunsAReport() throws {
    let harness = try ScriptHarness(.rule)
    _ = try harness.run(
      """
      report "by-country" {
        title = "Carts by country",
        run = function(q)
          local rows = {}
          for _, g in ipairs(carts(q.where):by("country")) do rows[#rows + 1] = { g.value, g.count, money("1.50") } end
          return { columns = { "country", { name = "carts", type = "integer" }, { name = "x", type = "money" } }, rows = rows, totals = { "all", 2 } }
        end,
      }
      """)
    let table = try harness.session.report("by-country", ReportQuery())
    #expect(table.csv == "country,carts,x\r\nDE,1,1.50\r\n,1,1.50\r\n")
    #expect(table.totals == [.text("all"), .integer(2), .empty])
    #expect(
      throws: EngineError(
        .notFound, "no report is called 'by-contry'; did you mean 'by-country'?")
    ) {
      try harness.session.report("by-contry", ReportQuery())
    }
  }

  @Test func everyNameHasHelp() {
    for name in ScriptHelp.names {
      #expect(!ScriptHelp.text(name).hasPrefix("no help"), "\(name)")
    }
    #expect(
      ScriptHelp.text("cart:remove")
        == """
        cart:remove(line: line|string) → cart
          Takes a line off.
            line  a line of this cart, its SKU, its id or "#2"
          refuses a line that the cart does not have, or a SKU that several lines have
          refuses a line that another run changed since this one read it
          refuses a cart that is ordered, held or deleted
        """)
    #expect(ScriptHelp.text("c:remove") == ScriptHelp.text("cart:remove"))
    #expect(ScriptHelp.text("crts") == "no help on 'crts'; did you mean 'carts'?")
  }
}

/// What a kill leaves behind.
