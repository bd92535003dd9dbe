import CartModel
import CartStorage
import CartTesting
import Testing

/// Looks at stores, over all kinds of storage.
struct LookTests {
  private func look(swept: Int64, _ fate: StoreLook.Fate = .there) -> StoreLook {
    StoreLook(
      version: 3, updated: TestShop.start, seen: TestShop.start.advanced(by: 5),
      swept: TestShop.start.advanced(by: swept), fate: fate, isPartial: true)
  }

  @Test(arguments: StorageKind.allCases)
  func aLookIsKeptBesideItsCart(kind: StorageKind) throws {
    let bare = try Bare(kind, seed: 3)
    var (own, local) = (
      Cart(key: 1, id: "s1", currency: .eur, at: TestShop.start),
      Cart(key: 2, id: "own", currency: .eur, at: TestShop.start)
    )
    own.binding = Binding(storefront: "bigcommerce", storeID: "s1")
    local.coupons = ["A"]
    let (first, second) = (own, local)
    try bare.write { writer in
      try writer.save(first)
      try writer.save(second)
      try writer.save(look(swept: 9), of: 1)
      try writer.save(look(swept: 1), of: 2)
      try writer.save(look(swept: 0, .deleted), of: 3)
    }
    let reads = bare.store
    #expect(try reads.look(of: 1) == look(swept: 9))
    #expect(try reads.look(of: 3)?.fate == .deleted)
    #expect(try reads.look(of: 4) == nil)
    // The one that a sweep asked for longest ago comes first; what is gone is not asked for.
    #expect(try reads.sweepKeys(limit: 5) == [2, 1])
    #expect(try reads.sweepKeys(limit: 1) == [2])
    let seen = TestShop.start.advanced(by: 5)
    #expect(try reads.cart(1)?.asOf == seen)
    #expect(try reads.carts([1, 2]).mapValues(\.asOf) == [1: seen, 2: nil])
    var times: [Timestamp?] = []
    try reads.forEachOpenCart { times.append($0.asOf) }
    #expect(times == [seen, nil])
  }
}
