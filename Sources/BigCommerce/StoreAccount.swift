import CartEngine
import CartModel
import CartSupport

/// What a store says of itself, and what it lets our token do.
public struct StoreAccount: Sendable {
  let client: StoreClient

  public init(_ client: StoreClient) { self.client = client }

  /// The store's name, currency, clock and plan.
  public struct Information: Equatable, Sendable {
    public var name: String
    public var currency: String
    /// A name of the tz database; empty where the store does not say.
    public var timeZone: String
    public var plan: String
    public var address: String
    /// Whether the prices of its catalogue include the tax.
    public var pricesIncludeTax: Bool
    /// Of one piece's weight: `Ounces`.
    public var weightUnit: String
  }

  /// - Throws: `garbled` where the store that answers is another one.
  public func information() throws(StorefrontError) -> Information {
    let store = try client.get(StoreCall("v2/store")).json
    let hash = store.text("id")
    guard hash.isEmpty || hash == client.access.hash else {
      throw StorefrontError(
        .garbled, "store \(client.access.hash): the store that answered is \(quoted(hash))")
    }
    let address = store.text("secure_url", limit: 2000)
    return Information(
      name: store.text("name"), currency: store.text("currency"),
      timeZone: store["timezone"]?.text("name") ?? "", plan: store.text("plan_name"),
      address: address.isEmpty ? store.text("domain", limit: 2000) : address,
      pricesIncludeTax: store.flag("is_price_entered_with_tax") ?? false,
      weightUnit: store.text("weight_units"))
  }

  /// A currency of the store; its decimals are the store's, not those of ISO 4217.
  public struct StoreCurrency: Equatable, Sendable {
    public var code: String
    public var decimals: Int
    public var isDefault: Bool
    /// Whether shoppers pay in it; else it is only shown.
    public var isTransactional: Bool
  }

  public func currencies() throws(StorefrontError) -> [StoreCurrency] {
    let reply = try client.get(StoreCall("v2/currencies", query: [("limit", "250")]))
    guard case .array(let items) = reply.json else { return [] }
    return items.compactMap { item in
      guard let decimals = item.whole("decimal_places"), (0...12).contains(decimals) else {
        return nil
      }
      return StoreCurrency(
        code: item.text("currency_code"), decimals: Int(decimals),
        isDefault: item.flag("is_default") ?? false,
        isTransactional: item.flag("is_transactional") ?? true)
    }
  }

  /// How far this machine's clock is ahead of the store's, which says whole seconds.
  public func drift() throws(StorefrontError) -> Span {
    let before = client.now()
    let reply = try client.get(StoreCall("v2/time"))
    let after = client.now()
    guard let seconds = reply.json.whole("time"), (0..<1 << 36).contains(seconds) else {
      throw StorefrontError(.garbled, "time: expected seconds since 1970")
    }
    let middle = before.advanced(by: max(0, after.milliseconds(since: before)) / 2)
    // Half a second is what the store cuts off on average.
    return Span(
      milliseconds: middle.milliseconds(since: Timestamp(milliseconds: seconds * 1000 + 500)))
  }

  public struct Channel: Equatable, Sendable {
    public var id: Int64
    public var name: String
    /// `bigcommerce`, `catalyst`, `wordpress` …: which links to a cart it can make depends on it.
    public var platform: String
    public var type: String
    public var isActive: Bool
  }

  public func channels() throws(StorefrontError) -> [Channel] {
    let reply = try client.get(StoreCall("v3/channels", query: [("limit", "250")]))
    return reply.json.list("data").compactMap { item in
      item.whole("id").map { id in
        Channel(
          id: id, name: item.text("name"), platform: item.text("platform"),
          type: item.text("type"), isActive: ["active", "connected"].contains(item.text("status")))
      }
    }
  }

  /// Whether the store itself reminds shoppers of abandoned carts, so that a limit of ours cannot count
  /// those mails.
  public func sendsReminders() throws(StorefrontError) -> Bool {
    let reply = try client.get(StoreCall("v3/abandoned-carts/settings"))
    return reply.data.flag("enable_notification") ?? false
  }
}
