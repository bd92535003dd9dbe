import CartModel

/// The blacklist and the allowlist as they stood at earlier moments.
struct PastLists {
  private struct Stay {
    var entry: ListEntry
    var since: Timestamp
    /// When it was taken off; nil where it still stands.
    var until: Timestamp?

    func contains(_ time: Timestamp) -> Bool {
      since <= time && until.map { time < $0 } ?? true && entry.isActive(at: time)
    }
  }

  private var stays: [ListEntry.List: [Stay]] = [:]
  /// All that ever stood on a list: most persons are on none of it.
  private var ever: [ListEntry.List: ListIndex] = [:]

  /// - Parameter events: what was done to the lists, in order.
  init(_ events: [Event]) {
    var (all, standing) = ([Stay](), [String: Int]())
    for event in events {
      switch event.body {
      case .entryAdded(let entry):
        if let place = standing[entry.id] { all[place].until = event.at }
        standing[entry.id] = all.count
        all.append(Stay(entry: entry, since: event.at))
      case .entryRemoved(let entry):
        if let place = standing.removeValue(forKey: entry.id) { all[place].until = event.at }
      default: break
      }
    }
    stays = Dictionary(grouping: all) { $0.entry.list }
    ever = stays.mapValues { ListIndex($0.map(\.entry), now: Timestamp(milliseconds: .min)) }
  }

  /// The entry that a person was on.
  ///
  /// - Complexity: O(entries) for who ever was on the list.
  func entry(_ list: ListEntry.List, for shopper: Shopper, at time: Timestamp) -> ListEntry? {
    guard ever[list]?.entry(for: shopper) != nil else { return nil }
    let standing = stays[list, default: []].filter {
      $0.contains(time) && $0.entry.pattern.matches(shopper)
    }
    return ListIndex(standing.map(\.entry), now: time).entry(for: shopper)
  }
}
