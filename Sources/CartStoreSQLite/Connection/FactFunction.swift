import CartStorage
import GRDBSQLite

/// `fact_of(data)`: the number of the fact that an event's record names, else NULL.
///
/// Joins events with their facts in one statement.
enum FactFunction {
  static func register(_ connection: OpaquePointer) throws(StoreError) {
    let code = sqlite3_create_function_v2(
      connection, "fact_of", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
      { context, _, arguments in
        guard let data = arguments?[0], let bytes = sqlite3_value_blob(data) else {
          return sqlite3_result_null(context)
        }
        let record = UnsafeRawBufferPointer(
          start: bytes, count: Int(sqlite3_value_bytes(data)))
        if let fact = EventCodec.fact(in: record) {
          sqlite3_result_int64(context, fact)
        } else {
          sqlite3_result_null(context)
        }
      }, nil, nil, nil)
    guard code == SQLITE_OK else { throw StoreError(connection, code) }
  }
}
