import CartModel
import CartStorage
import CartSupport

/// Why a command, an import or an undo did not happen.
public typealias EngineError = CodedError<EngineErrorCode>

public enum EngineErrorCode: String, ErrorCode {
  /// The trade's rules refuse it.
  case refused
  case notFound
  case ambiguous
  /// Another writer changed it meanwhile.
  case conflict
  /// It touches many carts or cannot be undone, and was not confirmed.
  case unconfirmed
  /// The user or a deadline stopped it.
  case interrupted
  /// Text or a file of the wrong form.
  case malformed
  /// A file could not be read or written.
  case file
  case store
  /// The database is damaged.
  case damaged

  public var isInterruption: Bool { self == .interrupted }

  init(_ code: ModelErrorCode) {
    self =
      switch code {
      case .notFound: .notFound
      case .ambiguous: .ambiguous
      case .conflict: .conflict
      case .malformed: .malformed
      case .outOfRange, .currencyMismatch, .notAllowed: .refused
      }
  }

  init(_ code: StoreErrorCode) {
    self =
      switch code {
      case .conflict: .conflict
      case .interrupted: .interrupted
      case .corrupt: .damaged
      case .busy, .full, .readOnly, .permission, .io, .unsound, .replaced, .restored,
        .notADatabase, .missing, .newerSchema, .other:
        .store
      }
  }

  init(_ code: SupportErrorCode) {
    self =
      switch code {
      case .file: .file
      case .malformed: .malformed
      case .interrupted: .interrupted
      }
  }
}

extension EngineError {
  /// Whether it is not about one cart or line: then nothing that follows can go better.
  package var endsRun: Bool {
    switch code {
    case .store, .damaged, .file, .interrupted: true
    case .refused, .notFound, .ambiguous, .conflict, .unconfirmed, .malformed: false
    }
  }

  package init(_ error: ModelError) { self.init(EngineErrorCode(error.code), of: error) }

  package init(_ error: StoreError) { self.init(EngineErrorCode(error.code), of: error) }

  /// An error of files or text keeps its message.
  public init(_ error: SupportError) { self.init(EngineErrorCode(error.code), of: error) }

  /// Any error of this target or of one below it.
  public init(_ error: any Error) {
    switch error {
    case let error as EngineError: self = error
    case let error as ModelError: self.init(error)
    case let error as StoreError: self.init(error)
    case let error as SupportError: self.init(error)
    default: self.init(.store, String(describing: error))
    }
  }

  /// What the body gives; its errors become ones of this target.
  public static func mapping<T>(_ body: () throws -> T) throws(EngineError) -> T {
    do { return try body() } catch { throw EngineError(error) }
  }
}
