import CartModel
import GRDBSQLite

/// The prepared statements of one connection, and what it remembers of small tables.
final class Statements {
  let connection: OpaquePointer
  private var prepared: [String: Statement] = [:]
  private var actorNames: [Int64: Actor] = [:]
  /// All actors up to this number are known; some after it may be, that were made here.
  private var lastActorRead = Int64.min
  var actorIDs: [Actor: Int64] = [:]
  var productIDs: [String: Int64] = [:]
  /// Texts of rule files by their digests.
  var sources: [String: String] = [:]
  let shared = SharedKeeper()

  init(_ connection: OpaquePointer) throws(StoreError) {
    self.connection = connection
    try FactFunction.register(connection)
  }

  /// The statement of this text, prepared once. Not for use while it is being stepped.
  func callAsFunction(_ sql: String) throws(StoreError) -> Statement {
    if let statement = prepared[sql] { return statement }
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

  /// How many rows the last statement that writes changed.
  var changedRows: Int { Int(sqlite3_changes(connection)) }

  /// The number of the last row that was inserted.
  var lastRow: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Forgets what a rolled back transaction may have made up.
  func forget() {
    actorIDs = [:]
    actorNames = [:]
    lastActorRead = .min
    productIDs = [:]
    sources = [:]
    shared.forget()
  }

  func remember(_ actor: Actor, _ id: Int64) { (actorNames[id], actorIDs[actor]) = (actor, id) }

  /// Reads the actors that are not known yet.
  func readActors() throws(StoreError) {
    let rows = try self("SELECT id, name FROM actor WHERE id > ?")
    rows.bind(1, lastActorRead)
    defer { rows.reset() }
    while try rows.step() {
      lastActorRead = max(lastActorRead, rows.int(0))
      if let actor = try? Actor(rows.text(1)) { remember(actor, rows.int(0)) }
    }
  }

  /// Reads the numbers of products that have one.
  func readProducts(_ skus: Set<String>) throws(StoreError) {
    let rows = try self(
      "SELECT id, sku FROM product WHERE sku IN (SELECT value FROM json_each(?))")
    rows.bind(1, Self.list(skus.sorted()))
    defer { rows.reset() }
    while try rows.step() { productIDs[rows.text(1)] = rows.int(0) }
  }

  func actor(_ id: Int64) throws(StoreError) -> Actor {
    if let actor = actorNames[id] { return actor }
    // All at once, as the next event is likely another's.
    try readActors()
    guard let actor = actorNames[id] else {
      throw StoreError(.corrupt, "event log: unknown actor number \(id); run 'cartio check'")
    }
    return actor
  }
}
