import CartModel
import CartStorage

/// Counts of a long run by search.
///
/// Times mostly run forward in the event log. What came late, as from an older file that was imported
/// after a newer one, makes chains of its own, each of which runs forward.
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

  private struct Chain {
    var items: [Item] = []
    /// What orders came to up to each; minor units.
    var sums: [Int128] = []
    private var places: [UInt64: Int32] = [:]

    mutating func append(_ item: Item, isDistinct: Bool, _ amount: Int64?) {
      var item = item
      if isDistinct {
        item.before = places.updateValue(Int32(items.count), forKey: item.hash) ?? -1
        item.different = (items.last?.different ?? 0) + (item.before < 0 ? 1 : 0)
      }
      if let amount { sums.append((sums.last ?? 0) + Int128(amount)) }
      items.append(item)
    }

    func count(_ places: Range<Int>, isDistinct: Bool) -> Int {
      guard isDistinct, !places.isEmpty else { return places.count }
      if places.lowerBound == 0 { return Int(items[places.upperBound - 1].different) }
      return items[places].count { $0.before < places.lowerBound }
    }

    func places(_ range: SharedRange) -> Range<Int> {
      let low = range.since.map { since in items[...].partitioned { $0.at > since } } ?? 0
      let high = items[...].partitioned { $0.at > range.until || $0.seq > range.seq }
      return low..<max(low, high)
    }
  }

  private struct Series {
    var chains: [Chain] = []
    /// What fits into none of them.
    var loose: [Item] = []
    /// How many rows were looked at.
    var taken = 0

    static let most = 16

    mutating func append(_ item: Item, isDistinct: Bool, _ amount: Int64?) {
      for place in chains.indices where chains[place].items.last.map({ $0.at <= item.at }) ?? true {
        return chains[place].append(item, isDistinct: isDistinct, amount)
      }
      guard chains.count < Self.most else { return loose.append(item) }
      chains.append(Chain())
      chains[chains.count - 1].append(item, isDistinct: isDistinct, amount)
    }
  }

  /// What is counted, and behind it whatever happened.
  private var series = [Series](repeating: Series(), count: SharedCount.allCases.count + 1)
  private var currencies: Set<Currency> = []

  /// - Parameter rows: those of the run, of which it may know the first already.
  func count(_ what: SharedCount, _ range: SharedRange, _ rows: ArraySlice<SharedRow>) -> Int {
    take(what.rawValue, rows, isDistinct: what.isDistinct, what.entry)
    let series = series[what.rawValue]
    if series.chains.count == 1, series.loose.isEmpty {
      return series.chains[0].count(
        series.chains[0].places(range), isDistinct: what.isDistinct)
    }
    let loose = series.loose.filter { range.contains($0.at, $0.seq) }
    let parts = series.chains.map { ($0, $0.places(range)) }.filter { !$0.1.isEmpty }
    guard what.isDistinct else { return parts.reduce(loose.count) { $0 + $1.1.count } }
    guard parts.count == 1, loose.isEmpty else {
      return parts.reduce(into: Set(loose.map(\.hash))) { seen, part in
        for item in part.0.items[part.1] { seen.insert(item.hash) }
      }.count
    }
    return parts[0].0.count(parts[0].1, isDistinct: true)
  }

  func span(_ range: SharedRange, _ rows: ArraySlice<SharedRow>) -> (
    first: Timestamp, last: Timestamp
  )? {
    let any = SharedCount.allCases.count
    take(any, rows, isDistinct: false) { $0.what.isEmpty ? nil : 0 }
    var times = series[any].loose.filter { range.contains($0.at, $0.seq) }.map(\.at)
    for chain in series[any].chains {
      let places = chain.places(range)
      if places.isEmpty { continue }
      times += [chain.items[places.lowerBound].at, chain.items[places.upperBound - 1].at]
    }
    guard let first = times.min(), let last = times.max() else { return nil }
    return (first, last)
  }

  /// What orders came to: nil within if there are no orders; nil where it cannot be said so quickly, as
  /// of several currencies.
  func sum(_ range: SharedRange, _ rows: ArraySlice<SharedRow>) -> Money?? {
    let orders = SharedCount.orders
    take(orders.rawValue, rows, isDistinct: false, orders.entry)
    guard currencies.count <= 1, series[orders.rawValue].loose.isEmpty else { return nil }
    guard let currency = currencies.first else { return .some(nil) }
    var (sum, isAny) = (Int128(0), false)
    for chain in series[orders.rawValue].chains {
      let places = chain.places(range)
      if places.isEmpty { continue }
      isAny = true
      sum += chain.sums[places.upperBound - 1]
      if places.lowerBound > 0 { sum -= chain.sums[places.lowerBound - 1] }
    }
    guard isAny else { return .some(nil) }
    // Beyond what an amount can be, adding one by one says so.
    guard let minor = Int64(exactly: sum) else { return nil }
    return Money(minor: minor, currency)
  }

  private func take(
    _ place: Int, _ rows: ArraySlice<SharedRow>, isDistinct: Bool,
    _ entry: (SharedRow) -> UInt64?
  ) {
    guard series[place].taken < rows.count else { return }
    for row in rows[(rows.startIndex + series[place].taken)...] {
      guard let hash = entry(row) else { continue }
      var amount: Int64?
      if place == SharedCount.orders.rawValue {
        amount = row.total?.minor ?? 0
        if let currency = row.total?.currency { currencies.insert(currency) }
      }
      series[place].append(
        Item(at: row.at, seq: row.seq, hash: hash), isDistinct: isDistinct, amount)
    }
    series[place].taken = rows.count
  }
}
