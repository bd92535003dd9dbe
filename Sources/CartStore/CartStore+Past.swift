import CartModel

/// What the event log says of earlier moments.
extension CartStore {
  /// The carts that something happened to after a moment.
  public func keys(changedAfter time: Timestamp) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0("SELECT id FROM cart WHERE updated > ?")
      statement.bind(1, time.milliseconds)
      return try statement.keys()
    }
  }

  /// The settings at a moment, as the event log records them.
  ///
  /// Before the first record it is what that says of before; where that says nothing, they were the
  /// defaults, once a change was made live by then, and else, as nothing tells, the first recorded.
  /// - Returns: nil for the defaults; empty where nothing tells.
  public func settings(at time: Timestamp) throws(StoreError) -> String? {
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
      let first = try body("at > ?2 ORDER BY at, seq")
      if let before = first?.before, !before.isEmpty { return before }
      let live = try statements.single(
        "SELECT EXISTS(SELECT 1 FROM operation WHERE kind = ?1 AND parent IS NULL AND at <= ?2)",
        Int64(Operation.Kind.change.rawValue), time.milliseconds)
      return live == 1 && first != nil ? nil : first?.after ?? ""
    }
  }

  /// What the shop knew of a customer at a moment; nil where it knew none.
  ///
  /// - Complexity: O(events of customers).
  public func customer(_ key: String, at time: Timestamp) throws(StoreError) -> Shopper? {
    try consistently { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type = ? AND at <= ? ORDER BY at, seq")
      rows.bind(1, Int64(EventType.customerUpserted.rawValue))
      rows.bind(2, time.milliseconds)
      var shopper: Shopper?
      while try rows.step() {
        if case .customerUpserted(key, let changes) = try statements.entry(rows).event.body {
          var known = shopper ?? Shopper()
          for change in changes { known[change.field] = change.after }
          shopper = known
        }
      }
      return shopper
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
