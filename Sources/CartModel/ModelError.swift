/// A command or a value that the rules of carts refuse.
///
/// The message names the thing, what was expected and what came.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of refusal it is; new kinds may come.
  public enum Code: String, Sendable {
    case malformed
    case outOfRange
    case currencyMismatch
    case notFound
    case ambiguous
    case conflict
    case notAllowed
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
