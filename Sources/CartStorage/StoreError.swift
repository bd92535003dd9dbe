import CartSupport

/// What the database could not do.
public typealias StoreError = CodedError<StoreErrorCode>

public enum StoreErrorCode: String, ErrorCode {
  /// Another process held the write lock for longer than five seconds.
  case busy
  case full
  /// It may not be written here, or was opened only to read.
  case readOnly
  /// Files or folders may not be read or made by this user.
  case permission
  /// The system could not read, write or lock; nothing is known to be damaged.
  case io
  /// SQLite found no sense in what it read, which a failed read causes too. CartStoreSQLite turns
  /// it into `corrupt` or `io`.
  case unsound
  /// The damage is proven.
  case corrupt
  /// The file at the path is not the one that was opened; no later access is allowed.
  case replaced
  /// A backup was put in place since it was opened; no later access is allowed.
  case restored
  case notADatabase
  case missing
  case newerSchema
  /// Another process did meanwhile what this one was about to do.
  case conflict
  /// `shouldStop` ended a read.
  case interrupted
  case other

  public var isInterruption: Bool { self == .interrupted }
}

extension StoreError {
  package static var isClosed: StoreError { StoreError(.other, "database: is closed") }

  /// The connection's transaction must be read, and written, through.
  package static var isWriting: StoreError {
    StoreError(.other, "database: a transaction is under way; read and write through it")
  }

  /// Another process goes on with a bulk run.
  package static func jobTaken(_ job: Int64) -> StoreError {
    StoreError(.conflict, "job \(job): another process goes on with it; see 'cartio jobs'")
  }
}
