import CartModel
import CartStorage

/// Carts as they are now, a row each.
struct CartTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  static let columns = """
    id, name, state, version, head, created, updated, touched, currency, email, ip, country, \
    session, customer, body
    """
  /// Also what `Statement.add(to:)` reads.
  static let blockColumns = columns + ", quantity, subtotal"

  func cart(_ key: Int64) throws(StoreError) -> Cart? {
    let statement = try statements("SELECT \(Self.columns) FROM cart WHERE id = ?")
    statement.bind(1, key)
    defer { statement.reset() }
    guard try statement.step() else { return nil }
    return try LookTable(statements).looked(try statement.cart())
  }

  func version(of key: Int64) throws(StoreError) -> Int64? {
    let statement = try statements("SELECT version FROM cart WHERE id = ?")
    statement.bind(1, key)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }

  private static let rowsAtOnce: Int64 = 4000

  /// Gives the rows that follow on a key their totals.
  ///
  /// - Returns: the key of the last; nil where there were none.
  func price(after key: Int64, _ totals: RowTotals) throws(StoreError) -> Int64? {
    let rows = try statements(
      "SELECT \(Self.columns), total FROM cart WHERE id > ? ORDER BY id LIMIT ?")
    defer { rows.reset() }
    rows.bind(1, key)
    rows.bind(2, Self.rowsAtOnce)
    var (changes, last) = ([(key: Int64, total: Int64?)](), Int64?.none)
    while try rows.step() {
      let cart = try rows.cart()
      let (stored, total) = (rows.isNull(15) ? nil : rows.int(15), totals.total(cart))
      if stored != total { changes.append((cart.key, total)) }
      last = cart.key
    }
    let update = try statements("UPDATE cart SET total = ? WHERE id = ?")
    for change in changes {
      update.bind(1, change.total)
      update.bind(2, change.key)
      try update.run()
    }
    return last
  }
}

extension Statement {
  /// The cart of a row that has `CartTable.columns`.
  func cart() throws(StoreError) -> Cart {
    var cart = Cart(
      key: int(0), id: text(1), currency: try ValueCodec.currency(int(8)),
      at: Timestamp(milliseconds: int(5)))
    guard let state = Cart.State(rawValue: UInt8(clamping: int(2))) else {
      throw StoreError(.corrupt, "cart \(cart.id): unknown state \(int(2)); run 'cartio check'")
    }
    cart.state = state
    cart.version = int(3)
    cart.head = int(4)
    cart.updated = Timestamp(milliseconds: int(6))
    cart.touched = Timestamp(milliseconds: int(7))
    let body = bytes(14)
    let columns = (9...13).count { !isNull($0) }
    cart.shopper.reserve(columns + (try ByteReader(body).count(of: CartCodec.shopperTag)))
    if !isNull(9) { cart.shopper[.email] = text(9) }
    if !isNull(10) { cart.shopper[.ip] = text(10) }
    if !isNull(11) { cart.shopper[.country] = text(11) }
    if !isNull(12) { cart.shopper[.session] = text(12) }
    if !isNull(13) { cart.shopper[.customer] = String(int(13)) }
    try CartCodec.read(body, into: &cart)
    return cart
  }

  /// Adds the cart of a row that has `CartTable.blockColumns`.
  func add(to block: CartBlock) {
    block.add(
      CartBlock.Head(
        key: int(0), version: int(3), head: int(4), created: Timestamp(milliseconds: int(5)),
        updated: Timestamp(milliseconds: int(6)), touched: Timestamp(milliseconds: int(7)),
        currency: int(8), customer: int(13), quantity: int(15), subtotal: int(16)),
      (bytes(1), bytes(9), bytes(10), bytes(11), bytes(12), bytes(14)))
  }

  func keys() throws(StoreError) -> [Int64] {
    var keys: [Int64] = []
    while try step() { keys.append(int(0)) }
    return keys
  }
}
