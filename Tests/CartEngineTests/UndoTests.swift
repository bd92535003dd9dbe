import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

struct UndoTests {
  /// A shop with a few carts that shoppers made.
  private func shop(seed: UInt64) throws -> (TestShop, [Int64]) {
    let test = try TestShop(seed: seed)
    try test.take(TestShop.products)
    var lines = ""
    for cart in 1...5 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\(cart)","shopper":{"email":"s\(cart)@example.com"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c\(cart)","sku":"MUG-01","quantity":\(cart),"price":"12.99"}
        {"type":"line.added","at":"2026-11-01T07:00:02Z","cart":"c\(cart)","sku":"TEA-01","quantity":1,"price":"4.20"}

        """
    }
    try test.take(lines)
    let keys = try (1...5).map { try #require(try test.shop.store.key(named: "c\($0)")) }
    return (test, keys)
  }

  /// Random operations over several carts by several people; gives their numbers.
  private func wander(_ test: TestShop, _ keys: [Int64], _ carts: inout RandomCarts, count: Int)
    throws -> [Int64]
  {
    let handlers = ["anna", "ben", "clara"].map { test.handler($0) }
    var numbers: [Int64] = []
    for _ in 0..<count {
      test.clock.advance(1000)
      let handler = carts.random.pick(handlers)
      let number = try operation(handler) {
        for _ in 0..<carts.random.pick(1...4) {
          let key = carts.random.pick(keys)
          let cart = try #require(try handler.cart(key))
          _ = try? handler.execute(carts.command(for: cart), on: key)
        }
      }
      if let number { numbers.append(number) }
    }
    return numbers
  }

  private func contents(_ test: TestShop, _ keys: [Int64]) throws -> [Cart] {
    try keys.map { try #require(try test.shop.store.cart($0)) }
  }

  private func expectSame(_ a: [Cart], _ b: [Cart]) {
    for (a, b) in zip(a, b) {
      #expect(a.hasSameContent(as: b), "\(a.difference(to: b))")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomOperationsUndoneInRandomOrderEqualNeverDone(seed: UInt64) throws {
    let (test, keys) = try shop(seed: seed)
    let before = try contents(test, keys)
    var carts = RandomCarts(seed: seed)
    var numbers = try wander(test, keys, &carts, count: 500)
    let handler = test.handler("dora")
    while !numbers.isEmpty {
      let number = numbers.remove(at: carts.random.pick(0...numbers.count - 1))
      _ = handler.begin("undo")
      _ = try takeBack(handler, number)
    }
    expectSame(try contents(test, keys), before)
    #expect(try test.shop.check().problems == [])
  }

  @Test(arguments: [5, 6, 7] as [UInt64])
  func anySubsetUndoneIsTheSameInEveryOrder(seed: UInt64) throws {
    var results: [[Cart]] = []
    for order in 0..<3 {
      let (test, keys) = try shop(seed: seed)
      var carts = RandomCarts(seed: seed)
      let numbers = try wander(test, keys, &carts, count: 60)
      let chosen = numbers.filter { $0 % 3 == 0 }
      let ordered =
        order == 0 ? chosen : order == 1 ? chosen.reversed() : chosen.sorted { $0 % 7 < $1 % 7 }
      let handler = test.handler("dora")
      for number in ordered {
        _ = handler.begin("undo")
        _ = try takeBack(handler, number)
      }
      #expect(try test.shop.check().problems == [])
      results.append(try contents(test, keys))
    }
    expectSame(results[0], results[1])
    expectSame(results[0], results[2])
  }

  @Test func redoBringsBackWhatUndoTook() throws {
    let (test, keys) = try shop(seed: 9)
    var carts = RandomCarts(seed: 9)
    let numbers = try wander(test, keys, &carts, count: 40)
    let after = try contents(test, keys)
    let handler = test.handler("dora")
    for number in numbers.reversed() { _ = try takeBack(handler, number) }
    for number in numbers { _ = try takeBack(handler, number, redo: true) }
    expectSame(try contents(test, keys), after)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aShoppersLaterValueStandsAndIsListed() throws {
    let (test, keys) = try shop(seed: 1)
    let handler = test.handler()
    let number = try #require(
      try operation(handler) { try handler.add("SCREW", 2, to: keys[0]) })
    try test.take(
      #"{"type":"line.changed","at":"2026-11-01T09:00:00Z","cart":"c1","sku":"SCREW","quantity":5}"#
    )
    _ = handler.begin("undo")
    let report = try takeBack(handler, number).report
    #expect(report.stays == ["cart c1: line 'SCREW' stays at 5, as shopper set it later"])
    let cart = try #require(try test.shop.store.cart(keys[0]))
    #expect(cart.lines.last?.sku == "SCREW" && cart.lines.last?.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }

  @Test func undoKeepsCountersRight() throws {
    let (test, keys) = try shop(seed: 1)
    let before = try test.shop.store.counts(from: .min, until: .max)
    let handler = test.handler()
    let number = try #require(
      try operation(handler) {
        try handler.add("SCREW", 2, to: keys[0])
        try handler.execute(.remove(.sku("TEA-01")), on: keys[1])
      })
    #expect(try test.shop.store.counts(from: .min, until: .max) != before)
    _ = try takeBack(handler, number)
    #expect(try test.shop.store.counts(from: .min, until: .max) == before)
  }

  @Test func refusalsSayWhy() throws {
    let (test, keys) = try shop(seed: 1)
    let handler = test.handler()
    let number = try #require(
      try operation(handler) { try handler.add("SCREW", 2, to: keys[0]) })
    let undo = try #require(try takeBack(handler, number).operation)
    #expect(throws: EngineError(.refused, "operation \(number): is undone already; see .ops")) {
      try takeBack(handler, number)
    }
    #expect(
      throws: EngineError(
        .refused, "operation \(undo): is itself an undo; use redo \(number)")
    ) { try takeBack(handler, undo) }
    #expect(
      throws: EngineError(.notFound, "no operation has the number 999; see .ops")
    ) { try takeBack(handler, 999) }
    #expect(throws: EngineError(.refused, "operation \(number + 2): is not undone")) {
      let next = try operation(handler) { try handler.add("SCREW", 2, to: keys[0]) }
      _ = try takeBack(handler, try #require(next), redo: true)
    }
  }

  @Test func anOrderIsNeverUndone() throws {
    let (test, keys) = try shop(seed: 1)
    let handler = test.handler()
    let number = try #require(
      try operation(handler) {
        try handler.add("SCREW", 2, to: keys[0])
        try handler.execute(.order(.init(id: "")), on: keys[0])
        try handler.add("SCREW", 1, to: keys[1])
      })
    let report = try takeBack(handler, number).report
    #expect(report.stays == ["cart c1 of s1@example.com: is ordered and stays as it is"])
    #expect(report.carts.map(\.id) == ["c2"])
    #expect(try test.shop.store.cart(keys[0])?.state == .ordered)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aNewCartUndoneIsDeletedAndComesBackWithRedo() throws {
    let (test, _) = try shop(seed: 1)
    let handler = test.handler()
    var made: Cart?
    let number = try #require(try operation(handler) { made = try handler.create() })
    let id = try #require(made).id
    _ = try takeBack(handler, number)
    let key = try #require(try test.shop.store.key(named: id))
    #expect(try test.shop.store.cart(key)?.state == .deleted)
    _ = try takeBack(handler, number, redo: true)
    #expect(try test.shop.store.cart(key)?.state == .open)
    #expect(try test.shop.check().problems == [])
  }

  @Test func whatIsTakenBackOnOneCartIsPartlyTakenBack() throws {
    let (test, keys) = try shop(seed: 1)
    let handler = test.handler()
    let number = try #require(
      try operation(handler) { for key in keys { try handler.add("TEA-01", 1, to: key) } })
    func standing() throws -> OperationEntry.Standing {
      try handler.reader.operations.standing(try #require(try test.shop.store.operation(number)))
    }
    #expect(try standing() == .done)
    for (index, key) in keys.enumerated() {
      _ = handler.begin("undo")
      try handler.run.undo.revert(number, cart: key)
      _ = try handler.finish()
      #expect(try standing() == (index == keys.count - 1 ? .undone : .partly))
    }
    // Nothing of it is left: the one before is next, which is another person's.
    #expect(throws: EngineError(.notFound, "undo: staff:anna has nothing to undo")) {
      try handler.run.undo.lastUndoable()
    }
    #expect(try handler.run.undo.lastRedoable().operation == number)
    try takeBack(handler, number, redo: true)
    #expect(try standing() == .done)
  }

  @Test("Redo without a number follows the order of the undos, not of the operations")
  func lastUndone() throws {
    let (test, keys) = try shop(seed: 1)
    let handler = test.handler()
    let numbers = try [2, 3, 4].map { quantity in
      try #require(try operation(handler) { try handler.add("TEA-01", quantity, to: keys[0]) })
    }
    func last() throws -> Int64 { try handler.run.undo.lastRedoable().operation }
    for number in [numbers[2], numbers[0], numbers[1]] {
      try takeBack(handler, number)
      #expect(try last() == number)
    }
    for number in [numbers[1], numbers[0], numbers[2]] {
      #expect(try last() == number)
      try takeBack(handler, number, redo: true)
    }
    #expect(throws: EngineError(.notFound, "redo: staff:anna has nothing to redo")) { try last() }
    // One that another person undid is hers to redo.
    let clara = test.handler("clara")
    try takeBack(clara, numbers[1])
    #expect(try clara.run.undo.lastRedoable().operation == numbers[1])
    #expect(throws: EngineError(.notFound, "redo: staff:anna has nothing to redo")) { try last() }
  }
}
