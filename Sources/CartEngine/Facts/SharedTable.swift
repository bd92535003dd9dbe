import CartModel
import CartStorage

/// All rows of a key in memory, for passes that ask of each cart.
final class SharedTable {
  /// The last event that it knows of.
  let through: Int64
  private var rows: [SharedRow] = []
  private var values: [UInt64] = []
  /// Where the rows of each value begin, and where the last end.
  private var starts: [Int32] = []
  /// Where the values with the same leading bits begin.
  private var buckets: [Int32] = []
  private var shift: UInt64 = 0
  private var counts: [UInt64: SharedCounts] = [:]

  var count: Int { rows.count }

  /// - Complexity: O(rows).
  init(_ key: SharedKey, _ store: any StorageReads, through: Int64) throws(StoreError) {
    self.through = through
    try store.forEachSharedRow(key, through: through) { value, row in
      if values.last != value {
        values.append(value)
        starts.append(Int32(rows.count))
      }
      rows.append(row)
    }
    starts.append(Int32(rows.count))
    // Hashes lie evenly: a value is found among the few that begin as it does.
    let width = max(1, UInt64(Int.bitWidth - values.count.leadingZeroBitCount))
    shift = 64 - width
    buckets = [Int32](repeating: 0, count: 1 << width + 1)
    for value in values { buckets[Int(Self.ordered(value) >> shift) + 1] += 1 }
    for index in 1..<buckets.count { buckets[index] += buckets[index - 1] }
  }

  /// Nil where nothing is under it.
  func run(_ value: UInt64) -> SharedRun? {
    let bucket = Int(Self.ordered(value) >> shift)
    for place in Int(buckets[bucket])..<Int(buckets[bucket + 1]) where values[place] == value {
      let run = rows[Int(starts[place])..<Int(starts[place + 1])]
      guard run.count > SharedRun.long else { return SharedRun(rows: run) }
      let known = counts[value] ?? SharedCounts()
      counts[value] = known
      return SharedRun(rows: run, counts: known)
    }
    return nil
  }

  /// The table sorts numbers with a sign.
  private static func ordered(_ value: UInt64) -> UInt64 { value ^ 1 << 63 }
}

/// The same of a key that no table is kept of and none may be written: read from the event log, and on
/// as it grows.
final class SharedLog {
  private let key: SharedKey
  private var trackers: [Int64: SharedTracker] = [:]
  private var values: [UInt64: (rows: [SharedRow], counts: SharedCounts)] = [:]
  private var lateness = Lateness()
  private var until: Int64 = 0

  init(_ key: SharedKey) { self.key = key }

  func isBehind(_ seq: Int64) -> Bool { until < seq }

  func read(_ store: any StorageReads, _ hasher: SharedHasher, through: Int64) throws {
    guard until < through else { return }
    // Resumable after cancellation.
    try store.forEachSharedEvent(after: until) { event in
      let late = lateness.add(event.at)
      trackers[event.cart, default: SharedTracker([key])].add(event, late: late, hasher) {
        values[$1, default: ([], SharedCounts())].rows.append($2)
      }
      until = event.seq
    }
    until = max(until, through)
  }

  func run(_ value: UInt64) -> SharedRun? {
    values[value].map {
      SharedRun(rows: $0.rows[...], counts: $0.rows.count > SharedRun.long ? $0.counts : nil)
    }
  }
}
