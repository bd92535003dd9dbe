import CartModel
import CartStorage

/// What groups events and is undone at once.
struct OperationTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Whether an event belongs to an operation or to one that an import brought with it.
  static let isOfOperation = """
    seq BETWEEN ?1 AND max(?2, (SELECT ifnull(max(last), 0) FROM operation \
    WHERE id = ?3 OR parent = ?3)) AND (op = ?3 OR op IN (SELECT id FROM operation WHERE parent = ?3))
    """
  static let select = """
    SELECT operation.id, key, actor, kind, command, at, target, target_cart, parent, fact.data, \
    first, last, carts, events, \(undoColumns) \
    FROM operation LEFT JOIN fact ON fact.id = operation.fact
    """
  private static let lastWhole = """
    operation AS undo WHERE undo.target = operation.id \
    AND undo.target_cart IS NULL AND undo.parent IS NULL ORDER BY undo.id DESC LIMIT 1
    """
  /// See `Undos`.
  static let undoColumns = """
    (SELECT kind FROM \(lastWhole)), (SELECT carts FROM \(lastWhole)), \
    EXISTS(SELECT 1 FROM operation AS undo WHERE undo.target = operation.id \
    AND (undo.target_cart IS NOT NULL OR undo.parent IS NOT NULL) \
    AND undo.id > coalesce((SELECT max(whole.id) FROM operation AS whole \
    WHERE whole.target = operation.id AND whole.target_cart IS NULL \
    AND whole.parent IS NULL), 0))
    """
  /// The import that an operation is, or that brought it.
  static let importing = """
    SELECT coalesce(parent, CASE kind WHEN \(Operation.Kind.importing.rawValue) THEN id END) \
    FROM operation
    """

  func number(of key: String) throws(StoreError) -> Int64? {
    try statements.number("SELECT id FROM operation WHERE key = ?", key)
  }

  /// The operation of a row of `select`.
  func operation(_ row: Statement) throws(StoreError) -> Operation {
    var operation = Operation(
      key: row.text(1), actor: try statements.actors[row.int(2)],
      kind: Operation.Kind(rawValue: row.int(3)) ?? .change, command: row.text(4),
      at: Timestamp(milliseconds: row.int(5)), target: row.isNull(6) ? nil : row.int(6),
      targetCart: row.isNull(7) ? nil : row.int(7), parent: row.isNull(8) ? nil : row.int(8))
    operation.id = row.int(0)
    operation.reason = try EventCodec.note(inFact: row.bytes(9))
    operation.extent = Operation.Extent(
      first: row.int(10), last: row.int(11), carts: row.int(12), events: row.int(13))
    return operation
  }

  /// The import that an operation is, or that brought it; nil for any other operation.
  func importing(_ operation: Int64) throws(StoreError) -> Int64? {
    let statement = try statements("\(Self.importing) WHERE id = ?")
    statement.bind(1, operation)
    defer { statement.reset() }
    return try statement.step() && !statement.isNull(0) ? statement.int(0) : nil
  }

  /// An operation as the commit covers it in which it began, from a row of `begunColumns`.
  func begun(_ row: Statement) throws(StoreError) -> BegunOperation {
    BegunOperation(
      id: row.int(0), key: row.text(1), actor: try statements.actors[row.int(2)],
      kind: row.int(3), command: row.text(4), at: row.int(5), target: row.int(6),
      targetCart: row.int(7), parent: row.int(8), commitment: [UInt8](row.bytes(9)),
      first: row.int(10))
  }

  static let begunColumns =
    "id, key, actor, kind, command, at, target, target_cart, parent, commitment, first"

  /// The imports that brought operations.
  ///
  /// - Parameter condition: which operations are meant; its argument is `list`.
  func parents(_ condition: String = "", _ list: String? = nil) throws(StoreError)
    -> [Int64: Int64]
  {
    let rows = try statements(
      "SELECT id, parent FROM operation WHERE parent IS NOT NULL" + condition)
    if let list { rows.bind(1, list) }
    defer { rows.reset() }
    var parents: [Int64: Int64] = [:]
    while try rows.step() { parents[rows.int(0)] = rows.int(1) }
    return parents
  }
}

extension Statement {
  /// What `OperationTable.undoColumns` say.
  func undos(_ column: Int32) -> Undos {
    Undos(
      last: isNull(column) ? nil : Operation.Kind(rawValue: int(column)),
      areOfCarts: int(column + 2) == 1, carts: int(column + 1))
  }

  /// Binds what `OperationTable.isOfOperation` asks for.
  func bind(_ operation: Operation) {
    bind(1, operation.extent.first)
    bind(2, operation.extent.last)
    bind(3, operation.id)
  }
}
