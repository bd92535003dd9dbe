import CartModel
import CartStorage

/// How a connection prices rows.
struct RowPricing {
  /// Nil while no settings are in use: then no row has a total.
  var totals: RowTotals?
  /// By which settings the rows are priced, as the last write left it; nil before one.
  var written: String?
}

/// Totals, and what rules ask of other carts: rows that are made from the event log later on.
extension SQLiteStorage {
  func price(by settings: StoreSettings, mark: @escaping () -> String) {
    pricing.totals = RowTotals(settings, mark: mark)
  }

  var leftUnpriced: Bool { pricing.written != totals?.mark }

  func needsPricing() throws(StoreError) -> Bool {
    guard let totals, !isReadOnly else { return false }
    return try meta(RowTotals.key) != totals.mark
  }

  func priceRows(recorded: Timestamp) throws {
    guard let totals else { return }
    let begun = RowTotals.begun + totals.mark
    var last: Int64? = 0
    while let after = last {
      last = try write(recorded: recorded) { writer in
        if after == 0 { try writer.set(RowTotals.key, begun) }
        guard try writer.meta(RowTotals.key) == begun else { return nil }
        let last = try CartTable(try connection.statements).price(after: after, totals)
        if last == nil { try writer.set(RowTotals.key, totals.mark) }
        return last
      }
    }
  }

  func keep(_ key: SharedKey, recorded: Timestamp) throws {
    let hasher = try sharedHasher()
    var (trackers, until, lateness, count) = ([Int64: SharedTracker](), Int64(0), Lateness(), 0)
    var rows: [SharedEntry] = []
    func add(_ event: Event) {
      let late = lateness.add(event.at)
      (until, count) = (event.seq, count + 1)
      trackers[event.cart, default: SharedTracker([key])].add(event, late: late, hasher) {
        rows.append(SharedEntry(key: $0, value: $1, row: $2))
      }
    }
    var isDone = false
    while !isDone {
      count = 0
      try forEachSharedEvent(after: until, limit: Self.eventsAtOnce, add)
      try write(recorded: recorded) { writer in
        // What came in between is read under the lock.
        if count < Self.eventsAtOnce {
          try writer.forEachSharedEvent(after: until, add)
          isDone = true
        }
        let table = SharedFactTable(try connection.statements)
        try table.insert(&rows)
        if isDone { try table.setKept(key, peak: lateness.peak.milliseconds) }
      }
      rows.removeAll(keepingCapacity: true)
    }
  }

  /// The rows of so many events are written at once, which takes some tenths of a second: they lie all
  /// over the table, and in smaller pieces each of its pages would be written more often.
  private static let eventsAtOnce = 100_000
}
