import CartSupport

/// Who says a command: `shopper`, `staff:NAME`, `rule:NAME`, `policy:NAME`, `sync`, `import`;
/// for scripts also `via script:FILE`.
public struct Actor: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public static let shopper = Actor(known: "shopper")
  public static let importer = Actor(known: "import")
  public static let sync = Actor(known: "sync")
  /// A script on the storefront, which anybody can speak for.
  public static let beacon = Actor(known: "sync via beacon")

  private init(known: String) { description = known }

  public static func staff(_ name: String) -> Actor { Actor(known: "staff:" + name) }

  public static func rule(_ name: String) -> Actor { Actor(known: "rule:" + name) }

  public static func policy(_ name: String) -> Actor { Actor(known: "policy:" + name) }

  /// - Throws: `malformed` for a text that is none of the kinds above.
  public init(_ text: String) throws(ModelError) {
    let kind = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let known: Bool
    switch kind.first {
    case "shopper", "import", "sync": known = kind.count == 1 || text.contains(" via script:")
    case "sync via beacon": known = kind.count == 1
    case "staff", "rule", "policy": known = kind.count == 2 && !kind[1].isEmpty
    default: known = false
    }
    guard known, text.utf8.count <= 300, printable(text) == text else {
      throw ModelError(
        .malformed,
        "actor: expected shopper, sync, import, staff:NAME, rule:NAME or policy:NAME, got "
          + quoted(text))
    }
    description = text
  }

  public func via(script: String) -> Actor { Actor(known: description + " via script:" + script) }

  public var isRule: Bool { description.hasPrefix("rule:") }
  public var isPolicy: Bool { description.hasPrefix("policy:") }

  /// Whether it only says what happened elsewhere, so that no store has to be told of it.
  public var reports: Bool { self == .sync || self == .importer || self == .beacon }

  /// Only what the shopper does wakes a cart.
  public var isShopper: Bool { description == "shopper" }
}
