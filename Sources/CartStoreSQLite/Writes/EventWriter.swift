import CartModel
import CartStorage
import CartSupport

/// Appends the events of a transaction, and the link of the hash chain that covers them.
final class EventWriter {
  private let statements: Statements
  private let facts: FactWriter
  private let recorded: Timestamp
  private let random: () -> UInt64
  private let first: Int64
  /// The last event so far.
  private(set) var seq: Int64
  private var digest = Digest()
  private var data = ByteWriter()
  private var personal = ByteWriter()
  private let insert: Statement
  /// Whether anything was asked of what carts share.
  private let keepsShared: Bool

  init(
    _ statements: Statements, _ facts: FactWriter, _ start: WriteStart, recorded: Timestamp,
    random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.statements = statements
    self.facts = facts
    self.recorded = recorded
    self.random = random
    seq = start.lastEvent
    first = start.lastEvent + 1
    insert = try statements("INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    keepsShared = statements.shared.begin(start)
  }

  func append(_ event: Event, prev: Int64, key: EventKey?, origin: String) throws(StoreError)
    -> Int64
  {
    seq += 1
    data.removeAll()
    personal.removeAll()
    EventCodec.write(event.body, origin: .init(id: origin), &data, personal: &personal)
    if !personal.bytes.isEmpty {
      let fact = facts.make(personal)
      try facts.write(fact, personal)
      EventCodec.write(fact: fact.id, commitment: fact.commitment, &data)
    }
    let row = EventRow(
      seq: seq, cart: event.cart, prev: prev, version: event.version,
      operation: event.operation, at: event.at.milliseconds, recorded: recorded.milliseconds,
      type: event.body.type, key: key ?? EventKey(at: event.at, random(), random()))
    let actor = try statements.actors.number(of: event.actor)
    try data.withBytes { bytes throws(StoreError) in
      try write(row, actor, bytes)
      row.add(to: &digest, actor: event.actor, data: bytes, &personal)
    }
    if keepsShared, event.cart != 0, SharedTracker.types.contains(row.type) {
      var event = event
      event.seq = seq
      statements.shared.note(event, prev: prev)
    }
    return seq
  }

  private func write(_ row: EventRow, _ actor: Int64, _ bytes: UnsafeRawBufferPointer)
    throws(StoreError)
  {
    insert.bind(1, row.seq)
    if row.cart != 0 { insert.bind(2, row.cart) } else { insert.bindNull(2) }
    if row.prev != 0 { insert.bind(3, row.prev) } else { insert.bindNull(3) }
    insert.bind(4, row.version)
    insert.bind(5, row.operation)
    insert.bind(6, actor)
    insert.bind(7, row.at)
    insert.bind(8, row.recorded)
    insert.bind(9, Int64(row.type.rawValue))
    insert.bind(11, borrowed: bytes)
    try row.key.withBytes { key throws(StoreError) in
      insert.bind(10, borrowed: key)
      try insert.run()
    }
  }

  /// Closes the commit, if it has events.
  func finish(_ operations: OperationWriter, after commit: (id: Int64, hash: [UInt8]))
    throws(StoreError)
  {
    guard seq >= first else { return }
    try operations.finish(first: first, last: seq, &digest)
    try CommitTable(statements).close(
      &digest, after: commit, first: first, last: seq, recorded: recorded)
    try statements.shared.finish(statements)
  }
}
