import CartExchange
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartTesting
import ProgramTesting
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

  /// While an import runs, another process adds to the same carts, makes some of those it is about to
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
    let lines = 300
    for id in 0..<lines {
      try importer.accept(
        line: Array(added(random.pick(0...Self.carts - 1), id / 6, id).utf8)[...], number: id + 1)
      guard random.pick(0...9) == 0 else { continue }
      let name = "cart\(random.pick(0...Self.carts))"
      var added: Int64 = 0
      do {
        try operation(handler) {
          if let key = try handler.key(named: name) {
            guard let cart = try handler.cart(key), cart.state == .open else { return }
            if random.pick(0...19) == 0 {
              try handler.execute(.delete, on: key)
            } else {
              let line = Line(sku: "S1", name: "Ware", quantity: 1, price: try UnitPrice("2.50"))
              try handler.execute(.add(line), on: key)
              added = 1
            }
          } else if random.pick(0...3) == 0 {
            _ = try handler.create(id: name)
          }
        }
        foreign[name, default: 0] += added
      } catch let error as EngineError where error.code == .conflict {
        // The import has made the same cart between the look and the write.
      }
    }
    let report = try importer.finish()
    #expect(report.imported["line.added", default: 0] + report.rejects == lines)
    #expect(report.rejects == rejects.list.count)
    #expect(rejects.list.allSatisfy { $0.line > 0 })
    try expectCounts(report, test.shop)
    let after = try test.reopened(seed: 7)
    var pieces: Int64 = 0
    for cart in 0...Self.carts {
      guard let key = try after.store.key(named: "cart\(cart)") else { continue }
      pieces += try after.store.cart(key)?.quantity ?? 0
    }
    let imported = Int64(report.imported["line.added", default: 0])
    #expect(pieces == imported + foreign.values.reduce(0, +))
    #expect(try after.check().problems == [])
  }

  /// What an import says it did is what the list of operations has of it.
  private func expectCounts(_ report: ImportReport, _ shop: Shop) throws {
    let counted = report.total + report.saved.made.values.reduce(0, +)
    #expect(report.saved.counts.values.reduce(0, +) == counted)
    let id = try #require(report.operation)
    let operation = try #require(try shop.store.operation(id))
    #expect(try shop.store.size(of: operation).events == Int64(counted))
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
        store: try SQLiteStorageFactory().open(
          .file(test.folder.file("cartio.db"), readOnly: true), random: { 1 }),
        clock: { TestShop.start }, random: { 1 }))
    let unit = UnitOfWork(store: test.shop.store)
    for name in ["a", "b"] {
      let slot = UnitOfWork.OperationSlot(
        Operation(key: name, actor: .importer, command: "", at: TestShop.start))
      _ = unit.create(
        id: name,
        .init(
          Decided([.cartCreated(.eur, [])]), actor: .shopper, at: TestShop.start, operation: slot))
      writer.start(try #require(unit.detach()))
    }
    for _ in 0..<2 {
      let (batch, result) = try #require(writer.take())
      #expect(throws: StoreError.self) { try unit.settle(batch, result) }
    }
    #expect(try unit.key(named: "a") == nil)
  }

  // MARK: Two imports at once, and what an attack on them found

  private func take(_ importer: EventImport, _ lines: [String], from first: Int = 1) throws {
    for (index, line) in lines.enumerated() {
      try importer.accept(line: Array(line.utf8)[...], number: first + index)
    }
  }

  private func recorded(_ shop: Shop, _ prefix: String) throws -> Int {
    var count = 0
    try shop.store.forEachEvent { if $0.id.hasPrefix(prefix), $0.id.count < 20 { count += 1 } }
    return count
  }

  /// Changes to what a line is already are events too, also when they are decided again.
  @Test func whatIsCountedIsInTheEventLog() throws {
    let test = try TestShop()
    test.clock.now = try Timestamp("2026-11-01T07:30:00Z")
    let other = try test.reopened()
    try test.take(added(1, 0, 1), into: other)
    let rejects = Rejects()
    let importer = try importer(test, rejects)
    let handler = CommandHandler(other, actor: .staff("bob"), consent: .given)
    for turn in 0..<12 {
      try take(
        importer,
        (0..<10).map { number in
          """
          {"type":"line.changed","at":"2026-11-01T08:00:00Z","cart":"cart1","line":"S1",\
          "quantity":3,"id":"m\(turn)-\(number)"}
          """
        }, from: turn * 10 + 1)
      guard turn % 4 == 1 else { continue }
      try operation(handler) {
        let key = try #require(try handler.key(named: "cart1"))
        try handler.execute(.setQuantity(.name("S1"), Int64(5 + turn)), on: key)
      }
    }
    let report = try importer.finish()
    #expect(report.total + report.rejects == 120 && report.rejects == rejects.list.count)
    #expect(try recorded(test.shop, "m") == report.total)
    #expect(try test.reopened(seed: 3).check().problems == [])
  }

  @Test func anOrderNumberThatAFileStatesStays() throws {
    let test = try TestShop()
    func order(_ cart: String) -> [String] {
      [
        """
        {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"\(cart)","sku":"S","quantity":1,"price":"1.00"}
        """,
        """
        {"type":"cart.ordered","at":"2026-11-01T07:01:00Z","cart":"\(cart)","order":"1001"}
        """,
      ]
    }
    let rejects = Rejects()
    let importer = try importer(test, rejects)
    try take(importer, order("first"))
    let other = try test.reopened()
    try test.take(order("second").joined(separator: "\n"), into: other)
    let report = try importer.finish()
    #expect(report.imported == ["line.added": 1] && rejects.list.map(\.line) == [2])
    #expect(rejects.list.first?.reason == "order '1001': exists already")
    let key = try #require(try other.store.key(order: "1001"))
    #expect(try other.store.cart(key)?.id == "second")
    #expect(try test.reopened(seed: 3).check().problems == [])
  }

  @Test func theSameEventsFromTwoImportsLandOnce() throws {
    let test = try TestShop()
    let lines = (0..<40).map { added($0 % 3, $0 / 6, $0) }
    let rejects = Rejects()
    let importer = try importer(test, rejects)
    try take(importer, Array(lines[..<5]))
    let (report, _) = try test.take(
      lines[3..<30].joined(separator: "\n"), into: try test.reopened())
    #expect(report.total == 27)
    try take(importer, Array(lines[5...]), from: 6)
    let own = try importer.finish()
    #expect(own.total + own.known + own.rejects == 40)
    #expect(try recorded(test.shop, "e") == own.total + 27)
    try expectCounts(own, test.shop)
    #expect(try test.reopened(seed: 3).check().problems == [])
  }

  @Test func exportsOfUndoneGroupsAndCustomersComeBack() throws {
    let test = try TestShop()
    try test.take(
      TestShop.products + "\n" + added(1, 1, 1) + """

        {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":"7","shopper":{"email":"a@example.com","group":"B2B"}}
        """)
    let handler = test.handler()
    let key = try #require(try handler.key(named: "cart1"))
    let added = try operation(handler) { _ = try handler.add("MUG-01", 5, to: key) }
    _ = handler.begin("undo")
    _ = try takeBack(handler, try #require(added))
    _ = try handler.finish()
    let exported = try test.exported()
    let copy = try TestShop(seed: 5)
    // All or none, first without saving.
    var options = EventImport.Options()
    options.dry = true
    let dry = try EventImport(copy.shop, source: "dry", options: options) {
      (reject: Reject) throws(EngineError) in Issue.record("\(reject)")
    }
    try take(dry, exported.split(separator: "\n").map(String.init))
    #expect(try dry.finish().rejects == 0)
    let (_, rejects) = try copy.take(exported)
    #expect(rejects == [])
    #expect(try copy.exported() == exported)
    // Undoing the import takes out only what still counts.
    let again = copy.handler()
    _ = again.begin("undo")
    _ = try takeBack(again, 1)
    _ = try again.finish()
    #expect(try copy.shop.check().problems == [])
  }

  @Test func anIdOfARefusedLineIsFree() throws {
    let test = try TestShop()
    let bad = added(1, 0, 1).replacing("\"quantity\":1", with: "\"quantity\":9999999")
    let (report, rejects) = try test.take(bad + "\n" + added(1, 0, 1))
    #expect(report.known == 0 && report.total == 1 && rejects.count == 1)
  }
}
