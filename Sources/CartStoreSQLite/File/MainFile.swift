import GRDBSQLite

/// A database file read by itself, without the log beside it and without locks.
///
/// Reads go through SQLite: closing a descriptor of its own on the same file would drop the locks of
/// all of this process's connections (fcntl(2)).
final class MainFile {
  private let connection: OpaquePointer
  private let file: UnsafeMutablePointer<sqlite3_file>

  /// The newest link of the hash chain.
  struct Commit: Equatable {
    var id: Int64
    var hash: [UInt8]
  }

  /// Nil where it cannot be opened.
  init?(_ path: String) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(Self.uri(path), &handle, flags, nil) == SQLITE_OK, let handle else {
      sqlite3_close(handle)
      return nil
    }
    var pointer: UnsafeMutablePointer<sqlite3_file>?
    guard
      sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &pointer) == SQLITE_OK,
      let pointer, pointer.pointee.pMethods != nil
    else {
      sqlite3_close(handle)
      return nil
    }
    connection = handle
    file = pointer
  }

  deinit { sqlite3_close(connection) }

  /// A name that SQLite reads as a file which nobody changes (SQLite, "URI Filenames").
  static func uri(_ path: String) -> String {
    var text = "file:"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
      }
    }
    return text + "?immutable=1"
  }

  var size: Int64 {
    var size: sqlite3_int64 = 0
    guard file.pointee.pMethods.pointee.xFileSize(file, &size) == SQLITE_OK else { return 0 }
    return size
  }

  /// Bytes of the file; beyond its end they are zero.
  ///
  /// - Throws: SQLite's code, where the system cannot read them.
  func bytes(at offset: Int64, _ count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let code = bytes.withUnsafeMutableBytes {
      file.pointee.pMethods.pointee.xRead(file, $0.baseAddress, Int32($0.count), offset)
    }
    // SQLITE_IOERR_SHORT_READ: a macro that Swift does not import.
    guard code == SQLITE_OK || code == SQLITE_IOERR | 2 << 8 else { throw Failure(code: code) }
    return bytes
  }

  struct Failure: Error { let code: Int32 }

  /// Whether its changes go to a log first; a backup's do not (SQLite, "Database File Format", 1.3.3).
  var isLogged: Bool { (try? bytes(at: 18, 1)) == [2] }

  /// Whether the file is as long as its header says.
  var isWhole: Bool {
    guard let header = try? bytes(at: 0, 32) else { return false }
    let page = Int64(header[16]) << 8 | Int64(header[17])
    let count = header[28..<32].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return size >= (page == 1 ? 65_536 : page) * count
  }

  /// What it has of ``LogMark``; nil where it cannot be read.
  var mark: String? {
    guard let statement = try? Statement(connection, "SELECT value FROM meta WHERE name = ?") else {
      return nil
    }
    statement.bind(1, LogMark.key)
    guard (try? statement.step()) == true else { return nil }
    return statement.text(0)
  }

  /// The newest commit that reached this file; nil where it cannot be read.
  var lastCommit: Commit? {
    guard
      let statement = try? Statement(
        connection, "SELECT id, hash FROM commits ORDER BY id DESC LIMIT 1")
    else { return nil }
    guard let isThere = try? statement.step() else { return nil }
    return isThere
      ? Commit(id: statement.int(0), hash: [UInt8](statement.bytes(1))) : Commit(id: 0, hash: [])
  }
}
