import CartModel
import CartStorage
import CartSupport

/// Which operations are meant.
public struct OperationFilter: Equatable, Sendable {
  /// Whole, or what follows `staff:` and its like.
  public var actor = ""
  public var cart: Int64?
  public var since: Timestamp?
  public var until: Timestamp?
  public var isUndone: Bool?
  /// Each must stand in the command or the reason, in any case.
  public var words: [String] = []
  public var limit = 20

  public init() {}

  public static let keys = ["actor", "cart", "since", "until", "undone", "limit"]
}

/// An operation, and whether it was undone.
public struct OperationEntry: Sendable {
  public var operation: Operation
  public var standing: Standing

  public enum Standing: Sendable {
    case done
    /// Undone on some of its carts.
    case partly
    case undone
  }
}

extension OperationFilter {
  func matches(_ operation: Operation) -> Bool {
    let name = operation.actor.description
    // What a store showed is seen only by who asks for it.
    if operation.kind == .sync, actor != Actor.sync.description { return false }
    if !actor.isEmpty, name != actor, !name.hasPrefix(actor + " via "),
      !name.hasSuffix(":" + actor), !name.contains(":" + actor + " via ")
    {
      return false
    }
    if let since, operation.at < since { return false }
    if let until, operation.at >= until { return false }
    let text = operation.command + " " + operation.reason
    return words.allSatisfy { TextFold.contains(text, $0) }
  }
}

/// Reads the words of an operation filter, as typed or given by a script.
extension OperationFilter {
  /// - Parameter find: the key of a cart's name.
  /// - Throws: `malformed`, with a suggestion for a mistyped key.
  public mutating func add(
    _ key: String, _ value: String, _ parser: FilterParser,
    find: (String) throws(EngineError) -> Int64
  ) throws(EngineError) {
    do throws(ModelError) {
      switch key {
      case "actor": actor = value
      case "since": since = try parser.time(value)
      case "until": until = try parser.time(value)
      case "limit":
        guard let number = Int(value), number > 0 else {
          throw ModelError(
            .malformed, "limit: expected a whole number from 1, got \(quoted(value))")
        }
        limit = number
      case "undone":
        guard ["yes", "no", "true", "false"].contains(value) else {
          throw ModelError(.malformed, "undone: expected yes or no, got \(quoted(value))")
        }
        isUndone = value == "yes" || value == "true"
      case "cart": break
      default:
        throw ModelError(
          .malformed, "ops: no key \(quoted(key))\(didYouMean(key, among: Self.keys))")
      }
    } catch { throw EngineError(error) }
    if key == "cart" { cart = try find(value) }
  }
}
