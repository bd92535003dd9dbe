import CartModel
import CartStorage

/// What can be counted of the carts that share something.
public enum SharedCount: Int, CaseIterable, Sendable {
  case carts, orders, declined, emails, ips, sessions

  /// How a row counts: by itself, or with all others of the same hash as one; nil for not at all.
  func entry(_ row: SharedRow) -> UInt64? {
    func known(_ hash: UInt64) -> UInt64? { hash == 0 ? nil : hash }
    switch self {
    case .carts: return row.what.contains(.joined) ? 0 : nil
    case .orders: return row.what.contains(.ordered) ? 0 : nil
    case .declined: return row.what.contains(.declined) ? 0 : nil
    case .emails: return known(row.email)
    case .ips: return known(row.ip)
    case .sessions: return known(row.session)
    }
  }

  var isDistinct: Bool {
    switch self {
    case .carts, .orders, .declined: false
    case .emails, .ips, .sessions: true
    }
  }
}

/// Up to which event, and from when on; exclusive of its beginning.
struct SharedRange {
  var since: Timestamp?
  var until: Timestamp
  var seq: Int64

  func contains(_ row: SharedRow) -> Bool { contains(row.at, row.seq) }

  func contains(_ at: Timestamp, _ seq: Int64) -> Bool {
    at <= until && seq <= self.seq && since.map { at > $0 } ?? true
  }
}

/// What was recorded under one value of a key, in the order of the event log.
struct SharedRun {
  let rows: ArraySlice<SharedRow>
  /// Of long ones.
  var counts: SharedCounts?

  /// From how many rows on counting is worth an index.
  static let long = 64

  /// Calls with each row of the range.
  func forEach(_ range: SharedRange, _ body: (SharedRow) -> Void) {
    let low = range.since.map { since in rows.partitioned { $0.peak > since } } ?? rows.startIndex
    for row in rows[low...] {
      if row.seq > range.seq { break }
      if range.contains(row) { body(row) }
    }
  }

  func count(_ what: SharedCount, _ range: SharedRange) -> Int {
    if let counts { return counts.count(what, range, rows) }
    var count = 0
    if what.isDistinct {
      count = distinct(what, range).count
    } else {
      forEach(range) { if what.entry($0) != nil { count += 1 } }
    }
    return count
  }

  /// When the first and the last thing was; nil for nothing.
  func span(_ range: SharedRange) -> (first: Timestamp, last: Timestamp)? {
    if let counts { return counts.span(range, rows) }
    var span: (Timestamp, Timestamp)?
    forEach(range) { row in
      guard !row.what.isEmpty else { return }
      span = span.map { (min($0.0, row.at), max($0.1, row.at)) } ?? (row.at, row.at)
    }
    return span
  }

  /// Calls with what orders came to: each, or sums of those in one currency.
  func forEachTotal(_ range: SharedRange, _ body: (Money) -> Void) {
    if let counts, let sum = counts.sum(range, rows) {
      if let sum { body(sum) }
      return
    }
    forEach(range) { if let total = $0.total { body(total) } }
  }

  func distinct(_ what: SharedCount, _ range: SharedRange) -> Set<UInt64> {
    var seen: Set<UInt64> = []
    forEach(range) { row in
      if let hash = what.entry(row) { seen.insert(hash) }
    }
    return seen
  }
}

extension ArraySlice {
  /// The place of the first element from which on a condition holds that holds for all after it.
  func partitioned(_ condition: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
