import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// How rows of carts are written: new ones inserted, others updated.
struct CartWriterTests {
  private func cart(_ key: Int64, _ change: (inout Cart) -> Void = { _ in }) -> Cart {
    var cart = Cart(key: key, id: "c\(key)", currency: .eur, at: BareStore.now)
    change(&cart)
    return cart
  }

  private func claimed(_ cart: inout Cart) {
    cart.claim = Claim(by: "staff:anna", until: BareStore.now.advanced(by: 3_600_000))
  }

  /// It outlives the connections that write to it.
  private let log = StatementLog()

  private func followed() throws -> BareStore {
    let bare = try BareStore()
    bare.store.statementLog = log
    return bare
  }

  /// The statements that write carts while a body runs in a transaction.
  private func writes(
    _ bare: BareStore, _ body: (any WriteTransaction) throws -> Void
  ) throws -> [String] {
    log.removeAll()
    try bare.write(body)
    return log.underLock.filter { $0.contains("INTO cart ") || $0.hasPrefix("UPDATE cart ") }
      .map { $0.hasPrefix("INSERT") ? "insert" : $0.contains("claimed = ") ? "full" : "plain" }
  }

  @Test("A new cart is inserted, an old one updated, in one statement each")
  func oneStatement() throws {
    let bare = try followed()
    #expect(try writes(bare) { try $0.save(cart(try $0.nextCart())) } == ["insert"])
    #expect(
      try writes(bare) {
        try $0.save(cart(1) { $0.version = 2 })
        try $0.save(cart(1) { $0.version = 3 })
      } == ["plain", "plain"])
    #expect(try bare.store.version(of: 1) == 3)
    #expect(try bare.count("cart") == 1)
  }

  @Test("A claim and a mark of a robot are written, and taken away again")
  func claimsAndRobots() throws {
    let bare = try followed()
    _ = try writes(bare) { try $0.save(cart(try $0.nextCart())) }
    #expect(try writes(bare) { try $0.save(cart(1, claimed)) } == ["full"])
    #expect(try bare.store.keys(claimedBy: "staff:anna", at: BareStore.now) == [1])
    // The row of a claimed cart is none of the plain ones.
    #expect(try writes(bare) { try $0.save(cart(1)) } == ["plain", "full"])
    #expect(try bare.store.keys(claimedBy: nil, at: BareStore.now) == [])
    #expect(try writes(bare) { try $0.save(cart(1) { $0.flags = ["bot"] }) } == ["full"])
    #expect(try bare.store.robotKeys() == [1])
    #expect(try writes(bare) { try $0.save(cart(1)) } == ["plain", "full"])
    #expect(try bare.store.robotKeys() == [])
    #expect(try writes(bare) { try $0.save(cart(1)) } == ["plain"])
  }

  @Test("A cart whose key is from elsewhere is inserted")
  func keysFromElsewhere() throws {
    let bare = try followed()
    #expect(try writes(bare) { try $0.save(cart(7)) } == ["plain", "full", "insert"])
    #expect(try bare.store.cart(7)?.id == "c7")
    // Keys that are given go on behind it.
    #expect(try bare.write { try $0.nextCart() } == 8)
  }

  @Test("Empty texts of a shopper are NULL in their columns, which keeps them out of indexes")
  func emptyTexts() throws {
    let bare = try BareStore()
    func nulls() throws -> Int64 {
      try bare.store.read {
        try $0.single(
          """
          SELECT (email IS NULL) + (ip IS NULL) + (country IS NULL) + (session IS NULL)
            + (customer IS NULL) FROM cart
          """)
      }
    }
    try bare.write {
      try $0.save(
        cart(try $0.nextCart()) {
          for (field, text) in [
            (ShopperField.email, "é@x.de"), (.ip, "203.0.113.7"), (.country, "DE"),
            (.session, "s1"), (.customer, "12"),
          ] {
            $0.shopper[field] = text
          }
        })
    }
    #expect(try nulls() == 0)
    let stored = try #require(try bare.store.cart(1))
    #expect(stored.shopper[.email] == "é@x.de" && stored.shopper[.session] == "s1")
    try bare.write { try $0.save(cart(1)) }
    #expect(try nulls() == 5)
    #expect(try bare.store.cart(1) == cart(1))
  }
}
