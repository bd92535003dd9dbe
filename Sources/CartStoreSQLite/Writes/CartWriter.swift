import CartModel
import CartStorage

/// Writes the rows of carts, each with its total.
final class CartWriter {
  private let statements: Statements
  private let insert: Statement
  private let totals: RowTotals?
  private var hasMarked = false
  /// By which settings the database says that its rows are priced.
  var priced: String
  private var data = ByteWriter()
  /// Nil until it was asked.
  private var last: Int64?

  init(_ statements: Statements, _ totals: RowTotals?, priced: String) throws(StoreError) {
    self.statements = statements
    self.totals = totals
    self.priced = priced
    insert = try statements(
      "INSERT OR REPLACE INTO cart VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
  }

  func nextKey() throws(StoreError) -> Int64 {
    if last == nil { last = try statements.single("SELECT max(id) FROM cart") }
    let key = (last ?? 0) + 1
    last = key
    return key
  }

  func save(_ cart: Cart) throws(StoreError) {
    if !hasMarked {
      priced = try RowTotals.mark(totals, stored: priced, statements)
      hasMarked = true
    }
    data.removeAll()
    CartCodec.write(cart, &data)
    try data.withBytes { bytes throws(StoreError) in try write(cart, bytes) }
    try CouponTable(statements).save(cart)
  }

  private func write(_ cart: Cart, _ body: UnsafeRawBufferPointer) throws(StoreError) {
    insert.bind(1, cart.key)
    insert.bind(2, cart.id)
    insert.bind(3, Int64(cart.state.rawValue))
    insert.bind(4, cart.version)
    insert.bind(5, cart.head)
    insert.bind(6, cart.created.milliseconds)
    insert.bind(7, cart.updated.milliseconds)
    insert.bind(8, cart.touched.milliseconds)
    insert.bind(9, Int64(cart.currency.number))
    insert.bindKnown(10, cart.shopper[.email])
    insert.bindKnown(11, cart.shopper[.ip])
    insert.bindKnown(12, cart.shopper[.country])
    insert.bindKnown(13, cart.shopper[.session])
    let customer = cart.shopper[.customer]
    if customer.isEmpty { insert.bindNull(14) } else { insert.bind(14, Int64(customer)) }
    insert.bind(15, cart.quantity)
    insert.bind(16, (try? cart.subtotal().minor) ?? 0)
    insert.bind(17, borrowed: body)
    if let claim = cart.claim { insert.bind(18, claim.by) } else { insert.bindNull(18) }
    if cart.isHuman { insert.bindNull(19) } else { insert.bind(19, 1) }
    insert.bind(20, totals?.total(cart))
    try insert.run()
  }

  /// Gives a cart a name, its public id or an alias.
  func add(alias: String, for cart: Int64) throws(StoreError) {
    try add(alias, cart, to: "INSERT INTO alias VALUES(?, ?)")
  }

  /// Records which cart became an order.
  func add(order: String, for cart: Int64) throws(StoreError) {
    try add(order, cart, to: "INSERT INTO orders VALUES(?, ?)")
  }

  private func add(_ name: String, _ cart: Int64, to sql: String) throws(StoreError) {
    let insert = try statements(sql)
    insert.bind(1, name)
    insert.bind(2, cart)
    try insert.run()
  }
}
