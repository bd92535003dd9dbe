import CartModel
import CartSupport

/// One row of the event log without its data.
package struct EventRow {
  package var seq: Int64
  package var cart: Int64
  package var prev: Int64
  package var version: Int64
  package var operation: Int64
  package var at: Int64
  package var recorded: Int64
  package var type: EventType
  package var key: EventKey

  package init(
    seq: Int64, cart: Int64, prev: Int64, version: Int64, operation: Int64, at: Int64,
    recorded: Int64, type: EventType, key: EventKey
  ) {
    (self.seq, self.cart, self.prev, self.version) = (seq, cart, prev, version)
    (self.operation, self.at, self.recorded) = (operation, at, recorded)
    (self.type, self.key) = (type, key)
  }

  /// Feeds the row to the digest of its commit.
  ///
  /// - Parameter buffer: room to work in; what it holds is lost.
  package func add(
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
package enum Chain {
  /// SHA-256 of salt and value, cut to 16 bytes: what an event holds instead of a person's data.
  package static func commitment(salt: EventKey, _ value: UnsafeRawBufferPointer) -> EventKey {
    var digest = Digest()
    salt.withBytes { digest.add($0) }
    digest.add(value)
    return digest.finishKey()
  }
}

/// An operation as the commit covers it in which it began.
package struct BegunOperation {
  package var id: Int64
  package var key: String
  package var actor: Actor
  package var kind: Int64
  package var command: String
  package var at: Int64
  package var target: Int64
  package var targetCart: Int64
  package var parent: Int64
  package var commitment: [UInt8]
  /// The number of the event that it began with.
  package var first: Int64

  package init(
    id: Int64, key: String, actor: Actor, kind: Int64, command: String, at: Int64, target: Int64,
    targetCart: Int64, parent: Int64, commitment: [UInt8], first: Int64
  ) {
    (self.id, self.key, self.actor, self.kind) = (id, key, actor, kind)
    (self.command, self.at) = (command, at)
    (self.target, self.targetCart, self.parent) = (target, targetCart, parent)
    (self.commitment, self.first) = (commitment, first)
  }

  package init(_ operation: Operation, commitment: EventKey?, first: Int64) {
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

  package func add(to digest: inout Digest) {
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
