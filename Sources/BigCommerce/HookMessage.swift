import CartModel
import CartSupport

/// What one call of a hook is about; what happened is not in it, and a look tells.
public struct HookMessage: Equatable, Sendable {
  public var subject: Subject
  /// As the store wrote it: `store/cart/updated`; the caller counts by it.
  public var scope: String
  /// The hash of the store that sent it; empty where it does not say.
  public var store: String

  public enum Subject: Equatable, Sendable {
    case cart(String, CartNews)
    case order(String)
    case product(String)
    /// A product that the store has deleted.
    case productDeleted(String)
    case customer(String)
    /// The app was removed, and the token does not work any more.
    case uninstalled
    /// The store could not deliver: a hook may be off.
    case undelivered
    case ignored(Reason)
  }

  /// What a call says of a cart beside its id.
  public struct CartNews: Equatable, Sendable {
    /// Whether the store has deleted it.
    public var isGone = false
    /// The number of the order that it became.
    public var order: String?
    /// Of the store's mail about an abandoned cart.
    public var token: String?

    public init(isGone: Bool = false, order: String? = nil, token: String? = nil) {
      (self.isGone, self.order, self.token) = (isGone, order, token)
    }
  }

  /// Why a call is of no use.
  public enum Reason: String, CaseIterable, Sendable {
    /// No JSON, or not of the form of a hook's call.
    case malformed
    /// Of a kind that says nothing of carts, orders, products or customers.
    case scope
    /// Without the id of what it is about, or with one that is none.
    case id
    /// From another store.
    case store
  }

  /// Reads the body of a call.
  ///
  /// - Parameters:
  ///   - body: as it arrived.
  ///   - hash: of the store that is connected.
  public init(_ body: [UInt8], store hash: String) {
    guard let json = try? StoreWords.json(body), case .object = json,
      case .string(let scope)? = json["scope"]
    else {
      self.init(.ignored(.malformed), scope: "", store: "")
      return
    }
    let producer = json.text("producer").split(separator: "/")
    let store = producer.count == 2 && producer[0] == "stores" ? String(producer[1]) : ""
    let name = JSONValue.clipped(scope, 100)
    guard store.isEmpty || store == hash else {
      self.init(.ignored(.store), scope: name, store: store)
      return
    }
    self.init(Self.subject(scope, json["data"] ?? .null), scope: name, store: store)
  }

  init(_ subject: Subject, scope: String, store: String) {
    (self.subject, self.scope, self.store) = (subject, scope, store)
  }

  /// The scope decides: what a call's `type` says is wrong for some.
  private static func subject(_ scope: String, _ data: JSONValue) -> Subject {
    var parts = scope.split(separator: "/")
    guard parts.first == "store" else { return .ignored(.scope) }
    parts.removeFirst()
    // `store/channel/1/cart/updated` is `store/cart/updated` of one channel.
    if parts.count > 2, parts[0] == "channel", Int64(parts[1]) != nil { parts.removeFirst(2) }
    switch parts.first {
    case "cart": return cart(parts.dropFirst().first, data)
    case "order": return number(data, ["order_id", "id"]).map { .order($0) } ?? .ignored(.id)
    case "product":
      guard let id = number(data, ["product_id", "id"]) else { return .ignored(.id) }
      return parts.last == "deleted" ? .productDeleted(id) : .product(id)
    case "sku": return number(inventory(data), ["product_id"]).map { .product($0) } ?? .ignored(.id)
    case "customer":
      return number(data, ["customer_id", "id"]).map { .customer($0) } ?? .ignored(.id)
    case "app" where parts.last == "uninstalled": return .uninstalled
    case "hook" where parts.last == "deliveryException": return .undelivered
    default: return .ignored(.scope)
    }
  }

  /// - Parameter event: `updated`, `lineItem`, `metafield` …
  private static func cart(_ event: Substring?, _ data: JSONValue) -> Subject {
    // The id of a line's call is the line's, and its cart has another name; a channel's call has a third.
    var names = ["cartId", "cart_id"]
    switch event {
    case "metafield": names.append("resource_id")
    case "lineItem": break
    default: names.append("id")
    }
    for name in names {
      guard let id = data[name]?.scalar else { continue }
      guard let cart = CartID(id) else { return .ignored(.id) }
      let order = data["orderId"] == nil ? data.id("order_id") : data.id("orderId")
      let token = data.text("token")
      return .cart(
        cart.text,
        CartNews(
          isGone: event == "deleted", order: order.isEmpty ? nil : order,
          token: token.isEmpty ? nil : token))
    }
    return .ignored(.id)
  }

  /// Calls about a SKU name its product inside.
  private static func inventory(_ data: JSONValue) -> JSONValue {
    data["sku"] ?? data["inventory"] ?? data
  }

  private static func number(_ data: JSONValue, _ names: [String]) -> String? {
    for name in names {
      guard let text = data[name]?.scalar else { continue }
      return try? StoreNumber.check(text, "a call")
    }
    return nil
  }
}
