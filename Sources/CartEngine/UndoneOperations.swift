import CartModel
import CartStore

/// The operations of a batch that were undone on some cart while it was gathered.
struct UndoneOperations {
  /// Numbers by operation.
  private var numbers: [ObjectIdentifier: Int64] = [:]
  /// Imported operations and the import that brought each; read when an undo is looked for.
  private var parents: [Int64: Int64]?

  var isEmpty: Bool { numbers.isEmpty }

  /// None.
  init() {}

  /// Looks for the operations of the steps that were undone as a whole or on a cart.
  ///
  /// - Complexity: O(steps), and O(1) while nothing was ever undone.
  init(of log: [Batch.Logged], _ store: CartStore) throws {
    guard try store.hasUndos() else { return }
    var seen = Set<ObjectIdentifier>()
    for logged in log where seen.insert(ObjectIdentifier(logged.step.operation)).inserted {
      let slot = logged.step.operation
      let key = slot.operation.key
      guard let number = try slot.id ?? (key.isEmpty ? nil : store.operation(key: key)),
        try store.isTarget(number) || slot.parent?.id.map(store.isTarget) ?? false
          || store.mayBeUndoneGroup(number)
      else { continue }
      numbers[ObjectIdentifier(slot)] = number
    }
  }

  /// Gives, for a step, the number of its operation if that was undone on the cart.
  mutating func numbers(on cart: Int64?, _ store: CartStore) throws
    -> (UnitOfWork.Step) -> Int64?
  {
    guard !isEmpty, let cart else { return { _ in nil } }
    let parents = try self.parents ?? store.parents()
    self.parents = parents
    let history = History(try store.history(of: cart), id: "", parents: parents)
    let undone = history.undone()
    return { [numbers] step in
      numbers[ObjectIdentifier(step.operation)].flatMap { history.isUndone($0, undone) ? $0 : nil }
    }
  }
}
