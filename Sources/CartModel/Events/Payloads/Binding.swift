import CartSupport

/// Which cart of which store a cart is. A store that makes a cart anew gives it another id: the newest
/// is shown, the ones before stay names of it.
public struct Binding: EventPayload {
  /// The storefront's name: `bigcommerce`.
  public var storefront = ""
  /// The store's id of the cart.
  public var storeID = ""
  /// The store's number of the sales channel; 0 where it is not known.
  public var channel: Int64 = 0
  /// As the store writes it, `en` or `en-US`; empty where it is not known.
  public var locale = ""
  public var origin = Origin.unknown

  /// Who made the cart.
  public enum Origin: String, CaseIterable, Sendable {
    case shopper
    /// This program, for staff or a rule.
    case cartio
    case unknown
  }

  public init() {}

  public init(
    storefront: String, storeID: String, channel: Int64 = 0, locale: String = "",
    origin: Origin = .unknown
  ) {
    (self.storefront, self.storeID, self.channel) = (storefront, storeID, channel)
    (self.locale, self.origin) = (locale, origin)
  }

  public static let example = Binding(
    storefront: "bigcommerce", storeID: "8f3a0001", channel: 1, locale: "en", origin: .shopper)

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(1, "storefront", &storefront, TextForm(limit: 64, isRequired: true))
    try coder.text(2, "store_id", &storeID, TextForm(limit: 255, isRequired: true))
    try coder.number(3, "channel", &channel, in: 0...Int64.max)
    try coder.text(4, "locale", &locale, TextForm(limit: 64))
    try coder.choice(5, "origin", &origin)
  }

  public var words: String { "is cart \(printable(storeID)) of \(printable(storefront))" }

  public func apply(to cart: inout Cart) {
    cart.binding = self
    cart.id = storeID
  }
}
