/// Why text could not be read. The message names no file; the caller does.
public struct SupportError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The source of bytes failed.
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
