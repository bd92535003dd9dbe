import CartModel
import CartSupport

extension CartStore {
  /// Calls `body` with each event in event log order, from `first` to `last`.
  public func forEachEvent(
    from first: Int64 = 1, to last: Int64 = .max, _ body: (LoggedEvent) throws -> Void
  ) throws {
    try cursor { statements in
      let row = try statements.fresh(
        "\(Statements.selectEvent) WHERE seq BETWEEN ? AND ? ORDER BY seq")
      row.bind(1, first)
      row.bind(2, last)
      while try row.step() { try body(try statements.entry(row)) }
    }
  }

  /// Calls `body` with each event in the order in which they happened, whatever order they were
  /// written in.
  public func forEachEventByTime(_ body: (LoggedEvent) throws -> Void) throws {
    try cursor { statements in
      let row = try statements.fresh("\(Statements.selectEvent) ORDER BY at, seq")
      while try row.step() { try body(try statements.entry(row)) }
    }
  }

  /// Whether an event of this key is in the event log.
  public func hasEvent(_ key: EventKey) throws(StoreError) -> Bool {
    try read {
      let statement = try $0("SELECT 1 FROM event WHERE key = ?")
      statement.bind(1, key.bytes)
      defer { statement.reset() }
      return try statement.step()
    }
  }

  /// The greatest key of the event log; nil while it is empty.
  public func lastEventKey() throws(StoreError) -> EventKey? {
    try read {
      let statement = try $0("SELECT max(key) FROM event")
      defer { statement.reset() }
      return try statement.step() && !statement.isNull(0) ? EventKey(statement.bytes(0)) : nil
    }
  }

