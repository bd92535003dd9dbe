import CartSupport

/// A code that lowers what a shopper pays.
public struct Coupon: Equatable, Sendable {
  public var code: String
  public var kind: Kind
  /// The least subtotal, minor units of the store's currency.
  public var minimum: Int64?
  /// The SKUs it counts for, with `*`; empty for all.
  public var skus: [String] { globs.map(\.description) }
  private let globs: [Glob]
  /// From this moment on it counts.
  public var starts: CouponTime?
  /// From this moment on it counts no more.
  public var expires: CouponTime?
  /// How many orders it may be used for in all, and by one customer.
  public var uses: Int64?
  public var perCustomer: Int64?

  public enum Kind: Equatable, Sendable {
    case percent(Percent)
    /// Minor units of the store's currency.
    case fixed(Int64)
    case freeShipping
  }

  public init(code: String, kind: Kind, minimum: Int64? = nil, skus: [String] = []) {
    self.code = code
    self.kind = kind
    self.minimum = minimum
    globs = skus.map { Glob($0) }
  }

  /// Whether it counts for a SKU.
  func counts(for sku: String) -> Bool { globs.isEmpty || globs.contains { $0.matches(sku) } }

  /// Why it does not count at a moment; nil where it does.
  public func miss(at time: Timestamp) -> CouponMiss? {
    if let starts, time < starts.moment { return .notStarted(starts) }
    if let expires, time >= expires.moment { return .expired(expires) }
    return nil
  }
}

/// When a coupon begins or ends to count: a moment, or a time on the clock of a store whose zone is not
/// known yet.
public struct CouponTime: Equatable, Sendable {
  private var civil: CivilTime
  /// Seconds east of UTC; nil until the store's zone is known.
  private var offset: Int64?
  /// On the store's clock; empty until its zone is known.
  private var shown = ""

  /// However it is shown.
  public static func == (a: CouponTime, b: CouponTime) -> Bool {
    a.civil == b.civil && a.offset == b.offset
  }

  public init(_ time: Timestamp) {
    civil = CivilTime(time, offset: 0)
    offset = 0
  }

  /// Reads ISO 8601; a day alone is its beginning, or with `isEnd` the beginning of the next one.
  ///
  /// - Throws: `malformed`.
  public init(_ text: String, isEnd: Bool) throws(ModelError) {
    guard let parsed = ISO8601(text) else {
      throw ModelError(
        .malformed, "expected a time as 2026-11-28 or 2026-11-28 14:00, got \(quoted(text))")
    }
    (civil, offset) = (parsed.civil, parsed.offset)
    if isEnd, text.utf8.count == 10 {
      let day = civil.timestamp(offset: 0).advanced(by: 86_400_000)
      civil = CivilTime(day, offset: 0)
    }
  }

  /// In UTC where the zone is not known.
  public var moment: Timestamp { civil.timestamp(offset: offset ?? 0) }

  /// As it is in a zone.
  func resolved(in zone: ZoneRules) -> CouponTime {
    var copy = offset == nil ? CouponTime(zone.timestamp(civil)) : self
    copy.shown = zone.text(copy.moment)
    return copy
  }

  /// For a person.
  var description: String { shown.isEmpty ? text : shown }

  /// As `store.lua` writes it.
  public var text: String {
    offset == nil ? "\(civil.dateText) \(civil.clockText)" : moment.description
  }
}

extension StoreSettings {
  /// The settings with the times of coupons on the clock of a zone.
  public func resolved(in zone: ZoneRules) -> StoreSettings {
    var copy = self
    for index in copy.coupons.indices {
      copy.coupons[index].starts = copy.coupons[index].starts?.resolved(in: zone)
      copy.coupons[index].expires = copy.coupons[index].expires?.resolved(in: zone)
    }
    return copy
  }
}
