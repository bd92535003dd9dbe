import CartModel
import CartStorage
import GRDBSQLite

/// A prepared statement on SQLite's handle.
///
/// GRDB's own cached statements cost 1 µs a row more; an import writes five rows a cart.
final class Statement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  init(_ connection: OpaquePointer, _ sql: String) throws(StoreError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw StoreError(connection, code) }
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  func bind(_ index: Int32, _ value: Int64?) {
    if let value { sqlite3_bind_int64(handle, index, value) } else { bindNull(index) }
  }

  func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

  func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        // An empty buffer has no address, and a null address would bind NULL.
        _ = sqlite3_bind_text(
          handle, index, $0.baseAddress ?? emptyText, Int32($0.count), transient)
      }
    }
  }

  /// The bytes must stay until the statement was run.
  func bind(_ index: Int32, borrowed bytes: UnsafeRawBufferPointer) {
    let address = bytes.baseAddress ?? UnsafeRawPointer(emptyText)
    sqlite3_bind_blob(handle, index, address, Int32(bytes.count), nil)
  }

  /// A text as its bytes, which must stay until the statement was run.
  func bind(_ index: Int32, borrowedText bytes: UnsafeRawBufferPointer) {
    let address = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    sqlite3_bind_text(handle, index, address ?? emptyText, Int32(bytes.count), nil)
  }

  func bind(_ index: Int32, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      _ = sqlite3_bind_blob(
        handle, index, $0.baseAddress ?? UnsafeRawPointer(emptyText), Int32($0.count), transient)
    }
  }

  /// Runs a statement that gives no rows.
  func run() throws(StoreError) {
    let code = sqlite3_step(handle)
    sqlite3_reset(handle)
    guard code == SQLITE_DONE || code == SQLITE_ROW else { throw StoreError(connection, code) }
  }

  /// Steps to the next row; false at the end, after which the statement can be run again.
  func step() throws(StoreError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    sqlite3_reset(handle)
    guard code == SQLITE_DONE else { throw StoreError(connection, code) }
    return false
  }

  func reset() { sqlite3_reset(handle) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// Valid until the next step or reset.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let address = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(
      start: address, count: address == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }
}

/// `SQLITE_TRANSIENT`: SQLite copies the bytes. A macro with a cast, which Swift does not import.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

private var emptyText: UnsafePointer<CChar> {
  UnsafeRawPointer(("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}
