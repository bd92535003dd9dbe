/// An entry of the blacklist, or of the allowlist, which wins.
public struct ListEntry: Equatable, Sendable {
  /// Its stable name.
  public var id: String
  public var list: List
  public var pattern: Pattern
  /// For staff.
  public var reason: String
  /// What may be said outside; empty for nothing.
  public var tell: String
  public var author: Actor
  public var created: Timestamp
  /// From this moment on it counts no more; nil for never.
  public var expires: Timestamp?

  public enum List: UInt8, Sendable, CaseIterable {
    case blacklist = 1
    case allowlist = 2

    public var name: String { self == .blacklist ? "blacklist" : "allowlist" }
  }

  public enum Kind: UInt8, Sendable, CaseIterable {
    case ip = 1
    case email = 2
    case country = 3

    public var name: String {
      switch self {
      case .ip: "ip"
      case .email: "email"
      case .country: "country"
      }
    }
  }

  public init(
    id: String, list: List, pattern: Pattern, reason: String = "", tell: String = "",
    author: Actor, created: Timestamp, expires: Timestamp? = nil
  ) {
    self.id = id
    self.list = list
    self.pattern = pattern
    self.reason = reason
    self.tell = tell
    self.author = author
    self.created = created
    self.expires = expires
  }

  public func isActive(at time: Timestamp) -> Bool { expires.map { time < $0 } ?? true }

  /// What it becomes on a cart.
  public var cause: Cause {
    Cause(
      rule: list.name, source: id,
      reason: "\(pattern.kind.name) \(pattern.text)" + (reason.isEmpty ? "" : ": \(reason)"),
      tell: tell)
  }

  /// What an entry is about, in canonical form.
  public enum Pattern: Hashable, Sendable {
    case ip(AddressBlock)
    case email(EmailPattern)
    case country(String)

    /// - Throws: `malformed`, with what was expected.
    public init(_ kind: Kind, _ text: String) throws(ModelError) {
      switch kind {
      case .ip:
        if let block = AddressBlock(address: text) {
          self = .ip(block)
        } else {
          self = .ip(try AddressBlock(text.trimmingBlanks))
        }
      case .email: self = .email(try EmailPattern(text))
      case .country:
        let code = text.uppercased()
        try Country.check(code)
        self = .country(code)
      }
    }

    /// The pattern of a new entry; stored ones may be broader.
    ///
    /// - Throws: `malformed`, also for a block of all addresses.
    public init(typed text: String, _ kind: Kind) throws(ModelError) {
      self = try Self(kind, text)
      if case .ip(let block) = self { try Self.check(block) }
    }

    /// - Throws: `malformed` for a block of all addresses.
    public static func check(_ block: AddressBlock) throws(ModelError) {
      guard block.length == 0 else { return }
      throw ModelError(
        .malformed,
        "ip: \(block) is every address; expected an address or a narrower block, as 203.0.113.0/24")
    }

    public var kind: Kind {
      switch self {
      case .ip: .ip
      case .email: .email
      case .country: .country
      }
    }

    public var text: String {
      switch self {
      case .ip(let block): block.description
      case .email(let pattern): pattern.description
      case .country(let code): code
      }
    }

    /// Whether it is about this person.
    public func matches(_ shopper: Shopper) -> Bool {
      switch self {
      case .ip(let block): block.contains(shopper[.ip])
      case .email(let pattern): pattern.matches(email: shopper[.email])
      case .country(let code): shopper[.country] == code
      }
    }
  }
}
