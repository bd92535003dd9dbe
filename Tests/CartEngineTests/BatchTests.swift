import CartModel
import CartStore
import CartTesting
import Testing

@testable import CartEngine

/// Batches that are written while the next ones are gathered.
struct BatchTests {
  private static let carts = 12

  private func added(_ cart: Int, _ minute: Int, _ id: Int) -> String {
    """
    {"type":"line.added","at":"2026-11-01T07:\(minute < 10 ? "0" : "")\(minute):00Z",\
    "cart":"cart\(cart)","sku":"S\(id % 5)","name":"Ware","quantity":1,"price":"2.50","id":"e\(id)"}
    """
  }

  /// An importer with tiny batches.
  private func importer(_ test: TestShop, _ rejects: Rejects) throws -> EventImport {
    var options = EventImport.Options()
    options.batch = 7
    return try EventImport(test.shop, source: "test", options: options) {
      (reject: Reject) throws(EngineError) in rejects.list.append(reject)
    }
  }

  private final class Rejects {
    var list: [Reject] = []
  }

  /// While an import runs, somebody else adds to the same carts, makes some of those it is about to
  /// make, and deletes some.
  @Test(arguments: 1...20)
  func foreignWritesBetweenBatchesLoseNothing(seed: UInt64) throws {
    let test = try TestShop(seed: seed)
    test.clock.now = try Timestamp("2026-11-01T07:00:00Z")
    let other = try test.reopened(seed: seed + 100)
    let handler = CommandHandler(other, actor: .staff("bob"), consent: .given)
    try test.take(TestShop.products, into: other)
    let rejects = Rejects()
    let importer = try importer(test, rejects)
    var random = SeededRandom(seed: seed)
    var foreign: [String: Int64] = [:]
    var deleted: Set<String> = []
    let lines = 300
    for id in 0..<lines {
      try importer.accept(
        line: Array(added(random.pick(0...Self.carts - 1), id / 6, id).utf8)[...], number: id + 1)
      guard random.pick(0...9) == 0 else { continue }
      let name = "cart\(random.pick(0...Self.carts))"
      try operation(handler) {
        if let key = try handler.key(named: name) {
          guard let cart = try handler.cart(key), cart.state == .open else { return }
          if random.pick(0...19) == 0 {
            try handler.execute(.delete, on: key)
            deleted.insert(name)
          } else {
            let line = Line(sku: "S1", name: "Ware", quantity: 1, price: try UnitPrice("2.50"))
            try handler.execute(.add(line), on: key)
            foreign[name, default: 0] += 1
          }
        } else if random.pick(0...3) == 0 {
          _ = try handler.create(id: name)
        }
      }
    }
    let report = try importer.finish()
    #expect(report.landed["line.added", default: 0] + report.rejects == lines)
    #expect(report.rejects == rejects.list.count)
    #expect(rejects.list.allSatisfy { $0.line > 0 })
    let after = try test.reopened(seed: 7)
    var pieces: Int64 = 0
    for cart in 0...Self.carts {
      guard let key = try after.store.key(named: "cart\(cart)") else { continue }
      pieces += try after.store.cart(key)?.quantity ?? 0
    }
    let landed = Int64(report.landed["line.added", default: 0])
    #expect(pieces == landed + foreign.values.reduce(0, +))
    #expect(try after.check().problems == [])
  }

  @Test func aProductThatComesTwiceHasItsFirstFormBefore() throws {
    let test = try TestShop()
    func upsert(_ price: String, _ minute: Int) -> String {
      """
      {"type":"product.upserted","at":"2026-11-01T07:0\(minute):00Z","sku":"MUG","name":"Mug",\
      "price":"\(price)","currency":"EUR"}
      """
    }
    try test.take(upsert("1.00", 1) + "\n" + upsert("2.00", 2) + "\n" + upsert("3.00", 3))
    var befores: [String?] = []
    try test.shop.store.forEachEvent { entry in
      guard case .productUpserted(let before, _) = entry.event.body else { return }
      befores.append(before?.price.text(.eur))
    }
    #expect(befores == [nil, "1.00", "2.00"])
  }

  @Test func nothingIsWrittenAfterABatchThatFailed() throws {
    let test = try TestShop()
    let writer = BatchWriter(
      try Shop(
        store: try CartStore(path: test.folder.file("cartio.db"), readOnly: true, random: { 1 }),
        clock: { TestShop.start }, random: { 1 }))
    let unit = UnitOfWork(store: test.shop.store)
    for name in ["a", "b"] {
      let slot = UnitOfWork.OperationSlot(
        Operation(key: name, actor: .importer, command: "", at: TestShop.start))
      _ = unit.create(
        id: name,
        .init(
          command: .create(.eur, [:]), events: [.cartCreated(.eur, [])], actor: .shopper,
          at: TestShop.start, operation: slot))
      writer.start(try #require(unit.detach()))
    }
    for _ in 0..<2 {
      let (batch, result) = try #require(writer.take())
      #expect(throws: StoreError.self) { try unit.settle(batch, result) }
    }
    #expect(try unit.key(named: "a") == nil)
  }
}
