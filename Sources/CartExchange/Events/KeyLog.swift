import CartSupport

/// Which keys of an event were read, which it has beside them, and which it lacks.
///
/// One log serves a whole file: noting a key needs no memory while all keys are known.
final class KeyLog {
  /// The paths of keys that the event's type does not have: `foo`, `shopper.foo`, `lines.foo`.
  @exclusivity(unchecked) private(set) var unknown: [String] = []
  /// The paths of required keys that are not there.
  @exclusivity(unchecked) private(set) var missing: [String] = []
  /// The paths of keys that the event's type has, where they are wanted.
  private(set) var known: Set<String> = []
  /// What to say behind an unknown key, by its path; kept from event to event.
  var hints: [String: String] = [:]
  /// Naming all known keys costs more than reading an event.
  let namesKnown: Bool
  /// The path of the object that is read, with a dot; empty for the event itself.
  private var path = ""
  // Checking each access at run time took as long as all the rest of the log (measured).
  @exclusivity(unchecked) private var read = ReadMembers()

  init(namesKnown: Bool = false) { self.namesKnown = namesKnown }

  func begin() {
    if !unknown.isEmpty { unknown.removeAll(keepingCapacity: true) }
    if !missing.isEmpty { missing.removeAll(keepingCapacity: true) }
    if namesKnown { known.removeAll(keepingCapacity: true) }
    read = ReadMembers()
  }

  func noteRead(_ key: String, at place: Int?) {
    if namesKnown { known.insert(path + key) }
    if let place { read.insert(place) }
  }

  func noteMissing(_ key: String) { missing.append(path + key) }

  /// Notes the members of an object that were not read.
  func noteUnread(_ members: [JSONValue.Member]) {
    guard read.count < members.count else { return }
    for (place, member) in members.enumerated() where !read.contains(place) {
      unknown.append(path + member.key)
    }
  }

  /// Notes a member of an object whose keys come from a table.
  func noteUnknown(_ key: String, in object: String, known keys: some Sequence<String>) {
    unknown.append("\(path)\(object).\(key)")
    if namesKnown { known.formUnion(keys.map { "\(path)\(object).\($0)" }) }
  }

  /// Reads an object within the event.
  func reading<Result>(
    _ object: String, _ body: () throws(EventDecoder.Failure) -> Result
  ) throws(EventDecoder.Failure) -> Result {
    let outer = (path, read)
    (path, read) = ("\(path)\(object).", ReadMembers())
    defer { (path, read) = outer }
    return try body()
  }

  /// The known keys that stand where a key stands.
  func known(beside key: String) -> [String] {
    let prefix = key.lastIndex(of: ".").map { String(key[...$0]) } ?? ""
    let beside = known.filter { $0.hasPrefix(prefix) && !prefix.isEmpty }
    return (beside.isEmpty ? known.filter { !$0.contains(".") } : beside).sorted()
  }
}

/// The places of an object's members that were read.
private struct ReadMembers {
  private var first: UInt64 = 0
  private var beyond: Set<Int> = []

  var count: Int { first.nonzeroBitCount + beyond.count }

  mutating func insert(_ place: Int) {
    if place < 64 { first |= 1 << UInt64(place) } else { beyond.insert(place) }
  }

  func contains(_ place: Int) -> Bool {
    place < 64 ? first & 1 << UInt64(place) != 0 : beyond.contains(place)
  }
}
