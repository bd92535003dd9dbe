import CartModel
import CartStorage

/// The entries of the blacklist and the allowlist.
struct ListTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// The entry of `meta` that changes whenever an entry of a list does.
  static let revision = "lists"

  func save(_ entry: ListEntry) throws(StoreError) {
    var bytes = ByteWriter()
    ListCodec.write(entry, &bytes)
    let statement = try statements("INSERT OR REPLACE INTO entry VALUES(?, ?, ?)")
    statement.bind(1, entry.id)
    statement.bind(2, ListCodec.about(entry))
    statement.bind(3, bytes.bytes)
    try statement.run()
    try MetaTable(statements).increment(Self.revision)
  }

  func remove(_ entry: ListEntry) throws(StoreError) {
    let statement = try statements("DELETE FROM entry WHERE id = ?")
    statement.bind(1, entry.id)
    try statement.run()
    try MetaTable(statements).increment(Self.revision)
  }
}

extension Statement {
  /// The entry of a row of `id, data`.
  ///
  /// - Throws: `corrupt`.
  func listEntry() throws(StoreError) -> ListEntry { try ListCodec.entry(text(0), bytes(1)) }
}
