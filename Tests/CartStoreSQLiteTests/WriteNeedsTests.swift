import CartModel
import CartStorage
import CartTesting
import Testing

@testable import CartStoreSQLite

/// What a write needs by name.
struct WriteNeedsTests {
  @Test("Names that a write needs are looked up before, with a statement for each kind")
  func preparing() throws {
    let bare = try BareStore()
    try bare.append([.couponApplied("a", at: nil)], actor: .staff("anna"))
    try bare.write {
      try $0.count(ProductCount(sku: "OLD", name: "Old", added: 1), at: BareStore.now)
    }
    let store = try bare.another()
    let log = StatementLog()
    store.statementLog = log
    var needs = WriteNeeds()
    (needs.actors, needs.skus) = ([.staff("anna")], ["OLD", "NEW"])
    /// The look-ups of names that were not made under the lock.
    func lookedUp() -> Int {
      log.statements.count { $0.contains("FROM actor WHERE id >") || $0.contains("sku IN (SELECT") }
    }
    try store.write(needs, recorded: BareStore.now) { _ in }
    #expect(lookedUp() == 2)
    #expect(log.underLock.allSatisfy { !$0.contains("actor") && !$0.contains("product") })
    needs.skus = ["OLD"]
    try store.write(needs, recorded: BareStore.now) { _ in }
    #expect(lookedUp() == 2)
    log.removeAll()
    try store.write(recorded: BareStore.now) { writer in
      try writer.count(ProductCount(sku: "OLD", name: "Old", added: 1), at: BareStore.now)
      try writer.count(ProductCount(sku: "NEW", name: "New", added: 1), at: BareStore.now)
    }
    #expect(log.underLock.contains { $0.contains("INSERT INTO product") })
    #expect(log.underLock.count { $0.contains("FROM product WHERE sku") } == 1)
    let counts = try store.counts(from: .min, until: .max)
    #expect(counts.map { "\($0.sku) \($0.name) \($0.added)" } == ["OLD Old 2", "NEW New 1"])
  }
}
