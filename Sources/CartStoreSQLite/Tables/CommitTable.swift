import CartModel
import CartStorage
import CartSupport

/// The links of the hash chain over the event log.
struct CommitTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Writes the link of a commit.
  ///
  /// - Parameter latest: the commit before it.
  func close(
    _ digest: inout Digest, after latest: (id: Int64, hash: [UInt8]), first: Int64, last: Int64,
    recorded: Timestamp
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

/// The operations of a database in the order in which they began, read commit by commit.
struct BegunOperations {
  private let rows: Statement
  private let table: OperationTable
  private var next: BegunOperation?

  init(_ statements: Statements) throws(StoreError) {
    table = OperationTable(statements)
    rows = try statements.fresh(
      "SELECT \(OperationTable.begunColumns) FROM operation ORDER BY first, id")
    try advance()
  }

  private mutating func advance() throws(StoreError) {
    next = try rows.step() ? table.begun(rows) : nil
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
