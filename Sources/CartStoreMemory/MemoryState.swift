import CartModel
import CartStorage

/// All that a shop's storage holds, as a value: a snapshot is a copy, and so is a transaction until it
/// commits.
struct MemoryState: Sendable {
  private(set) var carts: [Int64: Cart] = [:]
  private(set) var names: [ExactText: Int64] = [:]
  private(set) var orders: [ExactText: Int64] = [:]
  var log = EventMemory()
  var catalogue = CatalogueMemory()
  var rules = RuleMemory()
  var jobs = JobMemory()
  var shared: SharedMemory
  var meta: [ExactText: String] = [:]
  var looks: [Int64: StoreLook] = [:]

  init(secret: EventKey) { shared = SharedMemory(secret: secret) }

  var lastCart: Int64 { carts.keys.max() ?? 0 }

  /// In the order of their keys.
  var sortedCarts: [Cart] { carts.keys.sorted().compactMap { cart($0) } }

  /// The cart of a key, with the time of the last look at it in its store.
  func cart(_ key: Int64) -> Cart? {
    guard var cart = carts[key], cart.isOfStore else { return carts[key] }
    cart.asOf = looks[key]?.seen
    return cart
  }

  mutating func save(_ cart: Cart) { carts[cart.key] = cart }

  mutating func add(alias: String, for cart: Int64) throws(StoreError) {
    guard names[ExactText(alias)] == nil else {
      throw StoreError(.other, "cart \(alias): another cart has this id")
    }
    names[ExactText(alias)] = cart
  }

  mutating func add(order: String, for cart: Int64) throws(StoreError) {
    guard orders[ExactText(order)] == nil else {
      throw StoreError(.other, "order \(order): another cart has this order")
    }
    orders[ExactText(order)] = cart
  }
}
