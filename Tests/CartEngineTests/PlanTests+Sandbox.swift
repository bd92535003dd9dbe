import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

/// The sandbox, and all or nothing.
extension PlanTests {
  @Test func aThousandSandboxWritesLeaveTheDatabaseAsItIs() throws {
    let test = try shop(40)
    try test.shop.store.checkpoint()
    let before = test.folder.bytes("cartio.db")
    let log = test.folder.bytes("cartio.db-wal")
    let handler = test.handler()
    handler.enter(.sandbox)
    var carts = RandomCarts(seed: 3)
    var writes = 0
    while writes < 1000 {
      _ = handler.begin("try")
      let key = try anyCart(handler, &carts)
      let cart = try #require(try handler.cart(key))
      let command =
        carts.random.chance(3) ? Command.order(.init(id: "")) : carts.command(for: cart)
      guard (try? handler.execute(command, on: key)) != nil else {
        _ = handler.abandon()
        continue
      }
      let outcome = try handler.finish()
      #expect(outcome.operation == nil)
      writes += 1
    }
    let isSame =
      test.folder.bytes("cartio.db") == before && test.folder.bytes("cartio.db-wal") == log
    #expect(isSame)
    // The other process sees nothing of it, and may write: no lock is held.
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) { try other.add("TEA-01", 1, to: try other.find("c1001")) }
    #expect(try handler.run.plans.plan().changes.count > 10)
    #expect(handler.enter(.live) > 10)
    #expect(try test.shop.check().problems == [])
  }

  @Test func whatFailsInTheSandboxLeavesEarlierStepsAsTheyWere() throws {
    let test = try shop(3)
    let handler = CommandHandler(test.shop, mode: .sandbox, actor: .staff("anna"))
    let key = try handler.find("c1001")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    #expect(throws: (any Error).self) {
      try operation(handler) {
        try handler.add("TEA-01", 3, to: key)
        try handler.add("NOPE", 3, to: key)
      }
    }
    #expect(try handler.run.plans.plan().changes.map(\.words) == ["+ 1 × TEA-01"])
    try operation(handler) { try handler.add("TEA-01", 3, to: key) }
    #expect(try handler.run.plans.plan().changes.map(\.words) == ["+ 4 × TEA-01"])
    #expect(handler.run.plans.undoLatest() == 1)
    #expect(handler.run.plans.undoLatest() == 1)
    #expect(handler.run.plans.undoLatest() == 0)
    #expect(try handler.run.plans.plan().changes.isEmpty)
  }

  // MARK: All or nothing

  @Test func atomicallyKeepsAllOrNothing() throws {
    let test = try shop(5)
    let handler = test.handler()
    struct Stop: Error {}
    try operation(handler) {
      try handler.add("TEA-01", 1, to: try handler.find("c1001"))
      #expect(throws: Stop.self) {
        try handler.run.atomically {
          try handler.add("TEA-01", 1, to: try handler.find("c1001"))
          try handler.add("TEA-01", 1, to: try handler.find("c1002"))
          throw Stop()
        }
      }
      try handler.run.atomically {
        try handler.add("TEA-01", 1, to: try handler.find("c1003"))
      }
    }
    let carts = try contents(test.shop)
    #expect(carts["c1001"]?.lines.last?.quantity == 1 && carts["c1002"]?.lines.count == 1)
    #expect(carts["c1003"]?.lines.count == 2)
    #expect(try test.shop.check().problems == [])
  }

  /// Another process changes one of the carts before it is written: none of them is.
  @Test(arguments: [CommandHandler.Consent.given, .refuse])
  func aConflictInAtomicallySparesAllItsCarts(consent: CommandHandler.Consent) throws {
    let test = try shop(5)
    let handler = test.handler("anna", consent: consent)
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    func collide() throws {
      try handler.execute(.setQuantity(.position(1), 8), on: try handler.find("c1001"))
      try handler.execute(.setQuantity(.position(1), 8), on: try handler.find("c1002"))
      try operation(other) {
        try other.execute(.setQuantity(.position(1), 7), on: try other.find("c1002"))
      }
    }
    _ = handler.begin("both")
    try handler.add("TEA-01", 1, to: try handler.find("c1004"))
    if consent == .given {
      #expect(throws: EngineError.self) { try handler.run.atomically(collide) }
      #expect(try handler.finish().carts == 1)
    } else {
      try handler.run.atomically(collide)
      let outcome = try handler.finish()
      #expect(outcome.carts == 1 && outcome.failures.count == 2)
    }
    let carts = try contents(test.shop)
    #expect(carts["c1001"]?.quantity == 2 && carts["c1002"]?.quantity == 7)
    #expect(carts["c1004"]?.lines.count == 2)
    #expect(try test.shop.check().problems == [])
  }
}
