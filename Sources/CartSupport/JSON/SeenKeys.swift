/// Finds a key that an object has already, mostly without comparing it with the others.
struct SeenKeys {
  /// One bit of 64 for each key.
  private var marks: UInt64 = 0
  /// Of a large object.
  private var all: Set<[UInt8]> = []
  private static let large = 32

  /// Notes a key.
  ///
  /// - Parameters:
  ///   - mark: a bit that equal keys share.
  ///   - members: those before it.
  /// - Complexity: O(1) in practice.
  mutating func contains(_ key: String, mark: UInt64, _ members: [JSONValue.Member]) -> Bool {
    if members.count >= Self.large { return isInLarge(key, members) }
    let isNew = marks & mark == 0
    marks |= mark
    return isNew ? false : Self.contains(key, members)
  }

  /// Equal texts may be composed differently.
  private static func contains(_ key: String, _ members: [JSONValue.Member]) -> Bool {
    members.contains { $0.key == key && $0.key.utf8.elementsEqual(key.utf8) }
  }

  private mutating func isInLarge(_ key: String, _ members: [JSONValue.Member]) -> Bool {
    if members.count == Self.large { all = Set(members.map { Array($0.key.utf8) }) }
    return !all.insert(Array(key.utf8)).inserted
  }
}
