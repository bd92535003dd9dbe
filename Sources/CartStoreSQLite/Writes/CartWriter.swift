import CartModel
import CartStorage

/// Writes the rows of carts, each with its total.
final class CartWriter {
  private let statements: Statements
  private let insert: Statement
  private let update: Statement
  /// For rows of carts that nobody claims and no robot made, as almost all are: the indexes of these two
  /// are left alone.
  private let updatePlain: Statement
  /// Keys that were given to carts which have no row yet.
  private var new: Set<Int64> = []
  private let totals: RowTotals?
  private var hasMarked = false
  /// By which settings the database says that its rows are priced.
  var priced: String
  /// A cart's body, then the texts of its columns, which SQLite reads from here.
  private var data = ByteWriter()
  /// Where each of them ends.
  private var ends: [Int] = []
  /// Nil until it was asked.
  private var last: Int64?

  init(_ statements: Statements, _ totals: RowTotals?, priced: String) throws(StoreError) {
    self.statements = statements
    self.totals = totals
    self.priced = priced
    insert = try statements(
      "INSERT INTO cart VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    // The same places: replacing a row would remove it, and the entries of its indexes, first.
    let columns = """
      UPDATE cart SET name = ?2, state = ?3, version = ?4, head = ?5, created = ?6, updated = ?7,
        touched = ?8, currency = ?9, email = ?10, ip = ?11, country = ?12, session = ?13,
        customer = ?14, quantity = ?15, subtotal = ?16, body = ?17, total = ?20
      """
    update = try statements(columns + ", claimed = ?18, robot = ?19 WHERE id = ?1")
    updatePlain = try statements(
      columns + " WHERE id = ?1 AND claimed IS NULL AND robot IS NULL")
  }

  func nextKey() throws(StoreError) -> Int64 {
    if last == nil { last = try statements.single("SELECT max(id) FROM cart") }
    let key = (last ?? 0) + 1
    last = key
    new.insert(key)
    return key
  }

  func save(_ cart: Cart) throws(StoreError) {
    if !hasMarked {
      priced = try RowTotals.mark(totals, stored: priced, statements)
      hasMarked = true
    }
    data.removeAll()
    CartCodec.write(cart, &data)
    ends.removeAll(keepingCapacity: true)
    ends.append(data.bytes.count)
    add(text: cart.id)
    for column in Self.texts { add(text: cart.shopper[column.field]) }
    try data.withBytes { bytes throws(StoreError) in
      if new.remove(cart.key) == nil {
        if cart.claim == nil, cart.isHuman {
          try write(cart, bytes, with: updatePlain)
          if statements.changedRows > 0 { return }
        }
        try write(cart, bytes, with: update)
        if statements.changedRows > 0 { return }
      }
      try write(cart, bytes, with: insert)
    }
    try CouponTable(statements).save(cart)
  }

  private func add(text: String) {
    data.plain(text)
    ends.append(data.bytes.count)
  }

  private func write(
    _ cart: Cart, _ bytes: UnsafeRawBufferPointer, with statement: Statement
  ) throws(StoreError) {
    func piece(_ place: Int) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]])
    }
    statement.bind(1, cart.key)
    statement.bind(2, borrowedText: piece(1))
    statement.bind(3, Int64(cart.state.rawValue))
    statement.bind(4, cart.version)
    statement.bind(5, cart.head)
    statement.bind(6, cart.created.milliseconds)
    statement.bind(7, cart.updated.milliseconds)
    statement.bind(8, cart.touched.milliseconds)
    statement.bind(9, Int64(cart.currency.number))
    for (place, text) in Self.texts.enumerated() {
      let bytes = piece(place + 2)
      if bytes.isEmpty {
        statement.bindNull(text.column)
      } else {
        statement.bind(text.column, borrowedText: bytes)
      }
    }
    let customer = cart.shopper[.customer]
    if customer.isEmpty { statement.bindNull(14) } else { statement.bind(14, Int64(customer)) }
    statement.bind(15, cart.quantity)
    statement.bind(16, (try? cart.subtotal().minor) ?? 0)
    statement.bind(17, borrowed: piece(0))
    if let claim = cart.claim { statement.bind(18, claim.by) } else { statement.bindNull(18) }
    if cart.isHuman { statement.bindNull(19) } else { statement.bind(19, 1) }
    statement.bind(20, totals?.total(cart))
    try statement.run()
  }

  private static let texts: [(column: Int32, field: ShopperField)] = [
    (10, .email), (11, .ip), (12, .country), (13, .session),
  ]

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
