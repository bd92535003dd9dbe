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

  static func close(
    _ digest: inout Digest, _ statements: Statements, first: Int64, last: Int64,
    recorded: Timestamp
  ) throws(StoreError) {
    let latest = try statements("SELECT id, hash FROM commits ORDER BY id DESC LIMIT 1")
    var (id, previous) = (Int64(0), [UInt8]())
    if try latest.step() {
      id = latest.int(0)
      previous = [UInt8](latest.bytes(1))
      latest.reset()
    }
    try addOperations(&digest, statements, first: first, last: last)
    digest.add(previous)
    let insert = try statements("INSERT INTO commits VALUES(?, ?, ?, ?, ?)")
    insert.bind(1, id + 1)
    insert.bind(2, first)
    insert.bind(3, last)
    insert.bind(4, recorded.milliseconds)
    insert.bind(5, digest.finish())
    try insert.run()
  }

  /// Feeds the operations that began with events `first` … `last`.
  static func addOperations(
    _ digest: inout Digest, _ statements: Statements, first: Int64, last: Int64
  ) throws(StoreError) {
    let begun = try statements(
      """
      SELECT id, key, actor, kind, command, at, target, target_cart, parent, commitment
      FROM operation WHERE first BETWEEN ?1 AND ?2 ORDER BY id
      """)
    begun.bind(1, first)
    begun.bind(2, last)
    while try begun.step() {
      digest.add(begun.int(0))
      digest.add(begun.text(1))
      digest.add(try statements.actor(begun.int(2)).description)
      digest.add(begun.int(3))
      digest.add(begun.text(4))
      for column in Int32(5)...8 { digest.add(begun.int(column)) }
      digest.add(begun.bytes(9))
    }
  }
}
