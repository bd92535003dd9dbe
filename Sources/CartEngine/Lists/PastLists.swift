import CartModel

/// The blacklist and the allowlist as they stood at earlier moments.
struct PastLists {
  private struct Stay {
    var entry: ListEntry
    var since: (at: Timestamp, seq: Int64)
    /// When it was removed; nil for one that was not.
    var until: (at: Timestamp, seq: Int64)?

    func contains(_ time: Timestamp, _ seq: Int64) -> Bool {
      guard since.at <= time, since.seq <= seq, entry.isActive(at: time) else { return false }
      return until.map { time < $0.at || seq < $0.seq } ?? true
    }
  }

  private var stays: [ListEntry.List: [Stay]] = [:]
  /// All that ever stood on a list: most persons are on none of it.
  private var ever: [ListEntry.List: ListIndex] = [:]

  /// - Parameter events: what was done to the lists, in order.
  init(_ events: [Event]) {
    var (all, standing) = ([Stay](), [String: Int]())
    for event in events {
      guard let (entry, isAdded) = event.body.listChange else { continue }
      if let place = standing.removeValue(forKey: entry.id) {
        all[place].until = (event.at, event.seq)
      }
      guard isAdded else { continue }
      standing[entry.id] = all.count
      all.append(Stay(entry: entry, since: (event.at, event.seq)))
    }
    stays = Dictionary(grouping: all) { $0.entry.list }
    ever = stays.mapValues { ListIndex($0.map(\.entry), now: Timestamp(milliseconds: .min)) }
  }

  /// The entry that a person was on.
  ///
  /// - Parameter seq: the last event of the event log that counts: what followed from the event that is
  ///   judged has its time as well.
  /// - Complexity: O(entries) for who ever was on the list.
  func entry(
    _ list: ListEntry.List, for shopper: Shopper, at time: Timestamp, through seq: Int64 = .max
  ) -> ListEntry? {
    guard ever[list]?.entry(for: shopper) != nil else { return nil }
    let standing = stays[list, default: []].filter {
      $0.contains(time, seq) && $0.entry.pattern.matches(shopper)
    }
    return ListIndex(standing.map(\.entry), now: time).entry(for: shopper)
  }
}