  /// The number of the event log's last event.
  public func lastSeq() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT max(seq) FROM event") }
  }

  /// The number of the first event that was written then or later; one beyond the last without any.
  ///
  /// - Complexity: O(commits).
  public func firstSeq(recordedFrom time: Timestamp) throws(StoreError) -> Int64 {
    let last = try lastSeq()
    return try read {
      let statement = try $0("SELECT min(first) FROM commits WHERE recorded >= ?")
      statement.bind(1, time.milliseconds)
      defer { statement.reset() }
      return try statement.step() && !statement.isNull(0) ? statement.int(0) : last + 1
    }
  }

  public func operation(_ id: Int64) throws(StoreError) -> Operation? {
    try read {
      let statement = try $0("\(Statements.selectOperation) WHERE operation.id = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      return try statement.step() ? try $0.operation(statement) : nil
    }
  }

  /// The number of the operation with this key.
  public func operation(key: String) throws(StoreError) -> Int64? {
    try read { try $0.key("SELECT id FROM operation WHERE key = ?", key) }
  }

  /// Operations, newest first; those that an import brought are counted with it.
  public func operations(limit: Int, before: Int64 = .max) throws(StoreError) -> [Operation] {
    try undoneOperations(limit: limit, before: before).map(\.operation)
  }

  /// The same, with what was undone of each.
  public func undoneOperations(limit: Int, before: Int64 = .max) throws(StoreError)
    -> [(operation: Operation, undos: Undos)]
  {
    try read {
      let statement = try $0(
        "\(Statements.selectOperation) WHERE parent IS NULL AND operation.id < ? "
          + "ORDER BY operation.id DESC LIMIT ?")
      statement.bind(1, before)
      statement.bind(2, Int64(limit))
      defer { statement.reset() }
      var list: [(operation: Operation, undos: Undos)] = []
      while try statement.step() { list.append((try $0.operation(statement), statement.undos(14))) }
      return list
    }
  }

  /// Operations that undo another one, newest first.
  public func undoing(limit: Int, before: Int64 = .max) throws(StoreError) -> [Operation] {
    try read {
      let statement = try $0(
        "\(Statements.selectOperation) WHERE target IS NOT NULL AND kind = ? AND operation.id < ? "
          + "ORDER BY operation.id DESC LIMIT ?")
      statement.bind(1, Operation.Kind.undo.rawValue)
      statement.bind(2, before)
      statement.bind(3, Int64(limit))
      defer { statement.reset() }
      var list: [Operation] = []
      while try statement.step() { list.append(try $0.operation(statement)) }
      return list
    }
  }

  /// How often an operation was undone and redone.
  public struct Undos: Equatable, Sendable {
    /// Whether this shop last undid or redid it as a whole; nil for neither.
    public var last: Operation.Kind?
    /// Whether it was undone, or redone, on single carts since; what an import says of it counts for
    /// single carts.
    public var areOfCarts = false
  }

  public func undos(of id: Int64) throws(StoreError) -> Undos {
    try read {
      let statement = try $0("SELECT \(Statements.undoColumns) FROM operation WHERE id = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      return try statement.step() ? statement.undos(0) : Undos()
    }
  }

  /// Whether undo or redo was said of an operation, as a whole or for one cart.
  public func isTarget(_ id: Int64) throws(StoreError) -> Bool {
    try read { try $0.single("SELECT EXISTS(SELECT 1 FROM operation WHERE target = ?)", id) == 1 }
  }

  /// The setting that says that a mark of an import names groups; see `EventBody.operationUndone`.
  public static let undoneGroups = "undone_groups"

  /// Whether an operation was imported, and may have been undone as part of another one.
  public func mayBeUndoneGroup(_ id: Int64) throws(StoreError) -> Bool {
    guard try meta(Self.undoneGroups) == "1" else { return false }
    return try read {
      try $0.single("SELECT parent IS NOT NULL FROM operation WHERE id = ?", id) == 1
    }
  }

  /// Imported operations and the import that brought each.
  public func parents() throws(StoreError) -> [Int64: Int64] {
    try read {
      let statement = try $0("SELECT id, parent FROM operation WHERE parent IS NOT NULL")
      var parents: [Int64: Int64] = [:]
      while try statement.step() { parents[statement.int(0)] = statement.int(1) }
      return parents
    }
  }

  /// The same of the operations of some events.
  ///
  /// - Complexity: O(events), in one statement.
  public func parents(in events: [Event]) throws(StoreError) -> [Int64: Int64] {
    try read {
      let statement = try $0(
        "SELECT id, parent FROM operation "
          + "WHERE parent IS NOT NULL AND id IN (SELECT value FROM json_each(?))")
      statement.bind(1, Statements.list(Array(Set(events.map(\.operation)))))
      var parents: [Int64: Int64] = [:]
      while try statement.step() { parents[statement.int(0)] = statement.int(1) }
      return parents
    }
  }

  /// How many carts an operation changed and how many events it has, with the operations that are part
  /// of it.
  ///
  /// - Complexity: O(its events) where others are part of it, else O(1).
  public func size(of operation: Operation) throws(StoreError) -> (carts: Int64, events: Int64) {
    let parts: (count: Int64, events: Int64) = try read {
      let statement = try $0(
        "SELECT count(*), ifnull(sum(events), 0) FROM operation WHERE parent = ?")
      statement.bind(1, operation.id)
      defer { statement.reset() }
      return try statement.step() ? (count: statement.int(0), events: statement.int(1)) : (0, 0)
    }
    guard parts.count > 0 else { return (operation.carts, operation.events) }
    return (Int64(try carts(of: operation).count), operation.events + parts.events)
  }

  /// The carts that an operation changed, with those it brought, in the order of first change.
  ///
  /// - Complexity: O(events between its first and its last).
  public func carts(of operation: Operation) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0(
        """
        SELECT cart, min(seq) FROM event WHERE \(Statements.isOfOperation) AND cart IS NOT NULL
        GROUP BY cart ORDER BY 2
        """)
      statement.bind(operation)
      return try statement.keys()
    }
  }
}

