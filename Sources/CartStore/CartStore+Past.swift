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

  /// All records of settings, and when the first change was made live.
  ///
  /// - Complexity: O(records), in two statements.
  public func settingsRecord() throws(StoreError) -> SettingsRecord {
    try read { statements in
      var record = SettingsRecord()
      let rows = try statements(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type = ? ORDER BY at, seq")
      rows.bind(1, Int64(EventType.settingsChanged.rawValue))
      defer { rows.reset() }
      while try rows.step() {
        let event = try statements.entry(rows).event
        if case .settingsChanged(let before, let after) = event.body {
          record.changes.append((event.at, before, after))
        }
      }
      let live = try statements("SELECT min(at) FROM operation WHERE kind = ? AND parent IS NULL")
      live.bind(1, Operation.Kind.change.rawValue)
      defer { live.reset() }
      if try live.step(), !live.isNull(0) {
        record.firstLive = Timestamp(milliseconds: live.int(0))
      }
      return record
    }
  }

  /// What the shop knew of a customer at a moment; nil where it knew none.
  ///
  /// - Complexity: O(events of customers).
  public func customer(_ key: String, at time: Timestamp) throws(StoreError) -> Shopper? {
    try stepping { statements in
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
    try stepping { statements in
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

/// The settings of a shop over time, as the event log records them.
public struct SettingsRecord: Sendable {
  /// In the order of their times.
  var changes: [(at: Timestamp, before: String, after: String)] = []
  /// When an operation that is no import's was first done.
  var firstLive: Timestamp?

  /// The settings at a moment.
  ///
  /// Before the first record it is what that says of before; where that says nothing, they were the
  /// defaults, once a change was made live by then, and else, as nothing tells, the first recorded.
  /// - Returns: nil for the defaults; empty where nothing tells.
  public func settings(at time: Timestamp) -> String? {
    if let last = changes.last(where: { $0.at <= time }) { return last.after }
    guard let first = changes.first else { return "" }
    if !first.before.isEmpty { return first.before }
    return firstLive.map { $0 <= time } ?? false ? nil : first.after
  }
}
