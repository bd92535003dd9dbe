/// What the database could not do.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Another process held the write lock for longer than five seconds.
    case busy
    case full
    case readOnly
    case corrupt
    case notADatabase
    case missing
    case newerSchema
    /// Another process did meanwhile what this one was about to do.
    case conflict
    case other
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
