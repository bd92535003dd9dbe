import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Loops read some carts ahead, and see each as it is stored when they come to it.
struct ReadAheadTests {
  private func shop(_ count: Int) throws -> (TestShop, [Int64]) {
    let test = try TestShop()
    try test.take(TestShop.products)
    let handler = test.handler()
    try operation(handler) {
      for number in 0..<count { try handler.create(id: "c\(number)") }
    }
    return (test, try (0..<count).map { try handler.find("c\($0)") })
  }

  @Test("A loop reads a statement's worth of carts at once")
  func atOnce() throws {
    let (test, keys) = try shop(100)
    let handler = test.handler()
    _ = handler.begin("look")
    let log = StatementLog()
    try #require(test.shop.store as? SQLiteStorage).statementLog = log
    var ahead = ReadAhead()
    for place in keys.indices {
      try ahead.advance(to: place, of: keys, handler.reader)
      #expect(try handler.cart(keys[place])?.key == keys[place])
    }
    #expect(log.statements.count { $0.contains("JOIN cart ON") } == 4)
  }

  @Test("What another process did to a cart that was read ahead is seen after a while")
  func others() throws {
    let (test, keys) = try shop(3)
    let handler = test.handler()
    _ = handler.begin("look")
    var ahead = ReadAhead()
    try ahead.advance(to: 0, of: keys, handler.reader)
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = other.begin("add")
    try other.add("TEA-01", 2, to: keys[1])
    try other.add("TEA-01", 2, to: keys[2])
    _ = try other.finish()
    try ahead.advance(to: 1, of: keys, handler.reader)
    #expect(try handler.cart(keys[1])?.lines.count == 0)
    test.clock.advance(51)
    try ahead.advance(to: 2, of: keys, handler.reader)
    #expect(try handler.cart(keys[2])?.lines.count == 1)
    // One that the loop has done keeps what this run made of it.
    try handler.add("TEA-01", 1, to: keys[0])
    test.clock.advance(51)
    try ahead.advance(to: 0, of: keys, handler.reader)
    #expect(try handler.cart(keys[0])?.lines.first?.quantity == 1)
  }
}
