import CartModel
import CartStorage

/// What a transaction must know of the database when it begins, read in one statement.
struct WriteStart {
  var lastEvent: Int64 = 0
  var lastFact: Int64 = 0
  var lastOperation: Int64 = 0
  /// Whether any operation was ever undone.
  var hasUndos = false
  /// Whether an operation has begun whose first event is still to come.
  var hasBegun = false
  /// Which restore the content comes from; see `FileWatch`.
  var restoration = ""
  /// By which settings the rows are priced; see `RowTotals`.
  var priced = ""
  /// The keys that are kept of shared facts, and the latest time among their events.
  var shared: (keys: [SharedKey], peak: Timestamp)
  var commit: (id: Int64, hash: [UInt8])
  /// Changes when another connection commits.
  var revision: Int64

  init(_ statements: Statements) throws(StoreError) {
    revision = try statements.single("PRAGMA data_version")
    let row = try statements(
      """
      SELECT (SELECT max(seq) FROM event), (SELECT max(id) FROM fact),
        (SELECT max(id) FROM operation),
        EXISTS(SELECT 1 FROM operation WHERE target IS NOT NULL),
        EXISTS(SELECT 1 FROM operation WHERE first > (SELECT ifnull(max(seq), 0) FROM event)),
        (SELECT value FROM meta WHERE name = '\(FileWatch.restorationKey)'),
        (SELECT value FROM meta WHERE name = '\(RowTotals.key)'),
        (SELECT group_concat(kind) FROM (SELECT kind FROM sharing ORDER BY kind)),
        (SELECT max(peak) FROM sharing),
        (SELECT max(id) FROM commits),
        (SELECT hash FROM commits ORDER BY id DESC LIMIT 1)
      """)
    defer { row.reset() }
    guard try row.step() else { throw StoreError(.other, "database: gave no row") }
    (lastEvent, lastFact, lastOperation) = (row.int(0), row.int(1), row.int(2))
    (hasUndos, hasBegun) = (row.int(3) == 1, row.int(4) == 1)
    (restoration, priced) = (row.text(5), row.text(6))
    let kinds = row.text(7).split(separator: ",").compactMap { Int64($0) }
    shared = (
      kinds.compactMap { SharedKey(bits: $0) },
      Timestamp(milliseconds: row.isNull(8) ? .min : row.int(8))
    )
    commit = (row.int(9), [UInt8](row.bytes(10)))
  }
}
