import CartModel
import CartStorage

extension CartReads where Self: SQLReads {
  func cart(_ key: Int64) throws(StoreError) -> Cart? {
    try read { try CartTable($0).cart(key) }
  }

  func carts(_ keys: [Int64]) throws(StoreError) -> [Int64: Cart] {
    guard !keys.isEmpty else { return [:] }
    return try read { statements in
      // A join: `IN` would first write the keys into a table of its own.
      let rows = try statements(
        "SELECT \(CartTable.columns) FROM (SELECT value AS asked FROM json_each(?)) "
          + "CROSS JOIN cart ON cart.id = asked")
      rows.bind(1, Statements.list(keys))
      defer { rows.reset() }
      var carts = [Int64: Cart](minimumCapacity: keys.count)
      while try rows.step() {
        let cart = try LookTable(statements).looked(try rows.cart())
        carts[cart.key] = cart
      }
      return carts
    }
  }

  func keys(named names: [String]) throws(StoreError) -> [Int64?] {
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

  func key(named name: String) throws(StoreError) -> Int64? {
    try read { try $0.number("SELECT cart FROM alias WHERE name = ?", name) }
  }

  func key(order: String) throws(StoreError) -> Int64? {
    try read { try $0.number("SELECT cart FROM orders WHERE name = ?", order) }
  }

  func keys(prefix: String, limit: Int) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0(
        "SELECT DISTINCT cart FROM alias WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 "
          + "AND name < ?1 || char(1114111) LIMIT ?2")
      statement.bind(1, prefix)
      statement.bind(2, Int64(limit))
      return try statement.keys()
    }
  }

  func version(of key: Int64) throws(StoreError) -> Int64? {
    try read { try CartTable($0).version(of: key) }
  }

  func keys(claimedBy by: String?, at now: Timestamp) throws(StoreError) -> [Int64] {
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

  func robotKeys() throws(StoreError) -> [Int64] {
    // The unary plus keeps SQLite from going over all carts for the order of their keys.
    try read { try $0("SELECT id FROM cart WHERE robot IS NOT NULL ORDER BY +id").keys() }
  }

  func keys(changedAfter time: Timestamp) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0("SELECT id FROM cart WHERE updated > ?")
      statement.bind(1, time.milliseconds)
      return try statement.keys()
    }
  }

  func cartCount() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT count(*) FROM cart") }
  }

  func lastCart() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT max(id) FROM cart") }
  }

  func openCartCount(touched time: Timestamp) throws(StoreError) -> Int64 {
    try read {
      try $0.single(
        "SELECT count(*) FROM cart WHERE state = 0 AND touched >= ?", time.milliseconds)
    }
  }

  func forEachCart(_ body: (Cart) throws -> Void) throws {
    try cursor { statements in
      let rows = try statements.fresh("SELECT \(CartTable.columns) FROM cart ORDER BY id")
      let looks = LookTable(statements)
      while try rows.step() { try body(try looks.looked(try rows.cart())) }
    }
  }

  func forEachOpenCart(_ body: (Cart) throws -> Void) throws {
    try cursor { statements in
      let rows = try statements.fresh(
        "SELECT \(CartTable.columns) FROM cart WHERE state = 0 ORDER BY id")
      let looks = LookTable(statements)
      while try rows.step() { try body(try looks.looked(try rows.cart())) }
    }
  }

  func forEachLatestOpenCart(_ most: Int, _ body: (Cart) throws -> Bool) throws {
    try cursor { statements in
      let rows = try statements.fresh(
        "SELECT \(CartTable.columns) FROM (SELECT * FROM cart ORDER BY updated DESC LIMIT ?) "
          + "WHERE state = 0")
      rows.bind(1, Int64(most))
      let looks = LookTable(statements)
      while try rows.step() { guard try body(try looks.looked(try rows.cart())) else { return } }
    }
  }

  func readOpenRows(
    after key: Int64, touched time: Timestamp, most: Int, into block: CartBlock
  ) throws(StoreError) {
    block.removeAll()
    try read { statements in
      let rows = try statements(
        "SELECT \(CartTable.blockColumns) FROM cart WHERE id > ? AND state = 0 AND touched >= ? "
          + "ORDER BY id LIMIT ?")
      rows.bind(1, key)
      rows.bind(2, time.milliseconds)
      rows.bind(3, Int64(most))
      defer { rows.reset() }
      while try rows.step() { rows.add(to: block) }
    }
  }
}
