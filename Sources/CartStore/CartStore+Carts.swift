import CartModel

extension CartStore {
  /// The cart of a key; nil if it does not exist.
  public func cart(_ key: Int64) throws(StoreError) -> Cart? {
    try read { try $0.cart(key) }
  }

  /// The carts of some keys; those that do not exist are left out.
  ///
  /// - Complexity: O(carts), in one statement.
  public func carts(_ keys: [Int64]) throws(StoreError) -> [Int64: Cart] {
    guard !keys.isEmpty else { return [:] }
    return try read { statements in
      let rows = try statements(
        "SELECT \(Statements.cartColumns) FROM cart WHERE id IN (SELECT value FROM json_each(?))")
      rows.bind(1, Statements.list(keys))
      defer { rows.reset() }
      var carts = [Int64: Cart](minimumCapacity: keys.count)
      while try rows.step() {
        let cart = try rows.cart()
        carts[cart.key] = cart
      }
      return carts
    }
  }

  /// The keys of carts by exact names, public ids or aliases, in the order of the names; nil for a name
  /// of no cart.
  ///
  /// Not by name: two names that Swift calls equal may be two carts.
  /// - Complexity: O(names), in one statement.
  public func keys(named names: [String]) throws(StoreError) -> [Int64?] {
    guard !names.isEmpty else { return [] }
    return try read { statements in
      let rows = try statements(
        "SELECT asked.key, cart FROM json_each(?) AS asked JOIN alias ON name = asked.value")
      rows.bind(1, Statements.list(names))
      defer { rows.reset() }
      var keys = [Int64?](repeating: nil, count: names.count)
      while try rows.step() {
        let place = Int(rows.int(0))
        if keys.indices.contains(place) { keys[place] = rows.int(1) }
      }
      return keys
    }
  }

  /// The key of a cart's exact name, its public id or an alias.
  public func key(named name: String) throws(StoreError) -> Int64? {
    try read { try $0.key("SELECT cart FROM alias WHERE name = ?", name) }
  }

  /// The key of the cart that became an order.
  public func key(order: String) throws(StoreError) -> Int64? {
    try read { try $0.key("SELECT cart FROM orders WHERE name = ?", order) }
  }

  /// The carts whose name begins so, at most `limit`.
  public func keys(prefix: String, limit: Int) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0(
        "SELECT DISTINCT cart FROM alias WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 "
          + "AND name < ?1 || char(1114111) LIMIT ?2")
      statement.bind(1, prefix)
      statement.bind(2, Int64(limit))
      return try statement.keys()
    }
  }

  /// The cart's version; nil where there is no such cart.
  public func version(of key: Int64) throws(StoreError) -> Int64? {
    try read { try $0.version(of: key) }
  }

  /// The carts that are claimed, the last to change first.
  ///
  /// - Parameters:
  ///   - by: the person; nil for anybody.
  ///   - now: claims that have run out by then are left out.
  /// - Complexity: O(claims of a week), the longest that one holds.
  public func keys(claimedBy by: String?, at now: Timestamp) throws(StoreError) -> [Int64] {
    try read {
      // The unary plus keeps SQLite from reading all carts by their last change.
      let statement = try $0(
        "SELECT id FROM cart WHERE claimed IS NOT NULL AND +updated > ?1"
          + (by == nil ? "" : " AND claimed = ?2") + " ORDER BY +updated DESC, id DESC")
      // A claim is a change of its cart.
      statement.bind(1, now.advanced(by: -Claim.longest.milliseconds - 1).milliseconds)
      if let by { statement.bind(2, by) }
      return try statement.keys()
    }
  }

  /// The carts that are no person's: flagged as a bot's, of staff or as a test.
  public func robotKeys() throws(StoreError) -> [Int64] {
    // The unary plus keeps SQLite from going over all carts for the order of their keys.
    try read { try $0("SELECT id FROM cart WHERE robot IS NOT NULL ORDER BY +id").keys() }
  }

  public func cartCount() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT count(*) FROM cart") }
  }

  /// Calls `body` with each cart, in the order of their keys.
  public func forEachCart(_ body: (Cart) throws -> Void) throws {
    try cursor { statements in
      let statement = try statements.fresh("SELECT \(Statements.cartColumns) FROM cart ORDER BY id")
      while try statement.step() { try body(try statement.cart()) }
    }
  }

  /// Calls `body` with the open carts that changed last, the latest first, until it is false.
  ///
  /// - Parameter most: how many carts of any state are looked at.
  /// - Complexity: O(most).
  public func forEachLatestOpenCart(_ most: Int, _ body: (Cart) throws -> Bool) throws {
    try cursor { statements in
      let statement = try statements.fresh(
        "SELECT \(Statements.cartColumns) FROM (SELECT * FROM cart ORDER BY updated DESC LIMIT ?) "
          + "WHERE state = 0")
      statement.bind(1, Int64(most))
      while try statement.step() { guard try body(try statement.cart()) else { return } }
    }
  }
}

extension Statements {
  static let cartColumns = """
    id, name, state, version, head, created, updated, touched, currency, email, ip, country, \
    session, customer, body
    """

  func cart(_ key: Int64) throws(StoreError) -> Cart? {
    let statement = try self("SELECT \(Self.cartColumns) FROM cart WHERE id = ?")
    statement.bind(1, key)
    defer { statement.reset() }
    return try statement.step() ? try statement.cart() : nil
  }

  func version(of key: Int64) throws(StoreError) -> Int64? {
    let statement = try self("SELECT version FROM cart WHERE id = ?")
    statement.bind(1, key)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }

  func key(_ sql: String, _ name: String) throws(StoreError) -> Int64? {
    let statement = try self(sql)
    statement.bind(1, name)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }
}

extension Statement {
  /// The cart of a row that has `Statements.cartColumns`.
  func cart() throws(StoreError) -> Cart {
    var cart = Cart(
      key: int(0), id: text(1), currency: try CartCodec.currency(int(8)),
      at: Timestamp(milliseconds: int(5)))
    guard let state = Cart.State(rawValue: UInt8(clamping: int(2))) else {
      throw StoreError(.corrupt, "cart \(cart.id): unknown state \(int(2)); run 'cartio check'")
    }
    cart.state = state
    cart.version = int(3)
    cart.head = int(4)
    cart.updated = Timestamp(milliseconds: int(6))
    cart.touched = Timestamp(milliseconds: int(7))
    if !isNull(9) { cart.shopper[.email] = text(9) }
    if !isNull(10) { cart.shopper[.ip] = text(10) }
    if !isNull(11) { cart.shopper[.country] = text(11) }
    if !isNull(12) { cart.shopper[.session] = text(12) }
    if !isNull(13) { cart.shopper[.customer] = String(int(13)) }
    try CartCodec.read(bytes(14), into: &cart)
    return cart
  }

  func keys() throws(StoreError) -> [Int64] {
    var keys: [Int64] = []
    while try step() { keys.append(int(0)) }
    return keys
  }
}
