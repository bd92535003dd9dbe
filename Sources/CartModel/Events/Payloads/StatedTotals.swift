import CartSupport

/// What a store says that a cart comes to, with its own names. Amounts are decimals in the cart's
/// currency; digits beyond its decimals are rounded half up.
public struct StatedTotals: EventPayload {
  public var subtotal: UnitPrice?
  public var discount: UnitPrice?
  public var shipping: UnitPrice?
  public var handling: UnitPrice?
  public var fees: UnitPrice?
  public var tax: UnitPrice?
  public var total: UnitPrice?
  /// The method, as `DHL`; empty where none is chosen.
  public var shippingName = ""
  public var taxes: [Part] = []
  public var coupons: [Part] = []
  /// The amounts of lines, by their ids.
  public var lines: [LineAmount] = []
  /// What its lines come to by their prices, where changes of ours wait that the store does not know;
  /// empty where the store knows the cart's lines as they are.
  public var reckoned: [LineAmount] = []
  /// The changes of ours that the figures answer.
  public var answers: [Answer] = []

  /// A change of ours, by the cart's version behind it.
  public struct Answer: Members {
    public var version: Int64 = 0

    public init() {}

    public init(_ version: Int64) { self.version = version }

    public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
      try coder.number(1, "version", &version, in: 1...Int64.max)
    }
  }

  /// An amount with a name: a tax, or a coupon with its code.
  public struct Part: Members {
    public var code = ""
    public var name = ""
    public var amount: UnitPrice?

    public init() {}

    public init(code: String = "", name: String, amount: UnitPrice) {
      (self.code, self.name, self.amount) = (code, name, amount)
    }

    public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
      try coder.text(1, "code", &code, TextForm(limit: 255))
      try coder.text(2, "name", &name, TextForm(limit: 255))
      try coder.decimal(3, "amount", &amount)
    }
  }

  public struct LineAmount: NamedAmount {
    public var name = ""
    public var amount: UnitPrice?

    public init() {}

    public init(_ line: String, _ amount: UnitPrice) { (name, self.amount) = (line, amount) }
  }

  public init() {}

  public init(subtotal: UnitPrice, total: UnitPrice) {
    (self.subtotal, self.total) = (subtotal, total)
  }

  /// The same amounts as a store would state them.
  public init(_ totals: Totals) {
    (subtotal, discount) = (UnitPrice(totals.subtotal), UnitPrice(totals.discount))
    (shipping, handling) = (UnitPrice(totals.shipping), UnitPrice(totals.handling))
    (fees, tax, total) = (UnitPrice(totals.fees), UnitPrice(totals.tax), UnitPrice(totals.total))
  }

  public static let example = {
    func decimal(_ minor: Int64) -> UnitPrice { UnitPrice(mantissa: minor, scale: 2) }
    var totals = StatedTotals(subtotal: decimal(2598), total: decimal(2828))
    (totals.discount, totals.shipping, totals.tax) = (decimal(260), decimal(490), decimal(451))
    (totals.handling, totals.fees) = (decimal(0), decimal(0))
    totals.shippingName = "DHL"
    totals.taxes = [Part(name: "VAT", amount: decimal(451))]
    totals.coupons = [Part(code: "SAVE10", name: "10 %", amount: decimal(260))]
    totals.lines = [LineAmount("l1", decimal(2598))]
    totals.reckoned = [LineAmount("l1", decimal(2598))]
    totals.answers = [Answer(7)]
    return totals
  }()

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.decimal(1, "subtotal", &subtotal, isRequired: true)
    try coder.decimal(2, "discount", &discount)
    try coder.decimal(3, "shipping", &shipping)
    try coder.decimal(4, "handling", &handling)
    try coder.decimal(5, "fees", &fees)
    try coder.decimal(6, "tax", &tax)
    try coder.decimal(7, "total", &total, isRequired: true)
    try coder.text(8, "shipping_name", &shippingName, TextForm(limit: 255))
    try coder.list(9, "taxes", &taxes)
    try coder.list(10, "coupons", &coupons)
    try coder.amounts(11, "lines", &lines)
    try coder.amounts(12, "reckoned", &reckoned)
    try coder.list(13, "answers", &answers)
  }

  public var words: String {
    "the store's total is \(total?.plainText ?? "unknown")"
  }

  public func check(on cart: Cart) throws(ModelError) {
    _ = try totals(cart.currency)
    for line in lines + reckoned { _ = try line.amount?.amount(1, cart.currency) }
  }

  public func apply(to cart: inout Cart) { cart.setStated(self) }

  /// Keeps what the lines came to when the figures were stated: a change of ours that is answered says
  /// nothing of the others.
  public mutating func keepBases(of cart: Cart) {
    guard reckoned.isEmpty else { return }
    reckoned = cart.statedBases.map {
      LineAmount($0.line, UnitPrice(Money(minor: Swift.max($0.minor, 0), cart.currency)))
    }
  }

  /// Whether the store's figures and names are the same; an amount of 0 is as good as none.
  func saysTheSame(as other: StatedTotals) -> Bool {
    func plain(_ totals: StatedTotals) -> StatedTotals {
      var plain = totals
      (plain.reckoned, plain.answers) = ([], [])
      for part in [\StatedTotals.discount, \.shipping, \.handling, \.fees, \.tax]
      where plain[keyPath: part] == nil {
        plain[keyPath: part] = .zero
      }
      plain.lines.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      return plain
    }
    return plain(self) == plain(other)
  }

  /// The figures as amounts of a currency.
  ///
  /// - Throws: `outOfRange`.
  public func totals(_ currency: Currency) throws(ModelError) -> Totals {
    func amount(_ decimal: UnitPrice?) throws(ModelError) -> Money {
      try decimal?.amount(1, currency) ?? .zero(currency)
    }
    var totals = Totals(
      subtotal: try amount(subtotal), discount: try amount(discount),
      shipping: try amount(shipping), tax: try amount(tax), total: try amount(total))
    (totals.handling, totals.fees) = (try amount(handling), try amount(fees))
    return totals
  }
}
