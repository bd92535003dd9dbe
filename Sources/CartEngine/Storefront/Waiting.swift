import CartModel
import CartStorage

/// Changes of ours that a cart's store has not answered.
struct Waiting {
  /// The lines that they give a quantity of their own.
  private(set) var setLines: Set<String> = []
  /// The operations that they belong to, with the cart's versions behind their events.
  private(set) var operations: [Int64: [Int64]] = [:]
  private var history: History?
  private var undone: Set<Int64> = []

  /// - Complexity: O(events of the cart), only where something waits.
  init(_ cart: Cart, _ run: Run) throws {
    guard cart.isPending else { return }
    let stored = try run.unit.history(of: cart.key)
    let history = History(stored.events, id: cart.id, parents: stored.parents)
    let versions = Set(cart.waiting)
    for event in history.events where versions.contains(event.version) {
      operations[event.operation, default: []].append(event.version)
      if case .lineChanged(let line, _) = event.body { setLines.insert(line.id) }
    }
    (self.history, undone) = (history, history.undone())
  }

  /// The cart as the store is known to have it; nil where nothing waits.
  var known: Cart? { cart(with: []) }

  /// The operations that wait and undo another one.
  func undos(of operation: Int64) -> [Int64] {
    (history?.events ?? []).filter { $0.body.mark?.target == operation }.map(\.operation)
      .filter { operations[$0] != nil }
  }

  /// The oldest change that waits, where the store shows the cart as that makes it and not as it was.
  func answered(by seen: SeenCart) -> Int64? {
    guard let oldest = operations.keys.min(), let before = known,
      let after = cart(with: [oldest]), !before.hasSameContent(as: after),
      !before.observation(of: seen, on: before).acts.isEmpty
    else { return nil }
    return after.observation(of: seen, on: after).acts.isEmpty ? oldest : nil
  }

  /// The same with some of the changes that wait.
  func cart(with done: Set<Int64>) -> Cart? {
    guard let history else { return nil }
    let left = Set(operations.keys).subtracting(done)
    var undone = undone.union(left)
    for event in history.events where left.contains(event.operation) {
      // What a waiting undo undid is still in the store.
      guard let mark = event.body.mark else { continue }
      if mark.isRedo { undone.insert(mark.target) } else { undone.remove(mark.target) }
    }
    return history.folded(without: undone)
  }
}
