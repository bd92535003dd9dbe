import CartEngine
import CartModel
import CartSupport

/// Random commands, events and carts for property tests; a seed fixes them.
public struct RandomCarts {
  public var random: SeededRandom

  public init(seed: UInt64) { random = SeededRandom(seed: seed) }

  public static let skus = ["MUG-01", "TEA-01", "SCREW", "POT", "CUP"]
  /// A store may show yen with 2 decimals.
  static let currencies: [Currency] = [
    .eur, .usd, .jpy, Currency(code: "JPY", decimals: 2) ?? .jpy,
  ]
  static let coupons = ["SAVE10", "TEA5", "FREESHIP"]

  public mutating func line() -> Line {
    let sku = random.pick(Self.skus)
    var line = Line(
      id: random.chance(20) ? sku + "~2" : nil, sku: sku, name: random.chance(50) ? "é " + sku : "",
      options: random.chance(20) ? [.init(name: "colour", value: "blue")] : [],
      quantity: Int64(random.pick(1...9)),
      price: UnitPrice(mantissa: Int64(random.pick(1...99_999)), scale: random.pick(0...4)))
    // An id is one choice of options.
    if !line.options.isEmpty { line.id += "-blue" }
    return line
  }

  public mutating func fields(address: Bool) -> [ShopperField: String] {
    let choices: [(ShopperField, [String])] =
      address
      ? [(.shippingCity, ["Köln", "Wien", ""]), (.billingCountry, ["DE", "AT", ""])]
      : [
        (.email, ["a@example.com", "B@x.de", ""]), (.name, ["Anna Ek", ""]),
        (.country, ["DE", "FR", ""]), (.ip, ["203.0.113.7", ""]), (.customer, ["7", ""]),
      ]
    let (field, values) = random.pick(choices)
    return [field: random.pick(values)]
  }

  /// Any command that does not leave the house.
  public mutating func command(for cart: Cart) -> Command {
    let reference: LineReference =
      cart.lines.isEmpty
      ? .sku(random.pick(Self.skus)) : .position(random.pick(1...cart.lines.count))
    switch random.pick(0...13) {
    case 0...3: return .add(line())
    case 4, 5: return .setQuantity(reference, Int64(random.pick(1...20)))
    case 6: return .remove(reference)
    case 7: return .applyCoupon(random.pick(Self.coupons))
    case 8: return .removeCoupon(random.pick(Self.coupons))
    case 9:
      return random.chance(50)
        ? .identify(fields(address: false)) : .setAddress(fields(address: true))
    case 10: return random.pick([.delete, .hold(), .restore()])
    case 11: return .restore()
    case 12:
      let by = random.pick(["staff:anna", "staff:ben"])
      if random.chance(30) { return .release(by: by, now: cart.updated) }
      let until = cart.updated.advanced(by: Int64(random.pick(1...9)) * 1000)
      return .claim(
        Claim(by: by, until: until), now: cart.updated, random.chance(50) ? .ask : .takeOver)
    default:
      if !cart.notes.isEmpty, random.chance(30) { return .removeNote(random.pick(cart.notes)) }
      return .note(
        Note(at: cart.updated, by: "staff:anna", text: random.pick(["rang", "no answer", "späti"])))
    }
  }

  public mutating func cart(key: Int64, at time: Timestamp) -> Cart {
    var cart = Cart(
      key: key, id: "cart-\(key)", currency: random.pick(Self.currencies),
      at: time.advanced(by: -Int64(random.pick(0...4_000_000)) * 1000))
    cart.updated = cart.created.advanced(by: Int64(random.pick(0...900_000)))
    cart.touched = cart.updated
    cart.version = Int64(random.pick(1...9))
    for _ in 0..<random.pick(0...4) {
      let line = line()
      if !cart.lines.contains(where: { $0.id == line.id }) { cart.lines.append(line) }
    }
    for (field, values) in [
      (ShopperField.country, ["DE", "FR", "", "AT"]), (.email, ["a@x.de", "B@x.de", "", "c@y.fr"]),
      (.ip, ["203.0.113.7", "198.51.100.4", "", "2001:db8::1"]), (.session, ["s1", "s2", ""]),
      (.customer, ["", "7", "12"]), (.name, ["Anna Ek", "", "Ben"]),
    ] {
      cart.shopper[field] = random.pick(values)
    }
    if random.chance(30) { cart.coupons = [random.pick(Self.coupons)] }
    cart.state = random.pick([.open, .open, .open, .deleted, .held])
    return cart
  }
}
