import CartModel

extension CartStore {
  public func product(_ sku: String) throws(StoreError) -> Product? {
    try read {
      let statement = try $0("SELECT data FROM product WHERE sku = ? AND data IS NOT NULL")
      statement.bind(1, sku)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try CartCodec.product(ByteReader(statement.bytes(0)))
    }
  }

  /// The catalogue, by SKU; only what has `text` in its SKU or name (any case, ASCII).
  public func products(containing text: String = "", limit: Int = .max) throws(StoreError)
    -> [Product]
  {
    try stepping {
      let statement = try $0(
        """
        SELECT data FROM product WHERE data IS NOT NULL
          AND (?1 = '' OR instr(folded(sku), ?1) OR instr(folded(name), ?1))
        ORDER BY sku LIMIT ?2
        """)
      statement.bind(1, TextFold.folded(text))
      statement.bind(2, Int64(limit))
      var list: [Product] = []
      while try statement.step() {
        list.append(try CartCodec.product(ByteReader(statement.bytes(0))))
      }
      return list
    }
  }

  public func customer(_ key: String) throws(StoreError) -> Shopper? {
    try read {
      let statement = try $0("SELECT data FROM customer WHERE key = ?")
      statement.bind(1, key)
      defer { statement.reset() }
      return try statement.step() ? try Self.shopper(statement.bytes(0)) : nil
    }
  }

  /// The shop's customers for whom a test holds, by their keys.
  ///
  /// - Complexity: O(customers).
  public func customers(limit: Int, where isMeant: (Shopper) -> Bool) throws(StoreError) -> [String]
  {
    try stepping {
      let rows = try $0.fresh("SELECT key, data FROM customer ORDER BY key")
      var keys: [String] = []
      while keys.count < limit, try rows.step() {
        if isMeant(try Self.shopper(rows.bytes(1))) { keys.append(rows.text(0)) }
      }
      return keys
    }
  }

  private static func shopper(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Shopper {
    var (shopper, reader) = (Shopper(), ByteReader(bytes))
    while let (_, field) = try reader.next() {
      let (key, value) = try CartCodec.pair(field.group)
      if let key = ShopperField(rawValue: UInt8(clamping: key)) { shopper[key] = value }
    }
    return shopper
  }

  /// Pieces by product over quarter hours `from` ..< `until`, most added first.
  ///
  /// - Complexity: O(products) over all time, else O(days × products) and the quarters at the ends.
  public func counts(from: Int64, until: Int64) throws(StoreError) -> [ProductCount] {
    let (ever, quarters) = (Schema.Tally.ever, Schema.Tally.quarters)
    // Whole days by their tallies, what is before and after them by quarters.
    let start = max(from, (ever + 1) * quarters)
    let first = start.flooredDay + (start % quarters == 0 ? 0 : 1)
    let last = max(first, until.flooredDay)
    let bounds =
      from == .min && until == .max
      ? [ever, ever + 1, 0, 0, 0, 0]
      : [first, last, start, min(until, first * quarters), last * quarters, until]
    return try stepping {
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

  /// What `set` remembered; empty where nothing was.
  public func meta(_ name: String) throws(StoreError) -> String {
    try read { try $0.meta(name) }
  }
}
