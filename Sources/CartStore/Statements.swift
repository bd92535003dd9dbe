import CartModel

/// The prepared statements of one connection, and what it remembers of small tables.
final class Statements {
  let connection: OpaquePointer
  private var prepared: [String: Statement] = [:]
  private var actorNames: [Int64: Actor] = [:]
  var actorIDs: [Actor: Int64] = [:]
  var productIDs: [String: Int64] = [:]
  let shared = SharedKeeper()

  init(_ connection: OpaquePointer) { self.connection = connection }

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

  /// Forgets what a rolled back transaction may have made up.
  func forget() {
    actorIDs = [:]
    actorNames = [:]
    productIDs = [:]
    shared.forget()
  }

  func actor(_ id: Int64) throws(StoreError) -> Actor {
    if let actor = actorNames[id] { return actor }
    let statement = try self("SELECT name FROM actor WHERE id = ?")
    statement.bind(1, id)
    defer { statement.reset() }
    guard try statement.step(), let actor = try? Actor(statement.text(0)) else {
      throw StoreError(.corrupt, "event log: unknown actor number \(id); run 'cartio check'")
    }
    actorNames[id] = actor
    return actor
  }
}
