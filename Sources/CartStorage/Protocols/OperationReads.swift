import CartModel

/// Reads of operations.
public protocol OperationReads: AnyObject {
  /// The operation of a number; nil where there is no such operation.
  func operation(_ id: Int64) throws(StoreError) -> Operation?

  /// The number of the operation with this key.
  func operation(key: String) throws(StoreError) -> Int64?

  /// Operations, newest first, with what was undone of each; those that an import brought are counted
  /// with it.
  func undoneOperations(limit: Int, before: Int64) throws(StoreError)
    -> [(operation: Operation, undos: Undos)]

  /// Operations that undo another one, newest first.
  func undoing(limit: Int, before: Int64) throws(StoreError) -> [Operation]

  /// What was undone of an operation; nothing where there is no such operation.
  func undos(of id: Int64) throws(StoreError) -> Undos

  /// Whether undo or redo was said of an operation, as a whole or for one cart.
  func isTarget(_ id: Int64) throws(StoreError) -> Bool

  /// Whether an operation was imported, and may have been undone as part of another one.
  func mayBeUndoneGroup(_ id: Int64) throws(StoreError) -> Bool

  /// Imported operations and the import that brought each.
  func parents() throws(StoreError) -> [Int64: Int64]

  /// The same of the operations of some events.
  ///
  /// - Complexity: O(events), in one statement.
  func parents(in events: [Event]) throws(StoreError) -> [Int64: Int64]

  /// How many carts an operation changed and how many events it has, with the operations that are part
  /// of it.
  ///
  /// - Complexity: O(its events) where others are part of it, else O(1).
  func size(of operation: Operation) throws(StoreError) -> (carts: Int64, events: Int64)

  /// The carts that an operation changed, with those it brought, in the order of first change.
  ///
  /// - Complexity: O(events between its first and its last).
  func carts(of operation: Operation) throws(StoreError) -> [Int64]

  /// The totals of the orders that an actor made after a moment.
  ///
  /// - Complexity: O(operations) and the events of that actor's.
  func orders(by actor: Actor, after time: Timestamp) throws(StoreError) -> [Money]
}

extension OperationReads {
  public func undoneOperations(limit: Int) throws(StoreError)
    -> [(operation: Operation, undos: Undos)]
  { try undoneOperations(limit: limit, before: .max) }

  /// Operations, newest first; those that an import brought are counted with it.
  public func operations(limit: Int, before: Int64 = .max) throws(StoreError) -> [Operation] {
    try undoneOperations(limit: limit, before: before).map(\.operation)
  }

  public func undoing(limit: Int) throws(StoreError) -> [Operation] {
    try undoing(limit: limit, before: .max)
  }
}
