import CartModel
import CartStore

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
  /// Carts that are looked at otherwise.
  var without: Set<Int64> = []

  func contains(_ row: SharedRow) -> Bool {
    contains(row.at, row.seq) && (without.isEmpty || !without.contains(row.cart))
  }

  func contains(_ at: Timestamp, _ seq: Int64) -> Bool {
    at <= until && seq <= self.seq && since.map { at > $0 } ?? true
  }
}

/// What was journalled under one value of a key, in the order of the journal.
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
    if let counts, range.without.isEmpty { return counts.count(what, range, rows) }
    var count = 0
    if what.isDistinct {
      count = distinct(what, range).count
    } else {
      forEach(range) { if what.entry($0) != nil { count += 1 } }
    }
    return count
  }

  func distinct(_ what: SharedCount, _ range: SharedRange) -> Set<UInt64> {
    var seen: Set<UInt64> = []
    forEach(range) { row in
      if let hash = what.entry(row) { seen.insert(hash) }
    }
    return seen
  }
}

/// Counts of a long run by search.
///
/// Times mostly run forward in the journal: what does is searched, what came late is looked at one by
/// one.
final class SharedCounts {
  private struct Item {
    var at: Timestamp
    var seq: Int64
    var hash: UInt64
    /// The place of the one before with the same hash; -1 for none.
    var before: Int32 = -1
    /// How many different ones there are up to it.
    var different: Int32 = 0
  }

  private struct Series {
    var items: [Item] = []
    var late: [Item] = []
    var places: [UInt64: Int32] = [:]
    var taken = 0

    mutating func append(_ item: Item, isDistinct: Bool) {
      if let last = items.last, item.at < last.at { return late.append(item) }
      var item = item
      if isDistinct {
        let place = Int32(items.count)
        item.before = places.updateValue(place, forKey: item.hash) ?? -1
        item.different = (items.last?.different ?? 0) + (item.before < 0 ? 1 : 0)
      }
      items.append(item)
    }
  }

  private var series = [Series](repeating: Series(), count: SharedCount.allCases.count)

  /// - Parameter rows: those of the run, of which it may know the first already.
  func count(_ what: SharedCount, _ range: SharedRange, _ rows: ArraySlice<SharedRow>) -> Int {
    take(what, rows)
    let items = series[what.rawValue].items[...]
    let low = range.since.map { since in items.partitioned { $0.at > since } } ?? 0
    let high = items.partitioned { $0.at > range.until || $0.seq > range.seq }
    let late = series[what.rawValue].late.filter { range.contains($0.at, $0.seq) }
    guard low < high else {
      return what.isDistinct ? Set(late.map(\.hash)).count : late.count
    }
    guard what.isDistinct else { return high - low + late.count }
    guard late.isEmpty else {
      return Set(items[low..<high].map(\.hash)).union(late.map(\.hash)).count
    }
    if low == 0 { return Int(items[high - 1].different) }
    return items[low..<high].count { $0.before < low }
  }

  private func take(_ what: SharedCount, _ rows: ArraySlice<SharedRow>) {
    let place = what.rawValue
    guard series[place].taken < rows.count else { return }
    for row in rows[(rows.startIndex + series[place].taken)...] {
      guard let hash = what.entry(row) else { continue }
      series[place].append(
        Item(at: row.at, seq: row.seq, hash: hash), isDistinct: what.isDistinct)
    }
    series[place].taken = rows.count
  }
}

extension ArraySlice {
  /// The place of the first element from which on a condition holds that holds for all after it.
  fileprivate func partitioned(_ condition: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
