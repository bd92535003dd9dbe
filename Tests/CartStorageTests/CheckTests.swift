import CartModel
import CartStorage
import CartTesting
import Testing

/// What `check` finds, over all kinds of storage.
struct CheckTests {
  private static let quarter = Bare.now.quarter

  /// Lines that are added count, and nothing else.
  private func changes(_ body: EventBody) -> [ProductCount] {
    guard case .lineAdded(let line, _) = body else { return [] }
    return [ProductCount(sku: line.sku, name: line.name, added: line.quantity)]
  }

  private func line(_ sku: String, _ quantity: Int64) -> Line {
    Line(sku: sku, quantity: quantity, price: UnitPrice(mantissa: 100, scale: 2))
  }

  /// A shop of two carts with three pieces of a mug, counted as given.
  private func filled(_ kind: StorageKind, mugs: Int64 = 3) throws -> Bare {
    let bare = try Bare(kind)
    try bare.append(
      [.cartCreated(.eur, []), .lineAdded(line("MUG", 2), at: nil)], cart: 1, key: "a")
    try bare.append(
      [.cartCreated(.eur, []), .lineAdded(line("MUG", 1), at: nil)], cart: 2, key: "b")
    try bare.write {
      try $0.count(ProductCount(sku: "MUG", name: "Mug", added: mugs), at: Bare.now)
    }
    return bare
  }

  @Test("A sound storage is counted and has no problems", arguments: StorageKind.allCases)
  func sound(kind: StorageKind) throws {
    let report = try filled(kind).store.check(productChanges: changes)
    #expect(report.problems == [] && report.isClean)
    #expect((report.carts, report.events, report.commits) == (2, 4, 2))
  }

  @Test("A counter that the log does not say is named", arguments: StorageKind.allCases)
  func wrongCounter(kind: StorageKind) throws {
    let bare = try filled(kind, mugs: 5)
    try bare.write {
      try $0.count(ProductCount(sku: "TEA", name: "Tea", removed: 1), at: Bare.now)
      // Nothing in all is as good as no counter.
      try $0.count(ProductCount(sku: "POT", name: "Pot"), at: Bare.now)
    }
    #expect(
      try bare.store.check(productChanges: changes).problems.sorted() == [
        "counter of 'MUG' in quarter \(Self.quarter): is (5, 0, 0), the event log says (3, 0, 0)",
        "counter of 'TEA' in quarter \(Self.quarter): is (0, 1, 0), the event log says (0, 0, 0)",
      ])
  }

  @Test("Counters that are missing are named in their order", arguments: StorageKind.allCases)
  func missingCounter(kind: StorageKind) throws {
    let bare = try filled(kind)
    let later = Bare.now.advanced(by: 900_000)
    try bare.append([.lineAdded(line("ZIP", 1), at: nil)], cart: 1, key: "c", at: Bare.now)
    try bare.append([.lineAdded(line("ALE", 1), at: nil)], cart: 1, key: "d", at: later)
    try bare.append([.lineAdded(line("ALE", 1), at: nil)], cart: 2, key: "e", at: Bare.now)
    #expect(
      try bare.store.check(productChanges: changes).problems == [
        "counter of 'ALE' in quarter \(Self.quarter): is missing",
        "counter of 'ZIP' in quarter \(Self.quarter): is missing",
        "counter of 'ALE' in quarter \(Self.quarter + 1): is missing",
      ])
  }

  @Test("What was undone is not counted", arguments: StorageKind.allCases)
  func undone(kind: StorageKind) throws {
    let bare = try filled(kind)
    let added = line("TEA", 4)
    let target = try bare.append([.lineAdded(added, at: nil)], cart: 1, key: "add")
    try bare.append(
      [.operationUndone(target: target, groups: []), .lineRemoved(added, at: 1)], cart: 1,
      key: "undo", kind: .undo, target: target)
    #expect(try bare.store.check(productChanges: changes).problems == [])
  }

  @Test("A cart that is not what its events make is named", arguments: StorageKind.allCases)
  func wrongCart(kind: StorageKind) throws {
    let bare = try filled(kind)
    var cart = try #require(try bare.store.cart(2))
    cart.lines = [line("CUP", 9)]
    try bare.write { try $0.save(cart) }
    let problems = try bare.store.check(productChanges: changes).problems
    #expect(!problems.isEmpty)
    #expect(problems.allSatisfy { $0.hasPrefix("cart c2: ") && $0.contains("differs") })
  }
}
