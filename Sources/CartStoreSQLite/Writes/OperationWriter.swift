import CartModel
import CartStorage
import CartSupport

/// Writes the operations of a transaction, and counts what each changed.
final class OperationWriter {
  private let statements: Statements
  private let facts: FactWriter
  /// Whether an operation has begun before whose first event is still to come.
  private let hasBegun: Bool
  private var next: Int64
  /// Those that began in this transaction.
  private var begun: [BegunOperation] = []
  private var counts: [Int64: (carts: Int64, events: Int64)] = [:]

  init(_ statements: Statements, _ facts: FactWriter, _ start: WriteStart) {
    self.statements = statements
    self.facts = facts
    hasBegun = start.hasBegun
    next = start.lastOperation + 1
  }

  /// - Parameter seq: the last event so far.
  /// - Returns: its number, and whether it is new.
  func begin(_ operation: Operation, after seq: Int64) throws(StoreError) -> (
    id: Int64, isNew: Bool
  ) {
    var operation = operation
    operation.id = next
    var reason = ByteWriter()
    reason.text(2, operation.reason)
    let fact = operation.reason.isEmpty ? nil : facts.make(reason)
    let insert = try statements(
      "INSERT INTO operation VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) "
        + "ON CONFLICT(key) DO NOTHING")
    insert.bind(1, operation.id)
    insert.bind(2, operation.key)
    insert.bind(3, try statements.actors.number(of: operation.actor))
    insert.bind(4, operation.kind.rawValue)
    insert.bind(5, operation.command)
    insert.bind(6, operation.at.milliseconds)
    insert.bind(7, operation.target)
    insert.bind(8, operation.targetCart)
    insert.bind(9, operation.parent)
    insert.bind(10, fact?.id)
    if let fact { insert.bind(11, fact.commitment.bytes) } else { insert.bindNull(11) }
    insert.bind(12, seq + 1)
    insert.bind(13, seq)
    try insert.run()
    guard statements.changedRows == 1 else {
      let known = try OperationTable(statements).number(of: operation.key)
      guard let known else { throw ByteReader.damaged }
      return (known, false)
    }
    next += 1
    if let fact { try facts.write(fact, reason) }
    begun.append(BegunOperation(operation, commitment: fact?.commitment, first: seq + 1))
    return (operation.id, true)
  }

  func countEvent(of operation: Int64) { counts[operation, default: (0, 0)].events += 1 }

  func countCart(of operation: Int64) { counts[operation, default: (0, 0)].carts += 1 }

  /// Writes what was counted, and feeds the digest of the commit with the operations that it covers:
  /// those whose first event is in it.
  func finish(first: Int64, last: Int64, _ digest: inout Digest) throws(StoreError) {
    let update = try statements(
      "UPDATE operation SET last = ?, carts = carts + ?, events = events + ? WHERE id = ?")
    for (id, counts) in counts.sorted(by: { $0.key < $1.key }) {
      update.bind(1, last)
      update.bind(2, counts.carts)
      update.bind(3, counts.events)
      update.bind(4, id)
      try update.run()
    }
    for operation in try covered(first, last) { operation.add(to: &digest) }
  }

  private func covered(_ first: Int64, _ last: Int64) throws(StoreError) -> [BegunOperation] {
    guard hasBegun else { return begun.filter { $0.first <= last } }
    let table = OperationTable(statements)
    let rows = try statements(
      "SELECT \(OperationTable.begunColumns) FROM operation WHERE first BETWEEN ?1 AND ?2 "
        + "ORDER BY id")
    rows.bind(1, first)
    rows.bind(2, last)
    defer { rows.reset() }
    var list: [BegunOperation] = []
    while try rows.step() { list.append(try table.begun(rows)) }
    return list
  }
}