extension Statement {
  /// What `Statements.undoColumns` say.
  func undos(_ column: Int32) -> CartStore.Undos {
    CartStore.Undos(
      last: isNull(column) ? nil : Operation.Kind(rawValue: int(column)),
      areOfCarts: int(column + 1) == 1)
  }

  /// Binds what `Statements.isOfOperation` asks for.
  func bind(_ operation: Operation) {
    bind(1, operation.first)
    bind(2, operation.last)
    bind(3, operation.id)
  }
}

extension Statements {
  /// Whether an event belongs to an operation or to one that an import brought with it.
  static let isOfOperation = """
    seq BETWEEN ?1 AND max(?2, (SELECT ifnull(max(last), 0) FROM operation \
    WHERE id = ?3 OR parent = ?3)) AND (op = ?3 OR op IN (SELECT id FROM operation WHERE parent = ?3))
    """
  static let eventColumns = """
    event.seq, event.cart, event.prev, event.version, event.op, event.actor, event.at, event.type, \
    event.key, event.data, event.recorded, fact.data
    """
  /// Events with the values of their facts.
  static let selectEvent =
    "SELECT \(eventColumns) FROM event LEFT JOIN fact ON fact.id = fact_of(event.data)"
  static let selectOperation = """
    SELECT operation.id, key, actor, kind, command, at, target, target_cart, parent, fact.data, \
    first, last, carts, events, \(undoColumns) \
    FROM operation LEFT JOIN fact ON fact.id = operation.fact
    """
  /// See `CartStore.Undos`.
  static let undoColumns = """
    (SELECT kind FROM operation AS undo WHERE undo.target = operation.id \
    AND undo.target_cart IS NULL AND undo.parent IS NULL ORDER BY undo.id DESC LIMIT 1), \
    EXISTS(SELECT 1 FROM operation AS undo WHERE undo.target = operation.id \
    AND (undo.target_cart IS NOT NULL OR undo.parent IS NOT NULL) \
    AND undo.id > coalesce((SELECT max(whole.id) FROM operation AS whole \
    WHERE whole.target = operation.id AND whole.target_cart IS NULL \
    AND whole.parent IS NULL), 0))
    """

  /// The event of a row of `selectEvent`.
  func entry(_ row: Statement) throws(StoreError) -> LoggedEvent {
    guard let type = EventType(rawValue: UInt8(clamping: row.int(7))) else {
      throw StoreError(.corrupt, "event log: event \(row.int(0)) has an unknown type \(row.int(7))")
    }
    let record = try EventCodec.Record(type: type, row.bytes(9))
    let body = try EventCodec.body(record, personal: row.isNull(11) ? nil : row.bytes(11))
    let event = Event(
      seq: row.int(0), cart: row.int(1), version: row.int(3), operation: row.int(4),
      actor: try actor(row.int(5)), at: Timestamp(milliseconds: row.int(6)), body: body)
    let id = record.origin.id.isEmpty ? hexadecimal(row.bytes(8)) : record.origin.id
    return LoggedEvent(event: event, id: id)
  }

  func operation(_ row: Statement) throws(StoreError) -> Operation {
    var operation = Operation(
      key: row.text(1), actor: try actor(row.int(2)),
      kind: Operation.Kind(rawValue: row.int(3)) ?? .change, command: row.text(4),
      at: Timestamp(milliseconds: row.int(5)), target: row.isNull(6) ? nil : row.int(6),
      targetCart: row.isNull(7) ? nil : row.int(7), parent: row.isNull(8) ? nil : row.int(8))
    operation.id = row.int(0)
    operation.reason = try Self.reason(row.bytes(9))
    operation.first = row.int(10)
    operation.last = row.int(11)
    operation.carts = row.int(12)
    operation.events = row.int(13)
    return operation
  }

  private static func reason(_ fact: UnsafeRawBufferPointer) throws(StoreError) -> String {
    var reader = ByteReader(fact)
    while let (tag, field) = try reader.next() { if tag == 2 { return field.text } }
    return ""
  }
}
