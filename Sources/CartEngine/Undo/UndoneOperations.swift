import CartModel
import CartStorage

/// The operations of a batch that were undone on some cart while it was gathered.
struct UndoneOperations {
  /// Numbers by operation.
  private var numbers: [ObjectIdentifier: Int64] = [:]

  var isEmpty: Bool { numbers.isEmpty }

  /// None.
  init() {}

  /// Looks for the operations of the steps that were undone as a whole or on a cart.
  ///
  /// Needed only where any operation was ever undone.
  /// - Complexity: O(steps).
  init(of log: [Batch.Logged], _ store: any StorageReads) throws {
    var seen = Set<ObjectIdentifier>()
    for logged in log where seen.insert(ObjectIdentifier(logged.step.operation)).inserted {
      let slot = logged.step.operation
      let key = slot.operation.key
      // Of those that are not stored, only the groups of a file may be there already.
      let isNew = slot.parent == nil && slot.operation.kind != .foreign || key.isEmpty
      guard let number = try slot.id ?? (isNew ? nil : store.operation(key: key)) else { continue }
      let parent = slot.parent?.id
      guard
        try store.isTarget(number) || parent.map({ try store.isTarget($0) }) ?? false
          || store.mayBeUndoneGroup(number)
      else { continue }
      numbers[ObjectIdentifier(slot)] = number
    }
  }

  /// Gives, for a step, the number of its operation if that was undone on the cart.
  func numbers(on cart: Int64?, _ store: any StorageReads) throws
    -> (UnitOfWork.Step) -> Int64?
  {
    guard !isEmpty, let cart else { return { _ in nil } }
    let stored = try store.histories(of: [cart])[cart] ?? StoredHistory()
    let history = History(stored.events, id: "", parents: stored.parents)
    let undone = history.undone()
    return { [numbers] step in
      numbers[ObjectIdentifier(step.operation)].flatMap { history.isUndone($0, undone) ? $0 : nil }
    }
  }
}
