import CartEngine
import CartModel
import CartReports
import CartScripting
import CartStorage
import CartTesting
import LuaKit
import Testing

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
    // The database asks about every millisecond of its work: one read must take longer.
    let carts = (1...2_000).map {
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"x\#($0)","currency":"EUR"}"#
    }
    try harness.test.take(carts.joined(separator: "\n"))
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
      try store.forEachEvent { _ in }
    }
    #expect(asked > 0)
    store.shouldStop = nil
    harness.session.limit(.console)
    #expect(try harness.run("carts{status='any'}:count()") == "2002")
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
