import CartModel

/// What the journal says of earlier moments.
extension CartStore {
  /// The carts that something happened to after a moment.
  public func keys(changedAfter time: Timestamp) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0("SELECT id FROM cart WHERE updated > ?")
      statement.bind(1, time.milliseconds)
      return try statement.keys()
    }
  }

  /// The settings in force at a moment, as the journal records them; before the first record, what
  /// that says of before, else it itself. Empty where none is recorded.
  public func settings(at time: Timestamp) throws(StoreError) -> String {
    try read { statements in
      let type = Int64(EventType.settingsChanged.rawValue)
      func body(_ clause: String) throws(StoreError) -> (before: String, after: String)? {
        let row = try statements(
          "\(Statements.selectEvent) WHERE cart IS NULL AND type = ?1 AND \(clause) LIMIT 1")
        row.bind(1, type)
        row.bind(2, time.milliseconds)
        defer { row.reset() }
        guard try row.step(),
          case .settingsChanged(let before, let after) = try statements.entry(row).event.body
        else { return nil }
        return (before, after)
      }
      if let last = try body("at <= ?2 ORDER BY at DESC, seq DESC") { return last.after }
      guard let first = try body("at > ?2 ORDER BY at, seq") else { return "" }
      return first.before.isEmpty ? first.after : first.before
    }
  }

  /// The catalogue at a moment, by SKU.
  ///
  /// - Complexity: O(events of the catalogue).
  public func products(at time: Timestamp) throws(StoreError) -> [Product] {
    try consistently { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type = ? AND at <= ? ORDER BY at, seq")
      rows.bind(1, Int64(EventType.productUpserted.rawValue))
      rows.bind(2, time.milliseconds)
      var products: [String: Product] = [:]
      while try rows.step() {
        if case .productUpserted(_, let product) = try statements.entry(rows).event.body {
          products[product.sku] = product
        }
      }
      return products.values.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }
    }
  }
}
