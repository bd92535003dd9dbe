import CartStorage

/// What reads by SQL: a storage, a snapshot and a transaction do, each on its connection.
///
/// The reads themselves are the extensions of this folder.
protocol SQLReads: StorageReads {
  /// By which settings the rows are priced; nil while no settings are in use.
  var totals: RowTotals? { get }

  /// Runs statements, each in a state of its own where no transaction is under way.
  ///
  /// While one statement is stepped, those in between see the same state (SQLite, "Isolation").
  func read<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T

  /// Runs statements that see one state of the database, however long they take.
  func consistently<T>(_ body: (Statements) throws -> T) throws(StoreError) -> T

  /// As `read`.
  ///
  /// - Throws: what the body throws; an error of SQLite as `StoreError`.
  func cursor<T>(_ body: (Statements) throws -> T) throws -> T
}
