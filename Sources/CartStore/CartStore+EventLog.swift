import CartModel
import CartSupport

extension CartStore {
  /// All events of a cart in their order; empty where there is no such cart.
  ///
  /// - Complexity: O(its events): each row names the one before.
  public func history(of key: Int64) throws(StoreError) -> [Event] {
    try read { statements in
      var seq = try statements.single("SELECT head FROM cart WHERE id = ?", key)
      var events: [Event] = []
      while seq != 0 {
        let row = try statements("\(Statements.selectEvent) WHERE seq = ?")
        row.bind(1, seq)
        guard try row.step() else { throw ByteReader.damaged }
        let previous = row.int(2)
        let entry = try statements.entry(row)
        row.reset()
        guard previous < seq, entry.event.cart == key else { throw ByteReader.damaged }
        events.append(entry.event)
        seq = previous
      }
      return events.reversed()
    }
  }

  /// Calls `body` with each event in event log order, from `first` to `last`.
  public func forEachEvent(
    from first: Int64 = 1, to last: Int64 = .max, _ body: (LoggedEvent) throws -> Void
  ) throws {
    try snapshot { statements in
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
    try snapshot { statements in
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
      let statement = try $0("\(Statements.selectOperation) WHERE id = ?")
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
    try read {
      let statement = try $0(
        "\(Statements.selectOperation) WHERE parent IS NULL AND id < ? ORDER BY id DESC LIMIT ?")
      statement.bind(1, before)
      statement.bind(2, Int64(limit))
      var list: [Operation] = []
      while try statement.step() { list.append(try $0.operation(statement)) }
      return list
    }
  }

  /// Whether this shop last undid or redid an operation as a whole; nil for neither.
  public func lastUndo(of id: Int64) throws(StoreError) -> Operation.Kind? {
    try read {
      let statement = try $0(
        """
        SELECT kind FROM operation WHERE target = ? AND target_cart IS NULL AND parent IS NULL
        ORDER BY id DESC LIMIT 1
        """)
      statement.bind(1, id)
      defer { statement.reset() }
      return try statement.step() ? Operation.Kind(rawValue: statement.int(0)) : nil
    }
  }

  /// Whether an operation was undone, or redone, on single carts since it last was as a whole; what an
  /// import says of it counts for single carts.
  public func hasUndosOfCarts(_ id: Int64) throws(StoreError) -> Bool {
    try read {
      try $0.single(
        """
        SELECT EXISTS(SELECT 1 FROM operation WHERE target = ?1
          AND (target_cart IS NOT NULL OR parent IS NOT NULL)
          AND id > coalesce((SELECT max(id) FROM operation
            WHERE target = ?1 AND target_cart IS NULL AND parent IS NULL), 0))
        """, id) == 1
    }
  }

  /// Whether any operation was ever undone.
  public func hasUndos() throws(StoreError) -> Bool {
    try read {
      try $0.single("SELECT EXISTS(SELECT 1 FROM operation WHERE target IS NOT NULL)") == 1
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
  /// - Complexity: O(events).
  public func parents(in events: [Event]) throws(StoreError) -> [Int64: Int64] {
    try read {
      let statement = try $0("SELECT ifnull(parent, 0) FROM operation WHERE id = ?")
      var parents: [Int64: Int64] = [:]
      for operation in Set(events.map(\.operation)) {
        statement.bind(1, operation)
        if try statement.step(), statement.int(0) != 0 { parents[operation] = statement.int(0) }
        statement.reset()
      }
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
    try consistently {
      let statement = try $0(
        """
        SELECT cart, min(seq) FROM event WHERE seq BETWEEN ?1 AND ?2 AND cart IS NOT NULL
          AND (op = ?3 OR op IN (SELECT id FROM operation WHERE parent = ?3))
        GROUP BY cart ORDER BY 2
        """)
      statement.bind(1, operation.first)
      let last = try $0.single(
        "SELECT max(last) FROM operation WHERE id = ?1 OR parent = ?1", operation.id)
      statement.bind(2, max(last, operation.last))
      statement.bind(3, operation.id)
      return try statement.keys()
    }
  }
}

extension Statements {
  static let selectEvent =
    "SELECT seq, cart, prev, version, op, actor, at, type, key, data, recorded FROM event"
  static let selectOperation = """
    SELECT id, key, actor, kind, command, at, target, target_cart, parent, fact, first, last, \
    carts, events FROM operation
    """

  /// The event of a row of `selectEvent`.
  func entry(_ row: Statement) throws(StoreError) -> LoggedEvent {
    guard let type = EventType(rawValue: UInt8(clamping: row.int(7))) else {
      throw StoreError(.corrupt, "event log: event \(row.int(0)) has an unknown type \(row.int(7))")
    }
    let record = try EventCodec.Record(type: type, row.bytes(9))
    let body: EventBody
    if let fact = record.fact {
      let statement = try self("SELECT data FROM fact WHERE id = ?")
      statement.bind(1, fact)
      defer { statement.reset() }
      let known = try statement.step() && !statement.isNull(0)
      body = try EventCodec.body(record, personal: known ? statement.bytes(0) : nil)
    } else {
      body = try EventCodec.body(record, personal: nil)
    }
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
    if !row.isNull(9) { operation.reason = try reason(row.int(9)) }
    operation.first = row.int(10)
    operation.last = row.int(11)
    operation.carts = row.int(12)
    operation.events = row.int(13)
    return operation
  }

  private func reason(_ fact: Int64) throws(StoreError) -> String {
    let statement = try self("SELECT data FROM fact WHERE id = ?")
    statement.bind(1, fact)
    defer { statement.reset() }
    guard try statement.step(), !statement.isNull(0) else { return "" }
    var reader = ByteReader(statement.bytes(0))
    while let (tag, field) = try reader.next() { if tag == 2 { return field.text } }
    return ""
  }
}
