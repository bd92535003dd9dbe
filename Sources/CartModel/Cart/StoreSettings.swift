/// What a shop decides for all its carts; the evaluated content of `store.lua`.
public struct StoreSettings: Equatable, Sendable {
  public var name = "Shop"
  public var currency = Currency.eur
  /// The decimals that a connected store gives its currencies, by code, once it said that they are not
  /// those of ISO 4217. No file says it.
  public var currencies: [String: Int] = [:]
  public var timezone = "UTC"
  public var tax = Tax()
  public var shipping = Shipping()
  public var coupons: [Coupon] = []
  public var abandonedAfter = Span(milliseconds: 3_600_000)
  public var expiresAfter = Span(milliseconds: 30 * 86_400_000)
  /// A write to more carts than this wants a confirmation.
  public var confirmAbove: Int64 = 25
  /// How long a claim holds that says nothing else.
  public var claimFor = Span(milliseconds: 30 * 60_000)
  public var lists = Lists()
  /// The most of a month's orders that a rule may have held, in a backtest, to be put in force without
  /// a confirmation of its own.
  public var ordersLost = StoreSettings.usualOrdersLost

  public var synchronous = Synchronous.normal
  public var connection = Connection()

  /// What a power cut may take; in the words of SQLite's pragma of this name.
  public enum Synchronous: String, CaseIterable, Sendable {
    /// The last commits may be lost, those before are whole.
    case normal = "NORMAL"
    /// Each commit is on the disk before it is acknowledged.
    case full = "FULL"
  }

  static let usualOrdersLost = Percent(millionths: 5_000_000)

  public init() {}

  /// What makes an entry of the blacklist want a confirmation of its own.
  public struct Lists: Equatable, Sendable {
    /// The shop's own addresses and e-mails, as entries are written.
    public var own: [String] = []
    /// The most of the turnover that an entry may be about without it.
    public var share = Percent(millionths: 1_000_000)

    public init() {}
  }

  public struct Tax: Equatable, Sendable {
    public var rate = Percent(millionths: 0)
    /// Whether prices include the tax.
    public var included = true
    /// Where another one counts, by country.
    public var countries: [String: Country] = [:]

    public init() {}

    public struct Country: Equatable, Sendable {
      public var rate: Percent
      /// Nil for what the shop says of all.
      public var included: Bool?
      /// By region, in small letters.
      public var regions: [String: Percent] = [:]

      public init(rate: Percent) { self.rate = rate }
    }
  }

  public struct Shipping: Equatable, Sendable {
    /// Minor units of the store's currency.
    public var fee: Int64 = 0
    /// From this subtotal after discounts on, shipping is free; minor units.
    public var freeFrom: Int64?
    /// By name; a cart goes by the cheapest of those that reach it, and where none does by the fee
    /// above.
    public var methods: [Method] = []

    public init() {}

    public struct Method: Equatable, Sendable {
      public var name: String
      /// Where it goes; empty for everywhere.
      public var countries: Set<String> = []
      /// What it costs from a subtotal after discounts on, the lowest first; minor units.
      public var fees: [(from: Int64, fee: Int64)]
      public var freeFrom: Int64?

      public init(name: String, fees: [(from: Int64, fee: Int64)]) {
        self.name = name
        self.fees = fees
      }

      public static func == (a: Method, b: Method) -> Bool {
        a.name == b.name && a.countries == b.countries && a.freeFrom == b.freeFrom
          && a.fees.elementsEqual(b.fees, by: ==)
      }
    }
  }

  /// The currency that a text names, with the decimals of the connected store; nil for what ISO 4217 does
  /// not list.
  public func currency(_ code: some StringProtocol) -> Currency? {
    guard let decimals = currencies[String(code)] else { return Currency(code: code) }
    return Currency(code: code, decimals: decimals)
  }

  public func coupon(_ code: String) -> Coupon? { coupons.first { $0.code == code } }
}
