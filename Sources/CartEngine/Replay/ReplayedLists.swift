import CartModel

/// The entries of lists in a replay, beside those of the source.
struct ReplayedLists {
  /// The ids of entries that the source has.
  private(set) var stated: Set<String> = []
  /// Those of them that did not come about here.
  private(set) var unmade: Set<String> = []
  /// Where the ban of a verdict stands that was left out.
  private var leftOut: (operation: Int64, seq: Int64) = (0, 0)

  /// Leaves out the ban that follows a verdict which was left out.
  mutating func leaveOutBan(after verdict: Event) {
    leftOut = (verdict.operation, verdict.seq + 1)
  }

  /// Notes an entry that the source adds.
  ///
  /// - Parameter isReplaced: whether a replaced rule added it.
  /// - Returns: whether it is added here.
  mutating func add(_ entry: ListEntry, _ event: Event, isReplaced: Bool) -> Bool {
    stated.insert(entry.id)
    guard !isReplaced, leftOut != (event.operation, event.seq) else {
      unmade.insert(entry.id)
      return false
    }
    unmade.remove(entry.id)
    return true
  }
}
