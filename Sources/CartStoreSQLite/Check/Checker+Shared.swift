import CartModel
import CartStorage

/// What the table of shared facts says, in numbers that do not depend on the order of its rows.
struct SharedSum {
  var keys: [SharedKey] = []
  var hasher: SharedHasher?
  private(set) var rows: [SharedKey: Int] = [:]
  private(set) var digests: [SharedKey: UInt64] = [:]

  /// Adds what the table should say of a cart.
  mutating func add(_ history: [Event]) {
    guard let hasher, !keys.isEmpty else { return }
    var tracker = SharedTracker(keys)
    for event in history {
      tracker.add(event, hasher) { add($0, $1, $2, hasher) }
    }
  }

  mutating func add(_ key: SharedKey, _ value: UInt64, _ row: SharedRow, _ hasher: SharedHasher) {
    rows[key, default: 0] += 1
    digests[key, default: 0] &+= hasher.digest(value, row)
  }
}

extension SharedHasher {
  /// All of a row but how late it came, which is not of its cart alone.
  fileprivate func digest(_ value: UInt64, _ row: SharedRow) -> UInt64 {
    let words: [Int64] = [
      Int64(bitPattern: value), row.seq, row.at.milliseconds, row.cart, Int64(row.what.rawValue),
      Int64(bitPattern: row.email), Int64(bitPattern: row.ip), Int64(bitPattern: row.session),
      row.total?.minor ?? -1, Int64(row.total?.currency.number ?? 0), Int64(bitPattern: row.code),
    ]
    return words.withUnsafeBytes { digest(of: $0) }
  }
}

extension Checker {
  /// Which keys are kept, before the carts are gone through.
  mutating func begin() throws(StoreError) {
    expectedShared.keys = try SharedFactTable(statements).keptKeys().keys
    expectedShared.hasher = try SharedFactTable(statements).hasher()
  }

  /// The rows are those that the carts' events give, and each is as late as the event log says.
  mutating func shared() throws(StoreError) {
    guard let hasher = expectedShared.hasher else { return }
    let late = try lateness()
    var (found, isLate) = (SharedSum(), Set<SharedKey>())
    let rows = try statements.fresh("SELECT \(SharedRow.columns), value, kind FROM shared")
    while try rows.step() {
      guard let key = SharedKey(bits: rows.int(11)) else { continue }
      let row: SharedRow
      do throws(StoreError) { row = try rows.sharedRow() } catch {
        report.add("shared facts: event \(rows.int(0)): \(error.message)")
        continue
      }
      found.add(key, UInt64(bitPattern: rows.int(10)), row, hasher)
      if row.late != late.late[row.seq] ?? 0 { isLate.insert(key) }
    }
    for key in expectedShared.keys {
      let name = key.kinds.map(\.rawValue).joined(separator: "+")
      if found.rows[key] ?? 0 != expectedShared.rows[key] ?? 0 {
        report.add(
          "shared facts of \(name): \(found.rows[key] ?? 0) rows, the event log says "
            + "\(expectedShared.rows[key] ?? 0)")
      } else if found.digests[key] ?? 0 != expectedShared.digests[key] ?? 0 {
        report.add("shared facts of \(name): differ from the event log")
      } else if isLate.contains(key) {
        report.add("shared facts of \(name): times of late events differ from the event log")
      }
    }
    let peak = try SharedFactTable(statements).keptKeys().peak
    if !expectedShared.keys.isEmpty, late.peak > peak {
      report.add("shared facts: their latest time is before that of the event log")
    }
  }

  /// By how much events came late, and the latest time of all.
  private func lateness() throws(StoreError) -> (late: [Int64: Int64], peak: Timestamp) {
    var (late, lateness) = ([Int64: Int64](), Lateness())
    let marks = SharedTracker.types.map { "\($0.rawValue)" }.joined(separator: ", ")
    let events = try statements.fresh(
      "SELECT seq, at FROM event WHERE type IN (\(marks)) AND cart IS NOT NULL ORDER BY seq")
    while try events.step() {
      let by = lateness.add(Timestamp(milliseconds: events.int(1)))
      if by > 0 { late[events.int(0)] = by }
    }
    return (late, lateness.peak)
  }
}
