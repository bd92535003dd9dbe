/// What kind of error it is: each target has codes of its own.
public protocol ErrorCode: Equatable, Sendable {
  /// Whether the user or a deadline stopped the work.
  var isInterruption: Bool { get }
}

/// An error of any target, where its code does not matter.
public protocol AnyCodedError: Error, CustomStringConvertible {
  associatedtype Code: ErrorCode

  var code: Code { get }
  var message: String { get }
}

extension AnyCodedError {
  public var isInterruption: Bool { code.isInterruption }
}

/// The error of a target: its kind, a message for people, and the error below it that led to it.
///
/// Errors are equal where their codes and messages are.
public struct CodedError<Code: ErrorCode>: AnyCodedError, Equatable {
  public let code: Code
  /// What happened, and to which thing.
  public let message: String
  private let origin: Origin?

  /// Apart, so that an error thrown by type fits into registers.
  private final class Origin: Sendable {
    let context: String?
    let source: any Error

    init(_ context: String?, _ source: any Error) {
      (self.context, self.source) = (context, source)
    }
  }

  public init(_ code: Code, _ message: String) {
    (self.code, self.message) = (code, message)
    origin = nil
  }

  /// The message of an error below.
  public init(_ code: Code, of source: some AnyCodedError) {
    (self.code, message) = (code, source.message)
    origin = Origin(nil, source)
  }

  /// The message of an error below, after the file or value that it is about.
  public init(_ code: Code, in context: String, _ source: some AnyCodedError) {
    (self.code, message) = (code, "\(context): \(source.message)")
    origin = Origin(context, source)
  }

  /// The file or value that the error below was about; nil where its own message says it.
  public var context: String? { origin?.context }

  /// The error of a target below that led to this one.
  public var source: (any Error)? { origin?.source }

  public var description: String { message }

  public static func == (left: Self, right: Self) -> Bool {
    left.code == right.code && left.message == right.message
  }
}
