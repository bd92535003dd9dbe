import CartStorage
import CartSupport
import GRDBSQLite

/// The prepared statements of one connection, and what it remembers of small tables.
final class Statements {
  let connection: OpaquePointer
  private var prepared: [String: Statement] = [:]
  private(set) lazy var actors = ActorTable(self)
  private(set) lazy var products = ProductTable(self)
  /// Texts of rule files by their digests.
  var sources: [String: String] = [:]
  let shared = SharedKeeper()

  init(_ connection: OpaquePointer) throws(StoreError) {
    self.connection = connection
    try FactFunction.register(connection)
  }

  /// The statement of this text, prepared once. Not for use while it is being stepped.
  func callAsFunction(_ sql: String) throws(StoreError) -> Statement {
    if let statement = prepared[sql] {
      // An error may have ended its last use in the middle.
      statement.reset()
      return statement
    }
    let statement = try Statement(connection, sql)
    prepared[sql] = statement
    return statement
  }

  /// A statement of its own, for texts that vary.
  func fresh(_ sql: String) throws(StoreError) -> Statement { try Statement(connection, sql) }

  /// The first column of the first row, or 0.
  func single(_ sql: String, _ arguments: Int64...) throws(StoreError) -> Int64 {
    let statement = try self(sql)
    for (index, value) in arguments.enumerated() { statement.bind(Int32(index + 1), value) }
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : 0
  }

  /// The first column of the first row; nil without any.
  func number(_ sql: String, _ name: String) throws(StoreError) -> Int64? {
    let statement = try self(sql)
    statement.bind(1, name)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }

  /// The first column of the first row; nil without any.
  func text(_ sql: String, _ name: String) throws(StoreError) -> String? {
    let statement = try self(sql)
    statement.bind(1, name)
    defer { statement.reset() }
    return try statement.step() ? statement.text(0) : nil
  }

  /// How many rows the last statement that writes changed.
  var changedRows: Int { Int(sqlite3_changes(connection)) }

  /// The number of the last row that was inserted.
  var lastRow: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Forgets what a rolled back transaction may have made up.
  func forget() {
    actors.forget()
    products.forget()
    sources = [:]
    shared.forget()
  }

  /// Numbers as the text that `json_each` reads.
  static func list(_ numbers: [Int64]) -> String {
    "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }

  /// Texts as `json_each` reads them.
  static func list(_ texts: [String]) -> String {
    var json = JSONWriter()
    json.array { for text in texts { $0.string(nil, text) } }
    return json.text
  }
}
