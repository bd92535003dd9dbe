/// All reads that a storage answers.
///
/// A storage answers each from its latest state; a snapshot answers all from one state; a transaction
/// answers from the state that it is about to commit.
public protocol StorageReads: CartReads, CartQueries, EventReads, OperationReads, CatalogueReads,
  SettingReads, ListReads, RuleReads, JobReads, SharedReads, LookReads
{
  /// The state that reads see; it changes when they may see another one.
  var seen: StorageStamp { get }
}

/// One state of a storage, from the first read on until `refresh`.
///
/// It has a connection of its own and is confined to one thread; others may write meanwhile.
public protocol ReadSnapshot: StorageReads {
  /// Ends the state: the next read begins with what was committed by then.
  ///
  /// Call it when no reads follow for a while: a state that is kept keeps what it needs on disk.
  func refresh() throws(StoreError)

  /// Ends the state and closes the connection; every later read fails. Called again it does nothing.
  func close()
}
