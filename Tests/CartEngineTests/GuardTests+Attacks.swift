import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

/// Ways round the lists that were tried.
extension GuardTests {
  @Test func aWiderEntryCountsWhereTheNarrowOneWasForgiven() throws {
    let test = try shop()
    _ = try ban(test, .email, "s0@example.com")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    try operation(handler) { try handler.execute(.restore(), on: key) }
    _ = try ban(test, .country, "DE")
    #expect(throws: EngineError.self) {
      try operation(handler) { try handler.execute(.order(.init(id: "")), on: key) }
    }
    #expect(try cart(test, "c1000").heldBy?.reason == "country DE: cards")
  }

  @Test func heldAgainAfterAnUndoItIsForgivenNoMore() throws {
    let test = try shop()
    _ = try ban(test, .email, "s0@example.com")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    let restore = try #require(
      try operation(handler) { try handler.execute(.restore(), on: key) })
    try takeBack(handler, restore)
    #expect(try cart(test, "c1000").state == .held)
    try operation(handler) { try handler.execute(.restore(judge: true), on: key) }
    #expect(try cart(test, "c1000").state == .held)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aPlannedCartIsMadeWholeOrNotAtAll() throws {
    let test = try shop()
    let planner = CommandHandler(test.shop, mode: .plan, actor: .staff("anna"))
    _ = planner.begin("plan")
    let made = try planner.create(id: "new-cart", [.email: "evil@example.com"])
    try planner.add("MUG-01", 2, to: made.key)
    try planner.execute(.order(.init(id: "")), on: made.key)
    let path = test.folder.file("x.plan")
    try PlanFile.write(try planner.run.plans.takePlan(), to: path)
    _ = try ban(test, .email, "evil@example.com")
    let handler = test.handler()
    func apply() throws -> ApplyReport {
      _ = handler.begin("apply")
      let report = try handler.run.plans.apply(try PlanReader(path), rules: [:])
      _ = try handler.finish()
      return report
    }
    #expect(try apply().conflicts.count == 1)
    #expect(try handler.key(named: "new-cart") == nil)
    try operation(handler) {
      try handler.run.lists.remove(.init(.email, "evil@example.com"), from: .blacklist)
    }
    #expect(try apply().done == 1)
    #expect(try cart(test, "new-cart").state == .ordered)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anOrderIsJudgedAgainWhenItIsWritten() throws {
    let test = try shop()
    let handler = test.handler()
    _ = handler.begin("order")
    try handler.execute(.order(.init(id: "")), on: handler.find("c1000"))
    try handler.execute(.order(.init(id: "")), on: handler.find("c1001"))
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) {
      try other.add(.init(.email, "s0@example.com"), to: .blacklist)
      try other.add("TEA-01", 1, to: other.find("c1001"))
    }
    let outcome = try handler.finish()
    #expect(
      outcome.failures.map(\.message).sorted() == [
        "cart c1000: no order is made of it: blacklist, email s0@example.com",
        "cart c1001: another user changed it while it was ordered; look at it, and order it again",
      ])
    #expect(try cart(test, "c1000").state == .held)
    #expect(try cart(test, "c1001").state == .open)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anEntryThatWasRolledBackHoldsNobody() throws {
    let test = try shop()
    let handler = test.handler()
    try operation(handler) {
      _ = try? handler.run.atomically {
        try handler.add(.init(.email, "s0@example.com"), to: .blacklist)
        try handler.execute(.order(.init(id: "")), on: handler.find("c1000"))
      }
    }
    #expect(try cart(test, "c1000").state == .open)
    #expect(try handler.reader.entries(.blacklist).isEmpty)
  }

  @Test func takingBackALiftedHoldSurvivesAnExport() throws {
    let test = try shop()
    _ = try ban(test, .email, "s0@example.com")
    let handler = test.handler()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    let lift = try ban(test, .email, "s0@example.com", on: .allowlist)
    try takeBack(handler, lift)
    try takeBack(handler, lift, redo: true)
    try takeBack(handler, lift)
    let text = try test.exported()
    let copy = try TestShop(seed: 2)
    let (_, rejects) = try copy.take(text)
    #expect(rejects.isEmpty, "\(rejects.map(\.reason))")
    #expect(try copy.exported() == text)
    // And the import as a whole can be undone, its entries too.
    try takeBack(copy.handler(), 1)
    #expect(try copy.shop.store.entries().isEmpty)
    #expect(try copy.shop.check().problems == [])
  }

  @Test func oneEntryStandsForOnePattern() throws {
    let test = try shop()
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    for handler in [first, second] {
      _ = handler.begin("ban")
      try handler.add(.init(.ip, "203.0.113.9"), to: .blacklist, reason: "\(handler.actor)")
    }
    _ = try first.finish()
    _ = try second.finish()
    #expect(try test.shop.store.entries().map(\.reason) == ["staff:ben"])
    let (_, rejects) = try test.take(
      #"{"type":"entry.removed","at":"2026-11-01T09:00:00Z","email":"*@gmail.com"}"#)
    #expect(rejects.map(\.reason) == ["entry: not on the blacklist: *@gmail.com"])
    #expect(try test.shop.check().problems == [])
  }
}
