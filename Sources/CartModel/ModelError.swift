import CartSupport

/// A command or a value that the rules of carts refuse.
///
/// The message names the thing, what was expected and what came.
public typealias ModelError = CodedError<ModelErrorCode>

/// What kind of refusal it is; new kinds may come.
public enum ModelErrorCode: String, ErrorCode {
  case malformed
  case outOfRange
  case currencyMismatch
  case notFound
  case ambiguous
  case conflict
  case notAllowed

  public var isInterruption: Bool { false }
}
