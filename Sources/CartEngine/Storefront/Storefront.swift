import CartModel

/// Where carts really live: this program, or a connected store.
///
/// A connector ends what is the store's: its addresses, its JSON, its limits. What it gives are values of
/// the model.
public protocol Storefront: Sendable {
  /// As carts name it: `local`, `bigcommerce`.
  var name: String { get }
  var abilities: StorefrontAbilities { get }

  /// What the store shows of a cart now.
  ///
  /// - Parameter isGone: whether the store itself said that it does not have the cart any more: then one
  ///   look that does not find it is enough.
  func look(_ id: String, isGone: Bool) throws(StorefrontError) -> Seen

  /// The ids of carts that changed after a moment; only for a store that can list them.
  ///
  /// - Throws: `unsupported` for any other.
  func changed(since time: Timestamp) throws(StorefrontError) -> [String]

  /// Asks the store to do what was decided.
  ///
  /// - Parameter base: the store's version that it was decided on; nil where it counts none.
  func send(_ request: StoreRequest, base: Int64?) throws(StorefrontError) -> StoreAnswer
}

extension Storefront {
  public func look(_ id: String) throws(StorefrontError) -> Seen { try look(id, isGone: false) }
}

/// What a store can do.
public struct StorefrontAbilities: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// It lists the carts that changed.
  public static let list = Self(rawValue: 1 << 0)
  /// It counts versions, and refuses what was decided on an old one.
  public static let versions = Self(rawValue: 1 << 1)
  /// It says by itself which cart to look at.
  public static let hooks = Self(rawValue: 1 << 2)
  /// It deletes carts.
  public static let delete = Self(rawValue: 1 << 3)
  /// Its figures are its own; else this program prices the carts.
  public static let ownPrices = Self(rawValue: 1 << 4)
  /// It makes links that open a cart.
  public static let links = Self(rawValue: 1 << 5)
  /// It makes orders, and numbers them.
  public static let orders = Self(rawValue: 1 << 6)
}

/// What a change of ours asks of a store.
public struct StoreRequest: Equatable, Sendable {
  /// Its idempotency key: two requests of one key are one.
  public var key: String
  /// The store's id of the cart.
  public var cart: String
  public var edits: [StoreEdit]

  public init(key: String, cart: String, edits: [StoreEdit]) {
    (self.key, self.cart, self.edits) = (key, cart, edits)
  }
}

/// One change of a store's cart; lines go by the store's ids.
public enum StoreEdit: Equatable, Sendable {
  case add(Line)
  case setQuantity(line: String, Int64)
  case remove(line: String)
  case applyCoupon(String)
  case removeCoupon(String)
  case setAddress([ShopperField: String])
  case delete
}

public enum StoreAnswer: Equatable, Sendable {
  /// Done; the cart as it then is.
  case accepted(Seen)
  /// Not done, and why, in the store's words.
  case refused(String)
  /// The cart is of another version than the request was decided on; nothing was done.
  case conflict
  /// Nobody knows whether it was done: a look decides.
  case doubtful
}

/// Why a store gave no answer.
public struct StorefrontError: Error, Equatable, Sendable {
  public enum Code: Sendable {
    case unsupported
    /// No cart has this id, or never had.
    case notFound
    /// It did not answer, or not now: asking again later may help.
    case unavailable
    /// Our share of what it answers is used up, or it asks for patience.
    case throttled
    /// It does not accept our token, or not for this: asking again does not help.
    case unauthorized
    /// It is closed: for maintenance, or suspended.
    case closed
    /// It answered what cannot be read.
    case garbled
  }

  public let code: Code
  public let message: String
  /// When asking again may help, where that is known.
  public let retry: Span?

  public init(_ code: Code, _ message: String, retry: Span? = nil) {
    (self.code, self.message, self.retry) = (code, message, retry)
  }
}
