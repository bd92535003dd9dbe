/// What a run did so far; where part of its work is rolled back, it goes back to a mark as a whole.
struct RunTally {
  /// Carts that became different.
  var changed = ChangedCarts()
  /// How many of them were confirmed by their number.
  var confirmed = 0
  /// Carts of which the run only notes that an operation is undone: that changes nothing of them.
  var marked: Set<Int64> = []
  var events = 0
  /// Whether an order or mail was made, which cannot be undone.
  var isFinal = false
  /// Carts that were left as they are, with the reasons.
  var failures: [EngineError] = []
  /// Carts whose changes were refused when they were written.
  var lost: Set<Int64> = []
  /// Carts made outside of bulk loops; a new cart's key is negative until it is saved.
  var made: [Int64] = []
  /// What was written, for the echo.
  var written = RunChanges()

  /// Where it can go back to; of the changed carts only their number, as a bulk run marks each cart.
  struct Mark {
    fileprivate let changed: Int
    fileprivate let confirmed: Int
    fileprivate let marked: Set<Int64>
    fileprivate let events: Int
    fileprivate let isFinal: Bool
    fileprivate let failures: [EngineError]
    fileprivate let lost: Set<Int64>
    fileprivate let made: [Int64]
  }

  var mark: Mark {
    Mark(
      changed: changed.count, confirmed: confirmed, marked: marked, events: events,
      isFinal: isFinal, failures: failures, lost: lost, made: made)
  }

  /// What was written stays written.
  mutating func goBack(to mark: Mark) {
    changed.truncate(to: mark.changed)
    confirmed = mark.confirmed
    (marked, events, isFinal) = (mark.marked, mark.events, mark.isFinal)
    (failures, lost, made) = (mark.failures, mark.lost, mark.made)
  }
}

/// The keys of changed carts, in the order of their first change.
struct ChangedCarts {
  private var order: [Int64] = []
  private var keys: Set<Int64> = []
  private var hasNew = false

  var count: Int { order.count }

  func contains(_ key: Int64) -> Bool { keys.contains(key) }

  mutating func insert(_ key: Int64) {
    guard keys.insert(key).inserted else { return }
    order.append(key)
    if key < 0 { hasNew = true }
  }

  /// Lets the cart that came last go by another key.
  mutating func renameLast(to key: Int64) {
    guard let last = order.popLast() else { return }
    keys.remove(last)
    insert(key)
  }

  /// Lets new carts go by the keys that they were stored under.
  ///
  /// - Parameter stored: nil for a cart that is not stored yet.
  /// - Complexity: O(1) where none is new, else O(carts).
  mutating func renameNew(_ stored: (Int64) throws -> Int64?) rethrows {
    guard hasNew else { return }
    hasNew = false
    for index in order.indices where order[index] < 0 {
      guard let key = try stored(order[index]) else {
        hasNew = true
        continue
      }
      keys.remove(order[index])
      keys.insert(key)
      order[index] = key
    }
  }

  /// Forgets those that came after the first of them.
  ///
  /// - Complexity: O(carts that are forgotten).
  mutating func truncate(to count: Int) {
    while order.count > count { keys.remove(order.removeLast()) }
  }
}
