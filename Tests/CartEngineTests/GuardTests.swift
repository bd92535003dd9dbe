import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

struct GuardTests {
  /// Carts c1000 … of one address each, all of one domain.
  func shop(_ count: Int = 6) throws -> TestShop {
    let test = try TestShop()
    try test.take(TestShop.products)
    var lines = ""
    for cart in 0..<count {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\(1000 + cart)","shopper":{"email":"s\(cart)@example.com","ip":"203.0.113.\(cart)","country":"DE"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":1,"price":"12.99"}

        """
    }
    try test.take(lines)
    return test
  }

  func ban(
    _ test: TestShop, _ kind: ListEntry.Kind, _ text: String, ttl: Span? = nil,
    on list: ListEntry.List = .blacklist
  ) throws -> Int64 {
    let handler = test.handler()
    return try #require(
      try operation(handler, "ban") {
        try handler.add(.init(kind, text), to: list, reason: "cards", tell: "Call us.", ttl: ttl)
      })
  }

  func cart(_ test: TestShop, _ name: String) throws -> Cart {
    try #require(try test.shop.store.cart(try test.handler().find(name)))
  }

  @Test func aChangeOfACartThatIsListedHoldsIt() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/31")
    #expect(try cart(test, "c1000").state == .open)
    let handler = test.handler()
    let number = try operation(handler) {
      try handler.add("TEA-01", 1, to: handler.find("c1000"))
      try handler.add("TEA-01", 1, to: handler.find("c1002"))
    }
    let held = try cart(test, "c1000")
    #expect(held.state == .held && held.lines.count == 2)
    #expect(
      held.heldBy?.reason == "ip 203.0.113.0/31: cards" && held.heldBy?.tell == "Call us.")
    #expect(try cart(test, "c1002").state == .open)
    let last = try #require(try test.shop.store.history(of: held.key).last)
    #expect(last.actor.description == "rule:blacklist" && last.operation != number)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anOrderIsRefusedAndTheCartHeldAlthoughTheRunFailed() throws {
    let test = try shop()
    _ = try ban(test, .email, "*@example.com")
    let handler = test.handler()
    #expect(
      throws: EngineError(
        .refused,
        "cart c1001: no order is made of it: blacklist, email *@example.com: cards; 'allowlist add' "
          + "lets the person buy")
    ) {
      try operation(handler) {
        try handler.execute(.order(.init(id: "")), on: handler.find("c1001"))
      }
    }
    #expect(try cart(test, "c1001").state == .held)
    #expect(try test.shop.check().problems == [])
  }

  @Test func theAllowlistWinsAndBringsBack() throws {
    let test = try shop()
    _ = try ban(test, .country, "DE")
    let handler = test.handler()
    try operation(handler) {
      for name in ["c1000", "c1001"] { try handler.add("TEA-01", 1, to: handler.find(name)) }
      try handler.execute(.hold(), on: handler.find("c1002"))
    }
    let result = try handler.add(.init(.email, "s0@example.com"), to: .allowlist)
    _ = try handler.finish()
    #expect(result.restored == 1)
    #expect(try cart(test, "c1000").state == .open)
    #expect(try cart(test, "c1001").state == .held)
    // What a person held stays held.
    _ = try ban(test, .email, "s2@example.com", on: .allowlist)
    #expect(try cart(test, "c1002").state == .held)
    try operation(handler) {
      try handler.execute(.order(.init(id: "")), on: handler.find("c1000"))
    }
    #expect(try cart(test, "c1000").state == .ordered)
  }

  @Test func aRestoredCartIsNotHeldAgainByTheSameEntry() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    try operation(handler) { try handler.execute(.restore(), on: key) }
    for _ in 0..<10 { try operation(handler) { try handler.add("TEA-01", 1, to: key) } }
    #expect(try cart(test, "c1000").state == .open)
    // Another entry is another matter, and so is being asked to judge again.
    _ = try ban(test, .email, "s0@example.com")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    #expect(try cart(test, "c1000").heldBy?.reason == "email s0@example.com: cards")
    try operation(handler) { try handler.execute(.restore(), on: key) }
    #expect(try cart(test, "c1000").state == .open)
    try operation(handler) { try handler.execute(.hold(), on: key) }
    try operation(handler) { try handler.execute(.restore(judge: true), on: key) }
    #expect(try cart(test, "c1000").state == .held)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anEntryCountsUntilItExpires() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24", ttl: try Span("1h"))
    let handler = test.handler()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .held)
    test.clock.advance(3_600_000)
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1001")) }
    #expect(try cart(test, "c1001").state == .open)
  }

  @Test func anotherProcesssEntryCountsFromTheNextRunOn() throws {
    let test = try shop()
    let handler = test.handler()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) { try other.add(.init(.country, "DE"), to: .blacklist) }
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .held)
  }

  /// No order for a listed cart: planned before the entry stood, applied after.
  @Test func aPlannedOrderIsRefusedWhenThePersonIsListedByThen() throws {
    let test = try shop()
    let planner = CommandHandler(test.shop, mode: .plan, actor: .staff("anna"))
    _ = planner.begin("plan")
    for name in ["c1000", "c1005"] {
      try planner.execute(.order(.init(id: "")), on: planner.find(name))
    }
    let path = test.folder.file("x.plan")
    try PlanFile.write(try planner.run.plans.takePlan(), to: path)
    _ = try ban(test, .ip, "203.0.113.0")
    let handler = test.handler()
    _ = handler.begin("apply")
    let report = try handler.run.plans.apply(try PlanReader(path), rules: [:])
    _ = try handler.finish()
    #expect(report.done == 1 && report.conflicts.map(\.cart) == ["c1000"])
    #expect(try cart(test, "c1000").state == .held)
    #expect(try cart(test, "c1005").state == .ordered)
    #expect(try test.shop.check().problems == [])
  }

  @Test func undoOfWhatHeldItBringsItBackButNoOrderComesOfIt() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    let hold = try #require(try test.shop.store.history(of: key).last?.operation)
    let before = try cart(test, "c1000")
    let undo = try takeBack(handler, hold)
    #expect(undo.report.carts.count == 1)
    #expect(try cart(test, "c1000").state == .open)
    try takeBack(handler, hold, redo: true)
    #expect(try cart(test, "c1000").hasSameContent(as: before))
    #expect(throws: EngineError.self) {
      try operation(handler) { try handler.execute(.order(.init(id: "")), on: key) }
    }
    #expect(try test.shop.check().problems == [])
  }

  @Test func anEntryCanBeTakenBackAndDoneAgain() throws {
    let test = try shop()
    let number = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    #expect(try handler.run.undo.lastUndoable().operation == number)
    #expect(try takeBack(handler, number).report.entries == 1)
    #expect(try handler.reader.entries(.blacklist).isEmpty)
    try takeBack(handler, number, redo: true)
    #expect(try handler.reader.entries(.blacklist).map(\.pattern.text) == ["203.0.113.0/24"])
    #expect(throws: EngineError.self) { try takeBack(handler, number, redo: true) }
    #expect(try test.shop.check().problems == [])
  }

  @Test func theSandboxAndARefusedRunLeaveTheListsAlone() throws {
    let test = try shop()
    let sandbox = CommandHandler(test.shop, mode: .sandbox, actor: .staff("anna"))
    _ = sandbox.begin("try")
    try sandbox.add(.init(.country, "DE"), to: .blacklist)
    try sandbox.add("TEA-01", 1, to: sandbox.find("c1000"))
    #expect(try sandbox.cart(sandbox.find("c1000"))?.state == .held)
    let handler = test.handler()
    _ = handler.begin("fails")
    try handler.add(.init(.country, "DE"), to: .blacklist)
    _ = handler.abandon()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .open)
    #expect(try test.shop.store.entries().isEmpty)
  }
}
