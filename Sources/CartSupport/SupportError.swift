/// Why a file, a text or a value could not be read or written.
///
/// Errors of `Files` and its neighbours name the file; those of text and JSON do not, the caller does.
public struct SupportError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A file could not be read or written.
    case file
    /// The bytes are no text of the expected form.
    case malformed
    case interrupted
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
