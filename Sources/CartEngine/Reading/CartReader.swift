import CartModel
import CartStorage

/// Reads a shop as a run sees it: with what it has changed and not saved, or as things stood at an earlier
/// moment.
public final class CartReader {
  package let shop: Shop
  let unit: UnitOfWork
  let hooks: RunHooks
  /// The blacklist and the allowlist.
  let lists: ShopLists
  /// The clock of the run, or the moment that is read.
  public internal(set) var now: Timestamp
  /// Set while everything is read as it stood then.
  public private(set) var moment: Timestamp?
  /// The cart that is looked at as it stood; see `looking(at:)`.
  private(set) var focus: Cart?
  /// The last event of the event log that counts for it.
  private(set) var focusSeq = Int64.max
  var past = PastCarts()
  /// Counts what may have changed the carts as this run sees them.
  public internal(set) var revision = 0

  init(_ shop: Shop, _ unit: UnitOfWork, _ hooks: RunHooks, at time: Timestamp) {
    (self.shop, self.unit, self.hooks, now) = (shop, unit, hooks, time)
    lists = ShopLists(shop.store)
  }

  /// Products and their counters.
  public var catalogue: Catalogue { Catalogue(reader: self) }
  /// Shoppers and customers.
  public var people: People { People(reader: self) }
  /// What was done, and by whom.
  public var operations: Operations { Operations(reader: self) }

  /// Begins to read for another run.
  func begin(at time: Timestamp) {
    now = moment ?? time
    past = PastCarts()
    lists.refresh()
    revision += 1
  }

  /// The past cannot be changed.
  func checkPresent() throws(EngineError) {
    guard let moment else { return }
    throw EngineError(
      .refused, "this is how things stood at \(shop.zone.text(moment)); it can only be read")
  }

  // MARK: Another view

  /// Reads everything as it stood at a moment, for the length of the body; nothing can be changed.
  public func at<T>(_ time: Timestamp?, _ body: () throws -> T) rethrows -> T {
    guard let time else { return try body() }
    let (outer, outerNow) = (moment, now)
    (moment, now) = (time, time)
    revision += 1
    defer {
      (moment, now) = (outer, outerNow)
      revision += 1
    }
    return try body()
  }

  /// Lets everybody see a cart as it is given for the length of the body; nothing can be changed.
  ///
  /// - Parameter event: what followed from looking at it, at that time; nil for its own last event.
  public func looking<T>(at cart: Cart, for event: Event? = nil, _ body: () throws -> T) rethrows
    -> T
  {
    let outer = (focus, focusSeq)
    focus = cart
    // In a pass, later than its last event, what was recorded by then counts.
    let later = event.flatMap { $0.at > cart.updated ? $0 : nil }
    focusSeq = later?.seq ?? cart.head
    defer { (focus, focusSeq) = outer }
    return try at(later?.at ?? cart.updated, body)
  }

  // MARK: One cart

  /// The cart of a key, as this run sees it; nil if it does not exist.
  public func cart(_ key: Int64) throws(EngineError) -> Cart? {
    if let focus, focus.key == key { return focus }
    if let moment { return try cart(key, at: moment) }
    let entry: UnitOfWork.Entry?
    do throws(StoreError) { entry = try unit.entry(key) } catch { throw EngineError(error) }
    return entry?.cart
  }

  /// Calls a function with the carts of some keys in their order, as this run sees them; carts that do
  /// not exist are left out.
  ///
  /// - Parameter isDone: asked before each cart; true ends it.
  /// - Complexity: a statement for some hundred carts.
  public func forEachCart(
    _ keys: [Int64], until isDone: () -> Bool = { false }, _ body: (Cart) throws -> Void
  ) throws {
    for start in stride(from: 0, to: keys.count, by: StorageLimits.cartsAtOnce) {
      let part = keys[start...].prefix(StorageLimits.cartsAtOnce)
      if moment == nil {
        do throws(StoreError) { try unit.load(part) } catch { throw EngineError(error) }
      }
      for key in part {
        if isDone() { return }
        if let cart = try cart(key) { try body(cart) }
      }
    }
  }

  /// Whether this run has changed a cart and not saved it.
  public func isUnsaved(_ key: Int64) -> Bool {
    moment == nil && unit.entries[key]?.place != nil
  }

  public func key(named name: String) throws(EngineError) -> Int64? {
    do throws(StoreError) { return try unit.key(named: name) } catch { throw EngineError(error) }
  }

  public func key(order: String) throws(EngineError) -> Int64? {
    let key: Int64?
    do throws(StoreError) { key = try unit.key(order: order) } catch { throw EngineError(error) }
    // At an earlier moment an order may be still to come.
    guard let moment, let found = key else { return key }
    return try cart(found, at: moment)?.order == nil ? nil : found
  }

  public var context: FilterContext { FilterContext(now: now, settings: settings) }
}
