import CartModel
import CartStorage

/// What a transaction adds to the counters of products: by quarter hours, and by days and in all time.
struct CounterWriter {
  private struct Key: Hashable {
    /// A quarter of an hour, or a day.
    var time: Int64
    var product: Int64
  }

  private struct Counts {
    var added: Int64 = 0
    var removed: Int64 = 0
    var ordered: Int64 = 0

    mutating func add(_ other: Counts) {
      added += other.added
      removed += other.removed
      ordered += other.ordered
    }
  }

  private var quarters: [Key: Counts] = [:]

  mutating func add(
    quarter: Int64, product: Int64, _ counts: (added: Int64, removed: Int64, ordered: Int64)
  ) {
    quarters[Key(time: quarter, product: product), default: Counts()].add(
      Counts(added: counts.added, removed: counts.removed, ordered: counts.ordered))
  }

  func write(_ statements: Statements) throws(StoreError) {
    try upsert(quarters, into: "counter", statements)
    var days: [Key: Counts] = [:]
    for (key, counts) in quarters {
      for day in [key.time.flooredDay, Schema.Tally.ever] {
        days[Key(time: day, product: key.product), default: Counts()].add(counts)
      }
    }
    try upsert(days, into: "tally", statements)
  }

  /// - Parameter table: of counts by a time and a product.
  private func upsert(_ counts: [Key: Counts], into table: String, _ statements: Statements)
    throws(StoreError)
  {
    let full = Self.upsert(Self.rowsAtOnce, into: table)
    let rows = counts.sorted { ($0.key.time, $0.key.product) < ($1.key.time, $1.key.product) }
    for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      let part = rows[start...].prefix(Self.rowsAtOnce)
      let upsert = try statements(
        part.count == Self.rowsAtOnce ? full : Self.upsert(part.count, into: table))
      var place: Int32 = 0
      for (key, counts) in part {
        for number in [key.time, key.product, counts.added, counts.removed, counts.ordered] {
          place += 1
          upsert.bind(place, number)
        }
      }
      try upsert.run()
    }
  }

  private static func upsert(_ rows: Int, into table: String) -> String {
    let marks = repeatElement("(?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
    return """
      INSERT INTO \(table) VALUES \(marks) ON CONFLICT DO UPDATE SET
        added = added + excluded.added, removed = removed + excluded.removed,
        ordered = ordered + excluded.ordered
      """
  }

  /// The rows of a statement that writes many; each number of rows is a prepared statement.
  private static let rowsAtOnce = 8
}

extension Int64 {
  /// The UTC day of a quarter hour.
  var flooredDay: Int64 {
    let day = self / Schema.Tally.quarters
    return self % Schema.Tally.quarters < 0 ? day - 1 : day
  }
}
