import CartModel
import CartSupport

/// The keys of a file's events that no event of their type has, and in how many events each stood.
public struct IgnoredKeys: Equatable, Sendable {
  public struct Key: Equatable, Sendable {
    /// The path to it: `foo`, `shopper.foo`.
    public var path: String
    public var events = 0
    /// The names of the types of those events.
    public var types: [String] = []
    fileprivate var hint = ""

    /// `unknown key 'foo': ignored in 12 events (line.added)`.
    public var text: String {
      let shown = types.prefix(3).joined(separator: ", ") + (types.count > 3 ? ", …" : "")
      return "unknown key \(quoted(path)): ignored in \(CountText.count(events, "event")) "
        + "(\(shown))\(hint)"
    }
  }

  /// A key of one event that was not read.
  package struct Unread: Equatable, Sendable {
    package let path: String
    /// What to say behind it; empty for nothing.
    package let hint: String

    package init(_ path: String, hint: String) { (self.path, self.hint) = (path, hint) }
  }

  /// So many keys are told apart.
  package static let most = 1000

  private var byPath: [String: Key] = [:]
  /// How often keys beyond those stood.
  public private(set) var others = 0

  public init() {}

  public var isEmpty: Bool { byPath.isEmpty }

  /// The keys, most events first.
  public var keys: [Key] {
    byPath.values.sorted { ($1.events, $0.path) < ($0.events, $1.path) }
  }

  mutating func add(_ unread: Unread, of type: EventType) {
    let path = unread.path
    guard byPath[path] != nil || byPath.count < Self.most else {
      others += 1
      return
    }
    var key = byPath[path] ?? Key(path: path, hint: unread.hint)
    key.events += 1
    if !key.types.contains(type.name) { key.types.append(type.name) }
    byPath[path] = key
  }
}
