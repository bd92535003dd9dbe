/// Where a cart goes, as tax and shipping depend on it.
public struct Destination: Equatable, Sendable {
  /// Empty where it is not known.
  public var country = ""
  /// A state or province, as the shopper wrote it.
  public var region = ""

  public init(country: String = "", region: String = "") {
    self.country = country
    self.region = region
  }
}

extension Cart {
  /// The shipping address, else the billing address, else where the shopper is.
  public var destination: Destination {
    shopper.destination
  }
}

extension Shopper {
  public var destination: Destination {
    let shipping = self[.shippingCountry]
    if !shipping.isEmpty { return .init(country: shipping, region: self[.shippingState]) }
    let billing = self[.billingCountry]
    if !billing.isEmpty { return .init(country: billing, region: self[.billingState]) }
    return .init(country: self[.country])
  }
}

extension StoreSettings {
  /// Whether prices depend on where a cart goes.
  public var hasDestinations: Bool {
    !tax.countries.isEmpty || shipping.methods.contains { !$0.countries.isEmpty }
  }

  /// The tax that counts somewhere.
  public func tax(in place: Destination) -> (rate: Percent, included: Bool) {
    guard let country = tax.countries[place.country] else { return (tax.rate, tax.included) }
    let rate =
      country.regions.isEmpty ? nil : country.regions[place.region.lowercased()]
    return (rate ?? country.rate, country.included ?? tax.included)
  }

  /// What shipping costs, and by which method; the cheapest that reaches the place, by name where two
  /// cost the same.
  ///
  /// - Parameter subtotal: after discounts, minor units of the store's currency.
  public func shipping(_ subtotal: Int64, to place: Destination) -> (fee: Int64, method: String) {
    var best: (fee: Int64, method: String)?
    for method in shipping.methods
    where method.countries.isEmpty || method.countries.contains(place.country) {
      let fee = method.fee(subtotal)
      if let best, (best.fee, best.method) <= (fee, method.name) { continue }
      best = (fee, method.name)
    }
    if let best { return best }
    if let from = shipping.freeFrom, subtotal >= from { return (0, "") }
    return (shipping.fee, "")
  }
}

extension StoreSettings.Shipping.Method {
  /// - Parameter subtotal: minor units.
  func fee(_ subtotal: Int64) -> Int64 {
    if let freeFrom, subtotal >= freeFrom { return 0 }
    return fees.last { $0.from <= subtotal }?.fee ?? 0
  }
}
