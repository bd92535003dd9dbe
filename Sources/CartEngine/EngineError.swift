import CartModel
import CartStore
import CartSupport

/// Why a command, an import or an undo did not happen.
public struct EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
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
  }

  public let code: Code
  public let message: String

  /// Whether it is not about one cart or line: then nothing that follows can go better.
  package var endsRun: Bool {
    switch code {
    case .store, .damaged, .file, .interrupted: true
    case .refused, .notFound, .ambiguous, .conflict, .unconfirmed, .malformed: false
    }
  }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package init(_ error: ModelError) {
    switch error.code {
    case .notFound: self.init(.notFound, error.message)
    case .ambiguous: self.init(.ambiguous, error.message)
    case .conflict: self.init(.conflict, error.message)
    case .malformed: self.init(.malformed, error.message)
    default: self.init(.refused, error.message)
    }
  }

  /// An error of files or text keeps its message.
  public init(_ error: SupportError) {
    switch error.code {
    case .file: self.init(.file, error.message)
    case .malformed: self.init(.malformed, error.message)
    case .interrupted: self.init(.interrupted, error.message)
    }
  }

  /// What the body gives; its errors become ones of this target.
  public static func mapping<T>(_ body: () throws -> T) throws(EngineError) -> T {
    do { return try body() } catch { throw EngineError(error) }
  }

  package init(_ error: StoreError) {
    switch error.code {
    case .conflict: self.init(.conflict, error.message)
    case .interrupted: self.init(.interrupted, error.message)
    case .corrupt: self.init(.damaged, error.message)
    default: self.init(.store, error.message)
    }
  }

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

  public var description: String { message }
}
