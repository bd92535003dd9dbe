import CartModel
import CartSupport

/// One row of the event log without its data.
struct EventRow {
  var seq: Int64
  var cart: Int64
  var prev: Int64
  var version: Int64
  var operation: Int64
  var at: Int64
  var recorded: Int64
  var type: EventType
  var key: EventKey

  /// Feeds the row to the digest of its commit.
  ///
  /// - Parameter buffer: room to work in; what it holds is lost.
  func add(
    to digest: inout Digest, actor: Actor, data: UnsafeRawBufferPointer,
    _ buffer: inout ByteWriter
  ) {
    buffer.removeAll()
    buffer.int(1, seq)
    buffer.int(2, cart)
    buffer.int(3, prev)
    buffer.int(4, version)
    buffer.int(5, operation)
    buffer.int(6, at)
    buffer.int(7, recorded)
    buffer.int(8, Int64(type.rawValue))
    buffer.key(9, key)
    buffer.text(10, actor.description)
    buffer.int(11, Int64(data.count))
    buffer.bytes.withUnsafeBytes { digest.add($0) }
    digest.add(data)
  }
}

/// The hash chain over the event log: each commit's hash covers its events, the operations that
/// began in it, and the hash before.
enum Chain {
  /// SHA-256 of salt and value, cut to 16 bytes: what an event holds instead of a person's data.
  static func commitment(salt: EventKey, _ value: UnsafeRawBufferPointer) -> EventKey {
    var digest = Digest()
    salt.withBytes { digest.add($0) }
    digest.add(value)
    return digest.finishKey()
  }

  /// Writes the link of a commit.
  ///
  /// - Parameter latest: the commit before it.
  static func close(
    _ digest: inout Digest, _ statements: Statements, after latest: (id: Int64, hash: [UInt8]),
    first: Int64, last: Int64, recorded: Timestamp
  ) throws(StoreError) {
    digest.add(latest.hash)
    let insert = try statements("INSERT INTO commits VALUES(?, ?, ?, ?, ?)")
    insert.bind(1, latest.id + 1)
    insert.bind(2, first)
    insert.bind(3, last)
    insert.bind(4, recorded.milliseconds)
    insert.bind(5, digest.finish())
    try insert.run()
  }
}

/// An operation as the commit covers it in which it began.
struct BegunOperation {
  var id: Int64
  var key: String
  var actor: Actor
  var kind: Int64
  var command: String
  var at: Int64
  var target: Int64
  var targetCart: Int64
  var parent: Int64
  var commitment: [UInt8]
  /// The number of the event that it began with.
  var first: Int64

  static let columns =
    "id, key, actor, kind, command, at, target, target_cart, parent, commitment, first"

  /// Reads a row of these columns.
  init(_ row: Statement, _ statements: Statements) throws(StoreError) {
    id = row.int(0)
    key = row.text(1)
    actor = try statements.actor(row.int(2))
    kind = row.int(3)
    command = row.text(4)
    at = row.int(5)
    (target, targetCart, parent) = (row.int(6), row.int(7), row.int(8))
    commitment = [UInt8](row.bytes(9))
    first = row.int(10)
  }

  init(_ operation: Operation, commitment: EventKey?, first: Int64) {
    id = operation.id
    key = operation.key
    actor = operation.actor
    kind = operation.kind.rawValue
    command = operation.command
    at = operation.at.milliseconds
    target = operation.target ?? 0
    targetCart = operation.targetCart ?? 0
    parent = operation.parent ?? 0
    self.commitment = commitment?.bytes ?? []
    self.first = first
  }

  func add(to digest: inout Digest) {
    digest.add(id)
    digest.add(key)
    digest.add(actor.description)
    digest.add(kind)
    digest.add(command)
    digest.add(at)
    for number in [target, targetCart, parent] { digest.add(number) }
    commitment.withUnsafeBytes { digest.add($0) }
  }
}

/// The operations of a database in the order in which they began, read commit by commit.
struct BegunOperations {
  private let rows: Statement
  private let statements: Statements
  private var next: BegunOperation?

  init(_ statements: Statements) throws(StoreError) {
    self.statements = statements
    rows = try statements.fresh(
      "SELECT \(BegunOperation.columns) FROM operation ORDER BY first, id")
    try advance()
  }

  private mutating func advance() throws(StoreError) {
    next = try rows.step() ? BegunOperation(rows, statements) : nil
  }

  /// Feeds the operations that began with events `first` … `last` to the digest of their commit.
  mutating func add(to digest: inout Digest, first: Int64, last: Int64) throws(StoreError) {
    var begun: [BegunOperation] = []
    while let operation = next, operation.first <= last {
      if operation.first >= first { begun.append(operation) }
      try advance()
    }
    for operation in begun.sorted(by: { $0.id < $1.id }) { operation.add(to: &digest) }
  }
}
