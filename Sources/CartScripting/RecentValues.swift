/// The latest values that were added, each under a number of its own that is never used again.
///
/// What scripts hold costs memory outside Lua's budget: it must have a bound.
struct RecentValues<Value> {
  private var values: [(number: UInt32, value: Value)] = []
  private var next: UInt32 = 0
  /// The number of the first that is kept in the first place.
  private var base: UInt32 = 0

  var isEmpty: Bool { values.isEmpty }

  /// How many are kept.
  static var limit: Int { 65_536 }

  mutating func add(_ value: Value) -> UInt32 {
    let number = next
    next &+= 1
    let slot = Int(number &- base) % Self.limit
    if slot < values.count {
      values[slot] = (number, value)
    } else {
      values.append((number, value))
    }
    return number
  }

  /// Forgets all, but not their numbers.
  mutating func removeAll() {
    base = next
    values.removeAll(keepingCapacity: true)
  }

  /// Nil for one that has made room for others.
  subscript(number: UInt32) -> Value? {
    let slot = Int(number &- base) % Self.limit
    guard slot < values.count, values[slot].number == number else { return nil }
    return values[slot].value
  }
}
