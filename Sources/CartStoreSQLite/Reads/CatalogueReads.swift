import CartModel
import CartStorage

extension CatalogueReads where Self: SQLReads {
  func product(_ sku: String) throws(StoreError) -> Product? {
    try read {
      let statement = try $0("SELECT data FROM product WHERE sku = ? AND data IS NOT NULL")
      statement.bind(1, sku)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try ProductCodec.product(ByteReader(statement.bytes(0)))
    }
  }

  func products(containing text: String, limit: Int) throws(StoreError) -> [Product] {
    try read {
      let statement = try $0(
        """
        SELECT data FROM product WHERE data IS NOT NULL
          AND (?1 = '' OR instr(folded(sku), ?1) OR instr(folded(name), ?1))
        ORDER BY sku LIMIT ?2
        """)
      statement.bind(1, TextFold.folded(text))
      statement.bind(2, Int64(limit))
      defer { statement.reset() }
      var list: [Product] = []
      while try statement.step() {
        list.append(try ProductCodec.product(ByteReader(statement.bytes(0))))
      }
      return list
    }
  }

  func products(at time: Timestamp) throws(StoreError) -> [Product] {
    let events = try read {
      try EventTable($0).loose(
        [.productUpserted], "AND at <= ? ORDER BY at, seq", [time.milliseconds])
    }
    return Product.catalogue(of: events)
  }

  func customer(_ key: String) throws(StoreError) -> Shopper? {
    try read { try CustomerTable($0).customer(key) }
  }

  func customer(_ key: String, at time: Timestamp) throws(StoreError) -> Shopper? {
    let events = try read {
      try EventTable($0).loose(
        [.customerUpserted], "AND at <= ? ORDER BY at, seq", [time.milliseconds])
    }
    return Shopper.customer(key, of: events)
  }

  func customers(limit: Int, where isMeant: (Shopper) -> Bool) throws(StoreError) -> [String] {
    try read {
      let rows = try $0.fresh("SELECT key, data FROM customer ORDER BY key")
      var keys: [String] = []
      while keys.count < limit, try rows.step() {
        if isMeant(try ShopperCodec.shopper(rows.bytes(1))) { keys.append(rows.text(0)) }
      }
      return keys
    }
  }

  func counts(from: Int64, until: Int64) throws(StoreError) -> [ProductCount] {
    let (ever, quarters) = (Schema.Tally.ever, Schema.Tally.quarters)
    // Whole days by their tallies, what is before and after them by quarters.
    let start = max(from, (ever + 1) * quarters)
    let first = start.flooredDay + (start % quarters == 0 ? 0 : 1)
    let last = max(first, until.flooredDay)
    let bounds =
      from == .min && until == .max
      ? [ever, ever + 1, 0, 0, 0, 0]
      : [first, last, start, min(until, first * quarters), last * quarters, until]
    return try read {
      let statement = try $0(
        """
        SELECT sku, name, sum(added), sum(removed), sum(ordered) FROM (
          SELECT product, added, removed, ordered FROM tally WHERE day >= ? AND day < ?
          UNION ALL SELECT product, added, removed, ordered FROM counter
            WHERE quarter >= ? AND quarter < ?
          UNION ALL SELECT product, added, removed, ordered FROM counter
            WHERE quarter >= ? AND quarter < ?) AS part
        JOIN product ON product.id = part.product GROUP BY product.id
        HAVING sum(added) != 0 OR sum(removed) != 0 OR sum(ordered) != 0
        ORDER BY 3 DESC, 5 DESC, sku
        """)
      for (index, bound) in bounds.enumerated() {
        statement.bind(Int32(index + 1), bound)
      }
      var list: [ProductCount] = []
      while try statement.step() {
        list.append(
          ProductCount(
            sku: statement.text(0), name: statement.text(1), added: statement.int(2),
            removed: statement.int(3), ordered: statement.int(4)))
      }
      return list
    }
  }

  func orderedPieces(since time: Timestamp) throws(StoreError) -> [String: [(
    quarter: Int64, pieces: Int64
  )]] {
    try read {
      let rows = try $0.fresh(
        """
        SELECT sku, quarter, ordered FROM counter JOIN product ON product.id = counter.product
        WHERE quarter >= ? AND ordered != 0 ORDER BY quarter DESC
        """)
      rows.bind(1, time.quarter)
      var pieces: [String: [(quarter: Int64, pieces: Int64)]] = [:]
      while try rows.step() {
        pieces[rows.text(0), default: []].append((rows.int(1), rows.int(2)))
      }
      return pieces
    }
  }

  func uses(of code: String, excluding: Set<Int64>, most: Int64) throws(StoreError) -> Int64 {
    try read { statements in
      let rows = try statements.fresh("SELECT cart FROM redeemed WHERE code = ?1")
      rows.bind(1, code)
      var count: Int64 = 0
      while count < most, try rows.step() {
        if !excluding.contains(rows.int(0)) { count += 1 }
      }
      return count
    }
  }

  func keys(using code: String, by shopper: Shopper) throws(StoreError) -> [Int64] {
    try read { statements in
      let rows = try statements.fresh(
        """
        SELECT redeemed.cart FROM redeemed JOIN cart ON cart.id = redeemed.cart WHERE code = ?1
          AND (ifnull(email, '') = '' OR customer = ?2 AND ?2 > 0 OR email = ?3 COLLATE NOCASE
          OR folded(email) = ?4)
        """)
      rows.bind(1, code)
      rows.bind(2, shopper.customer)
      rows.bind(3, shopper[.email])
      rows.bind(4, TextFold.folded(shopper[.email]))
      return try rows.keys()
    }
  }
}
