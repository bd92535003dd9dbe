import CartEngine
import CartModel
import CartReports
import CartScripting
import CartStore
import CartTesting
import LuaKit
import Testing

/// A session over a shop with two carts, as the prompt has one.
final class ScriptHarness {
  let test: TestShop
  let handler: CommandHandler
  let session: ScriptSession
  var printed = ""

  init(_ profile: ScriptSession.Profile = .console) throws {
    test = try TestShop()
    try test.take(TestShop.products)
    var settings = StoreSettings()
    settings.coupons = [Coupon(code: "SAVE10", kind: .percent(Percent(millionths: 10_000_000)))]
    try test.shop.use(settings)
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:50:00Z","cart":"8f3a0001","currency":"EUR","session":"s1","shopper":{"email":"a@example.com","country":"DE","ip":"203.0.113.7"}}
      {"type":"line.added","at":"2026-11-01T07:50:00Z","cart":"8f3a0001","sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99"}
      {"type":"line.added","at":"2026-11-01T07:55:00Z","cart":"8f3a0001","sku":"TEA-01","quantity":1,"price":"4.20"}
      {"type":"line.added","at":"2026-11-01T07:56:00Z","cart":"9b2c0002","sku":"MUG-01","quantity":20,"price":"12.99"}
      """)
    handler = CommandHandler(test.shop, actor: .staff("anna"), consent: .given)
    final class Box { var print: (String) -> Void = { _ in } }
    let box = Box()
    session = try ScriptSession(handler, profile: profile, seed: 1) { box.print($0) }
    box.print = { [unowned self] in printed += $0 }
  }

  /// Runs a chunk as one operation; its values as text.
  func run(_ source: String) throws -> String {
    handler.begin(source)
    do {
      let values = try session.run(source, name: "=prompt", isExpression: true)
      let text = values.map { session.text($0) }.joined(separator: " ")
      _ = try handler.finish()
      return text
    } catch {
      _ = handler.abandon()
      throw error
    }
  }

  /// The message of an error; what it gave where there was none.
  func message(_ source: String) -> String {
    do { return try "no error: " + run(source) } catch { return "\(error)" }
  }
}

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

  @Test(arguments: [
    ("cart('8f3a').totl", "prompt:1: cart.totl: no such field; did you mean 'total'?"),
    ("cart('8f3a').total = 1", "prompt:1: cart.total is read-only"),
    ("cart('8f3a').lines[1].quantity = 9", "prompt:1: line.quantity is read-only"),
    ("cart('nope')", "prompt:1: cart: cart 'nope': there is none of this id"),
    (
      "cart(5)",
      "prompt:1: bad argument #1 'id' to 'cart': expected a text, got the number 5"
    ),
    (
      "cart('8f3a').add('MUG-01', 1)",
      "prompt:1: bad argument #1 to 'add' (cart expected, got the text 'MUG-01'; use ':')"
    ),
    (
      "cart('8f3a'):add('MUG-01', 0/0)",
      "prompt:1: bad argument #2 'quantity' to 'add': expected a whole number, got nan"
    ),
    (
      "cart('8f3a'):add('MUG-01', 1e300)",
      "prompt:1: bad argument #2 'quantity' to 'add': expected a whole number, got the number 1e+300"
    ),
    (
      "cart('8f3a'):set('MUG-01', '2')",
      "prompt:1: bad argument #2 'quantity' to 'set': expected a whole number, got the text '2'"
    ),
    (
      "cart('8f3a'):set('MUG-01', 2.0)",
      "prompt:1: bad argument #2 'quantity' to 'set': expected a whole number, got the number 2.0"
    ),
    (
      "cart('8f3a'):set('MUG-01', math.mininteger)",
      "prompt:1: set: quantity: expected 1 … 1000000, got -9223372036854775808"
    ),
    (
      "cart('8f3a'):add('MUG-01', -1)",
      "prompt:1: add: quantity: expected 1 … 1000000, got -1 beside the 2 there"
    ),
    (
      "cart('8f3a'):remove('#9')",
      "prompt:1: remove: line #9: the cart 8f3a0001 has 2 lines"
    ),
    (
      "cart('8f3a'):remove(cart('9b2c').lines[1])",
      "prompt:1: bad argument #1 'line' to 'remove': expected a line of this cart, got a line of another"
    ),
    (
      "cart('8f3a'):add('\\xff', 1)",
      "prompt:1: bad argument #1 'sku' to 'add': expected a text, got a text that is not UTF-8"
    ),
    (
      "cart('8f3a'):add('MUG-01', 1, 2)", "prompt:1: add: expected at most 2 arguments, got 3"
    ),
    (
      "cart('8f3a'):apply_coupon('SAVE1O')",
      "prompt:1: apply_coupon: coupon 'SAVE1O': unknown; did you mean 'SAVE10'?"
    ),
    (
      "cart('8f3a'):set_address{cty='Köln'}",
      "prompt:1: set_address: address: no field 'cty'; did you mean 'city'?"
    ),
    ("carts{contry='DE'}", "prompt:1: carts: filter: no field 'contry'; did you mean 'country'?"),
    (
      "carts{country='UK'}",
      "prompt:1: carts: country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?"
    ),
    (
      "carts{}:sum('totl')",
      "prompt:1: bad argument #1 'field' to 'sum': expected one of lines, quantity, version, discount, shipping, subtotal, tax, total, got 'totl'; did you mean 'total'?"
    ),
    ("cats{}", "prompt:1: unknown name 'cats'; did you mean 'carts'?"),
    (
      "money(12)",
      "prompt:1: bad argument #1 'text' to 'money': expected a decimal text as \"12.99\", got the number 12"
    ),
    (
      "money('1.999')",
      "prompt:1: money: amount: expected a decimal with at most 2 decimals (EUR), got '1.999'"
    ),
    (
      "money('1') * 1.5",
      "prompt:1: money: cannot multiply by a float; use :percent(n) or :ratio(n, d), which round"
    ),
    ("money('1') + 1", "prompt:1: money: cannot add money and the number 1; write money(\"…\")"),
    ("money('1') + money('1', 'JPY')", "prompt:1: money: money: cannot add EUR and JPY"),
    (
      "cart('8f3a'):set('#-9223372036854775808', 1)",
      "prompt:1: set: line #-9223372036854775808: the cart 8f3a0001 has 2 lines"
    ),
    ("money('1') < {}", "prompt:1: money: cannot compare money and table"),
    (
      "money('92233720368547758.07') + money('1')",
      "prompt:1: money: money: add goes out of range at 92233720368547758.07 EUR"
    ),
    (
      "duration'soon'",
      "prompt:1: duration: duration: expected a number and one of s m h d w, as 2h, got 'soon'"
    ),
    (
      "date(now(), '%Q')",
      "prompt:1: date: expected one of %Y %y %m %d %H %I %M %S %p %A %a %B %b %F %T, got '%Q'"
    ),
    (
      "date('x')",
      "prompt:1: date: time: expected 2026-11-01 14:00, ISO 8601 or a span ago as 2h, got 'x'"
    ),
    ("date(0/0)", "prompt:1: 'date': expected a time in seconds since 1970, got nan"),
    (
      "require('../x')",
      "prompt:1: require: expected a name of small letters, digits and _, got '../x'"
    ),
    ("require('x')", "prompt:1: require: no module 'x'; expected it at lib/x.lua"),
    ("undo(99)", "prompt:1: undo: operation 99: there is none of this number; see .ops"),
    (
      "carts.create{curency='EUR'}",
      "prompt:1: carts.create: no field 'curency'; did you mean 'currency'?"
    ),
    ("carts.creat{}", "prompt:1: carts.creat: no such field; did you mean 'create'?"),
    ("for l in pairs(cart('8f3a')) do end", "pairs: expected a table, got cart 8f3a0001"),
    (
      "report 'X' {}",
      "prompt:1: report: expected a name of small letters, digits, - and _, got 'X'"
    ),
    ("report 'x' {ron=1}", "prompt:1: report 'x': no key 'ron'; did you mean 'run'?"),
    ("reports.run('top')", "prompt:1: reports.run: report 'top': there is none"),
    ("emit{}", "prompt:1: emit: there is no import under way"),
  ])
  func refusalsNameFunctionArgumentExpectedAndGot(source: String, expected: String) throws {
    let harness = try ScriptHarness()
    let before = try harness.test.exported()
    #expect(harness.message(source).hasSuffix(expected), "\(harness.message(source))")
    #expect(try harness.test.exported() == before)
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
    harness.handler.consent = .refuse
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
    #expect(table.csv == "country,carts,x\r\n,1,1.50\r\nDE,1,1.50\r\n")
    #expect(table.totals == [.text("all"), .integer(2), .empty])
    #expect(
      throws: EngineError(
        .notFound, "report 'by-contry': there is none; did you mean 'by-country'?")
    ) {
      try harness.session.report("by-contry", ReportQuery())
    }
  }

  @Test func everyNameHasHelp() {
    for name in ScriptHelp.names {
      #expect(!ScriptHelp.text(name).hasPrefix("no help"), "\(name)")
    }
    #expect(
      ScriptHelp.text("cart:add")
        == "cart:add(sku: string, quantity?: integer) → cart\n  Adds a product, or more of one that is there."
    )
    #expect(ScriptHelp.text("crts") == "no help on 'crts'; did you mean 'carts'?")
  }
}

/// What a kill leaves behind.
struct KillTests {
  @Test func afterAKillTheVMOfARuleIsDiscardedAndThePromptsStays() throws {
    let prompt = try ScriptHarness(.console)
    prompt.session.limit(.init(instructions: 100_000))
    _ = try prompt.run("x = {1}")
    #expect(prompt.message("while true do end").hasSuffix("instruction limit reached"))
    #expect(try prompt.run("#x") == "1")

    let rule = try ScriptHarness(.rule)
    rule.session.limit(.rule)
    _ = try rule.run("report 'r' {run = function() return {columns = {'a'}, rows = {}} end}")
    #expect(rule.session.reports.count == 1)
    #expect(rule.message("while true do end").hasSuffix("instruction limit reached"))
    #expect(rule.session.reports.isEmpty)
    #expect(try rule.run("1 + 1") == "2")
  }
}

struct OrderOptionTests {
  @Test func anOrderTellsHowItIsShippedAndPaid() throws {
    let harness = try ScriptHarness()
    #expect(
      try harness.run(
        "c = cart('8f3a') c:order{note='by phone', reference='R7', shipping='DHL', payment='invoice', status='paid', address={city='Ulm'}} return c.order_id, order('1001').status"
      ) == "1001 paid")
    let exported = try harness.test.exported()
    #expect(
      exported.contains("by phone · R7 · shipping: DHL · payment: invoice"), "\(exported)")
    #expect(exported.contains("order.paid"))
    for (options, message) in [
      ("status='pait'", "order: status: expected placed or paid, got 'pait'; did you mean 'paid'?"),
      ("payment=1", "order: payment: expected a text, got the number 1"),
      ("shiping='x'", "order: no key 'shiping'; did you mean 'shipping'?"),
    ] {
      #expect(
        harness.message("cart('9b2c'):order{\(options)}") == "prompt:1: " + message, "\(options)")
    }
    #expect(try harness.run("cart('9b2c').status") == "active")
  }

  @Test func aRestoreTakesAReasonInTwoForms() throws {
    let harness = try ScriptHarness()
    #expect(
      try harness.run(
        "c = cart('8f3a') c:delete('a') c:restore{reason='b'} c:delete() c:restore('d') return c.status"
      ) == "active")
    #expect(
      harness.message("c:restore{because='x'}").contains("restore: no key 'because'"))
    #expect(harness.message("c:restore(5)").contains("restore"))
  }
}

struct BoundTests {
  /// A read that the database is in the middle of ends with the run.
  @Test func aLongReadIsCutOff() throws {
    let harness = try ScriptHarness()
    harness.session.limit(.init(wall: 1))
    #expect(
      harness.message("for i = 1, 1e9 do carts{'word', status='any'}:count() end")
        .hasSuffix("time limit reached"))
    var asked = 0
    let store = harness.test.shop.store
    store.shouldStop = {
      asked += 1
      return true
    }
    #expect(throws: StoreError.self) {
      for _ in 0..<2000 {
        _ = try store.keys(matching: Filter(), harness.handler.context)
        try store.forEachEvent { _ in }
      }
    }
    #expect(asked > 0)
    store.shouldStop = nil
    harness.session.limit(.console)
    #expect(try harness.run("carts{status='any'}:count()") == "2")
  }

  /// What scripts hold outside Lua has a bound; what had to go says so.
  @Test func theOldestQueryMakesRoom() throws {
    let harness = try ScriptHarness()
    #expect(
      harness.message("local q = carts{} for i = 1, 66000 do carts{} end return q:count()")
        == "prompt:1: query: is no longer available; make it again")
    #expect(try harness.run("carts{status='any'}:count()") == "2")
  }
}
