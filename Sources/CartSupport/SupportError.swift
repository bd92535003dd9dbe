/// Why a file, a text or a value could not be read or written.
///
/// Errors of `Files` and its neighbours name the file; those of text and JSON do not, the caller does.
public typealias SupportError = CodedError<SupportErrorCode>

public enum SupportErrorCode: String, ErrorCode {
  /// A file could not be read or written.
  case file
  /// The bytes are no text of the expected form.
  case malformed
  case interrupted

  public var isInterruption: Bool { self == .interrupted }
}
