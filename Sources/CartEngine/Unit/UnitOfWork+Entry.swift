import CartModel
import CartStorage

extension UnitOfWork {
  /// One cart with what was done to it and not yet flushed.
  final class Entry {
    var cart: Cart
    /// Its place among the changed carts; nil where it is not changed.
    var place: Int?
    /// The stored cart before what was gathered; nil for a new one, and where nobody wants it.
    var before: Cart? {
      get { if case .cart(let cart) = earlier { cart } else { nil } }
      set { earlier = newValue.map { .cart($0) } ?? .none }
    }
    private var earlier = Earlier.none
    /// How many batches under way change it.
    var underway = 0
    /// The stored events up to the version that was read; nil where nobody asked.
    var history: StoredHistory?
    /// What the writer knows of it; only the writer touches it while a batch is under way.
    let stored: Batch.Stored

    init(stored cart: Cart) {
      stored = Batch.Stored(Batch.Base(cart), name: cart.id)
      self.cart = cart
    }

    init(new cart: Cart) {
      stored = Batch.Stored(nil, name: cart.id)
      self.cart = cart
    }

    /// Goes back to the stored cart of a version, where it is at hand.
    func restore(_ version: Int64) -> Bool {
      guard let before, before.version == version else { return false }
      (cart, place, self.before) = (before, nil, nil)
      return true
    }

    /// A pointer, nil for most: a plan holds an entry of each of its carts.
    private indirect enum Earlier {
      case none
      case cart(Cart)
    }

    /// Whether the cache can do without it.
    var isIdle: Bool { place == nil && underway == 0 }
  }

  /// A step of an import that was not saved, or a cart that a flush left as it was.
  struct Failure {
    /// Nil for an event that was there already.
    let error: EngineError?
    /// Nil for a cart as a whole.
    let step: ImportedStep?
    /// The cart's key.
    var cart: Int64 = 0
  }

  /// An operation that gets its number when it is first flushed.
  final class OperationSlot {
    var operation: Operation
    let parent: OperationSlot?
    var id: Int64?
    /// Its number within a unit while it has none in the store; 0 where nobody asked.
    var provisional: Int64 = 0
    /// Whether the store had it before this run.
    var wasStored = false
    /// For an undo or redo of a file, whether a mark of it was imported.
    var isMarked = false
    /// Carts that an earlier flush of this operation changed.
    var carts: Set<Int64> = []

    init(_ operation: Operation, parent: OperationSlot? = nil) {
      self.operation = operation
      self.parent = parent
    }
  }
}
