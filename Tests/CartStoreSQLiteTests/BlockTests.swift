import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartStorage
@testable import CartStoreSQLite

/// Rows of open carts in blocks, which outlive their read.
struct BlockTests {
  private func filled(_ seed: UInt64) throws -> (BareStore, [Cart]) {
    let bare = try BareStore(seed: seed)
    var records = RandomRecords(seed: seed)
    let carts = (1...120).map { records.cart(key: Int64($0 * 3)) }
    try bare.write { writer in for cart in carts { try writer.save(cart) } }
    return (bare, carts)
  }

  @Test("Blocks of any size give the open carts in the order of their keys", arguments: 1...3)
  func blocks(seed: Int) throws {
    let (bare, carts) = try filled(UInt64(seed))
    let block = CartBlock()
    for most in [1, 7, 50, 1000] {
      var (after, found) = (Int64(0), [Cart]())
      while true {
        try bare.store.readOpenRows(
          after: after, touched: Timestamp(milliseconds: .min), most: most, into: block)
        guard let last = block.lastKey else { break }
        #expect(block.count <= most)
        try block.forEach { row in found.append(try row.cart()) }
        after = last
      }
      #expect(found == carts.filter { $0.state == .open })
    }
  }

  @Test("A row says what its cart says, without making one")
  func rows() throws {
    let (bare, carts) = try filled(7)
    let block = CartBlock()
    try bare.store.readOpenRows(
      after: 0, touched: Timestamp(milliseconds: .min), most: 1000, into: block)
    // What is written meanwhile does not change the block.
    try bare.write { writer in
      for var cart in carts {
        (cart.lines, cart.shopper) = ([], Shopper())
        try writer.save(cart)
      }
    }
    let byKey = Dictionary(uniqueKeysWithValues: carts.map { ($0.key, $0) })
    for _ in 0..<2 {
      var count = 0
      try block.forEach { row in
        count += 1
        let cart = try #require(byKey[row.key])
        #expect(String(decoding: row.id, as: UTF8.self) == cart.id)
        for field in ShopperField.allCases {
          #expect(row.text(of: field) == cart.shopper[field], "\(field)")
        }
        #expect(row.lines.count == cart.lines.count)
        for (line, own) in zip(row.lines, cart.lines) {
          #expect(String(decoding: line.id, as: UTF8.self) == own.id)
          #expect(String(decoding: line.sku, as: UTF8.self) == own.sku)
          #expect(String(decoding: line.name, as: UTF8.self) == own.name)
          #expect(String(decoding: line.image, as: UTF8.self) == own.image)
          #expect(line.quantity == own.quantity)
          #expect(line.price == own.price)
        }
        #expect(row.pardons.map { String(decoding: $0, as: UTF8.self) } == cart.pardons)
        #expect(row.hasCoupons == !cart.coupons.isEmpty)
        #expect(row.destination == cart.destination)
        #expect(
          (row.created, row.updated, row.touched) == (cart.created, cart.updated, cart.touched))
        #expect((row.version, row.head) == (cart.version, cart.head))
        #expect(row.currency == cart.currency)
      }
      #expect(count == carts.count { $0.state == .open })
    }
  }

  @Test("Carts whose shopper did nothing since a moment are left out")
  func touched() throws {
    let (bare, carts) = try filled(8)
    let block = CartBlock()
    for cart in carts.prefix(20) {
      try bare.store.readOpenRows(after: 0, touched: cart.touched, most: 1000, into: block)
      let expected = carts.filter { $0.state == .open && $0.touched >= cart.touched }
      #expect(block.count == expected.count)
      #expect(block.lastKey == expected.last?.key)
    }
  }

  @Test("A damaged row is an error in its turn")
  func damage() throws {
    let (bare, carts) = try filled(9)
    let open = carts.filter { $0.state == .open }.map(\.key)
    try bare.change("UPDATE cart SET body = x'03ff' WHERE id = \(open[3])")
    let (store, block) = (try bare.another(), CartBlock())
    try store.readOpenRows(
      after: 0, touched: Timestamp(milliseconds: .min), most: 1000, into: block)
    var found: [Int64] = []
    #expect(throws: ByteReader.damaged) { try block.forEach { found.append($0.key) } }
    #expect(found == Array(open.prefix(3)))
  }
}
