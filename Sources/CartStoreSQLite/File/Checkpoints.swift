import GRDBSQLite

/// How far checkpoints have come, from the index of the log that all connections share (SQLite,
/// "WAL-mode File Format", section 2.1).
struct Checkpoints: Equatable {
  private let salts: [UInt32]
  private let frames: UInt32
  /// Frames whose pages are in the main file.
  private let done: UInt32
  /// Frames whose pages a checkpoint was about to write there.
  private let attempted: UInt32

  /// Nil where there is no log.
  init?(_ connection: OpaquePointer) {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard
      sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
      let file, let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2
    else { return nil }
    var region: UnsafeMutableRawPointer?
    guard methods.pointee.xShmMap(file, 0, 32_768, 0, &region) == SQLITE_OK, let region else {
      return nil
    }
    func number(_ offset: Int) -> UInt32 { region.load(fromByteOffset: offset, as: UInt32.self) }
    salts = [number(32), number(36)]
    frames = number(16)
    done = number(96)
    attempted = number(128)
  }

  /// Whether a checkpoint is under way, or was cut off.
  var isUnderWay: Bool { attempted > done }
  /// Whether the main file holds all that was committed.
  var isComplete: Bool { done == frames }

  /// Whether no checkpoint wrote to the main file between two looks, of which this is the second.
  func hasRested(since earlier: Checkpoints) -> Bool {
    !isUnderWay && salts == earlier.salts && done == earlier.done
      && attempted == earlier.attempted
  }
}
