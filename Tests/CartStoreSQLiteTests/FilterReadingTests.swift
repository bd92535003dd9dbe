import CartModel
import CartStorage
import CartSupport
import CartTesting
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// Both readings of a filter against a third one, which is written here.
struct FilterReadingTests {
  private let now = TestShop.start
  private let folder = TemporaryFolder()
  private let store: SQLiteStorage
  private let carts: [Cart]
  private let context: FilterContext
  private let parser: FilterParser

  init() throws {
    var (source, carts) = (RandomCarts(seed: 77), [Cart]())
    for key in 1...150 {
      var cart = source.cart(key: Int64(key), at: now)
      for (field, values) in [
        (ShopperField.phone, ["+49 171 123", "", ""]), (.company, ["ACME", "Öl & Co", ""]),
        (.group, ["Wholesale", ""]), (.browser, ["Mozilla/5.0 (X11)", ""]),
        (.type, ["registered", "guest", ""]), (.shippingCountry, ["DE", "AT", ""]),
        (.shippingCity, ["Köln", "Wien", ""]), (.billingCity, ["Graz", ""]),
        (.billingPostalCode, ["50667", ""]),
      ] {
        cart.shopper[field] = source.random.pick(values)
      }
      if source.random.chance(10) { cart.shopper[.email] = "jürgen@x.de" }
      if source.random.chance(30) { cart.flags = ["many", "odd"] }
      if source.random.chance(30) {
        cart.state = .ordered
        cart.order = Order(
          id: "10\(key)", at: now, lines: [],
          total: Money(minor: Int64(source.random.pick(0...9000)), cart.currency),
          state: source.random.pick([.placed, .paid, .cancelled, .refunded]))
      }
      if source.random.chance(20) {
        cart.notes = [Note(at: now, by: "staff:anna", text: "rang twice")]
        cart.claim = Claim(by: "staff:anna", until: now.advanced(by: 3_600_000))
      }
      carts.append(cart)
    }
    self.carts = carts
    var random = SeededRandom(seed: 4)
    let written = carts
    store = try SQLiteStorage.open(.file(folder.file("s.db")), random: { random.next() })
    context = FilterContext(now: now, settings: StoreSettings())
    // Totals are compared by SQL; without them, in memory.
    store.price(by: context.settings, mark: { "these" })
    try store.write(recorded: now) { writer in for cart in written { try writer.save(cart) } }
    parser = FilterParser(zone: .utc, now: now)
  }

  // MARK: A third reading

  private enum Known {
    case texts([String])
    case number(Int64)
    case money(Money?)
    case time(Int64)
  }

  /// What a cart says for a field, without the table of fields.
  private func known(_ name: String, _ cart: Cart) -> Known {
    func all(_ list: [String]) -> Known { .texts(list.isEmpty ? [""] : list) }
    let totals = try? cart.price(context.settings)
    switch name {
    case "id": return .texts([cart.id])
    case "status": return .texts([cart.status(at: now, context.settings).rawValue])
    case "created": return .time(cart.created.milliseconds)
    case "updated": return .time(cart.updated.milliseconds)
    case "idle": return .number(max(0, now.milliseconds - cart.touched.milliseconds))
    case "version": return .number(cart.version)
    case "currency": return .texts([cart.currency.code])
    case "lines": return .number(Int64(cart.lines.count))
    case "quantity": return .number(cart.lines.reduce(0) { $0 + $1.quantity })
    case "domain":
      let parts = cart.shopper[.email].split(separator: "@")
      return .texts([parts.count > 1 ? String(parts[parts.count - 1]) : ""])
    case "customer_id": return .number(Int64(cart.shopper[.customer]) ?? 0)
    case "shopper_type":
      let isKnown = cart.shopper[.type] == "registered" || !cart.shopper[.customer].isEmpty
      return .texts([isKnown ? "registered" : "guest"])
    case "sku": return all(cart.lines.map(\.sku))
    case "product": return all(cart.lines.map(\.name))
    case "coupon": return all(cart.coupons)
    case "flags": return all(cart.flags)
    case "subtotal": return .money(try? cart.subtotal())
    case "discount": return .money(totals?.discount)
    case "shipping": return .money(totals?.shipping)
    case "tax": return .money(totals?.tax)
    case "total": return .money(totals?.total)
    case "order_id": return .texts([cart.order?.id ?? ""])
    case "order_status": return .texts([cart.order.map { "\($0.state)" } ?? ""])
    case "order_total": return .money(cart.order?.total)
    case "claimed_by": return .texts([cart.claim?.by ?? ""])
    case "notes": return all(cart.notes.map(\.text))
    case "pending": return .texts(["false"])
    case "shipping.country": return .texts([cart.shopper[.shippingCountry]])
    case "shipping.city": return .texts([cart.shopper[.shippingCity]])
    case "billing.city": return .texts([cart.shopper[.billingCity]])
    case "option.colour":
      return all(cart.lines.flatMap { $0.options.filter { $0.name == "colour" }.map(\.value) })
    default: return .texts([cart.shopper[ShopperField.byKey[name] ?? .name]])
    }
  }

  /// Values to compare a field with; each is written and has its own meaning.
  private func values(_ field: CartField) -> [String] {
    switch field.kind {
    case .text, .title:
      return [
        "", "anna ek", "Anna*", "*e*", "ACME", "a?me", "s1", "mug-01", "é MUG-01", "SAVE10", "XX",
      ]
    case .email: return ["", "jurgen@x.de", "A@X.DE", "*@x.de", "b*", "none@example.com"]
    case .address: return ["", "203.0.113.7", "203.0.113.0/24", "203.0.113.*", "2001:db8::/32"]
    case .choice(let words): return words + [""]
    case .country: return ["", "DE", "FR"]
    case .currency: return ["EUR", "JPY"]
    case .status: return Status.allCases.map(\.rawValue)
    case .number: return ["0", "1", "3", "7", "12"]
    case .amount: return ["0", "19.99", "50", "1234.567"]
    case .time: return ["2026-10-28", "2026-10-31 14:00", "3d"]
    case .span: return ["1h", "2d", "5s"]
    case .flag: return ["true", "false"]
    }
  }

  /// Whether one value holds of what a cart says; nil where it must be refused.
  private func holds(
    _ field: CartField, _ sign: String, _ value: String, _ cart: Cart
  ) -> Bool? {
    let isOrder = ["<", "<=", ">", ">="].contains(sign)
    func ordered<N: Comparable>(_ a: N, _ b: N) -> Bool {
      switch sign {
      case "<": a < b
      case "<=": a <= b
      case ">": a > b
      case ">=": a >= b
      default: a == b
      }
    }
    switch known(field.name, cart) {
    case .texts(let list):
      if isOrder { return nil }
      if sign == "~", !field.takesPattern { return nil }
      let isPattern = sign == "~" || value.contains("*") && field.kind != .title
      return list.contains { text in
        if field.kind == .address, !value.isEmpty, !isPattern {
          return !text.isEmpty && ((try? AddressBlock(value))?.contains(text) ?? false)
        }
        let (text, value) = (Array(text.folded), Array(value.folded))
        return isPattern ? Self.matches(text[...], value[...]) : text == value
      }
    case .number(let number):
      if sign == "~" { return nil }
      let wanted =
        field.kind == .span ? (try? Span(value).milliseconds) ?? -1 : Int64(value) ?? -1
      return ordered(number, wanted)
    case .money(let money):
      if sign == "~" { return nil }
      guard let money else { return false }
      // Thousandths of the smallest unit are enough for the values above.
      let wanted = Double(value) ?? -1
      let scale = money.currency.decimals == 0 ? 1.0 : 100.0
      return ordered(Double(money.minor) * 1000, (wanted * scale * 1000).rounded())
    case .time(let time):
      if sign == "~" { return nil }
      if value == "3d", !isOrder { return nil }
      let start: Int64
      let length: Int64
      switch value {
      case "3d": (start, length) = (now.milliseconds - 3 * 86_400_000, 1)
      case "2026-10-28": (start, length) = (1_793_145_600_000, 86_400_000)
      default: (start, length) = (1_793_455_200_000, 60_000)
      }
      // The moments of what was typed are one.
      return ordered(time < start ? -1 : time < start + length ? 0 : 1, 0)
    }
  }

  private static func matches(_ text: ArraySlice<Character>, _ glob: ArraySlice<Character>) -> Bool
  {
    guard let first = glob.first else { return text.isEmpty }
    if first == "*" {
      return matches(text, glob.dropFirst())
        || !text.isEmpty && matches(text.dropFirst(), glob)
    }
    guard let letter = text.first, first == "?" || first == letter else { return false }
    return matches(text.dropFirst(), glob.dropFirst())
  }

  // MARK: Tests

  static let names =
    CartField.all.map(\.name)
    + ["shipping.country", "shipping.city", "billing.city", "option.colour"]

  private func check(_ filter: Filter, _ isMeant: (Cart) -> Bool, _ what: String) throws {
    let expected = Set(carts.filter(isMeant).map(\.key))
    #expect(Set(carts.filter { filter.matches($0, context) }.map(\.key)) == expected, "\(what)")
    #expect(Set(try store.keys(matching: filter, context)) == expected, "SQL: \(what)")
    if let count = try store.count(matching: filter, context, most: 10_000) {
      #expect(count == expected.count, "count: \(what)")
    }
  }

  /// A value in quotes, unless it is a pattern, which it would not be in them.
  private func written(_ value: String) -> String {
    value.contains { "*?".contains($0) } ? value : "\"\(value)\""
  }

  @Test(arguments: names)
  func everySignAndValueOfAField(_ name: String) throws {
    let field = try CartField.named(name)
    var answers = 0
    for comparison in Filter.Comparison.allCases {
      let sign = comparison.rawValue
      for value in values(field) {
        let test = name + sign + written(value)
        let isRefused = carts.contains { holds(field, sign, value, $0) == nil }
        guard var filter = try? parser.parse([test]) else {
          #expect(isRefused, "refused: \(test)")
          continue
        }
        #expect(!isRefused, "accepted: \(test)")
        filter.allowAnyStatus()
        try check(
          filter,
          { cart in
            let any = holds(field, sign, value, cart) ?? false
            return sign == "!=" ? !any : any
          }, test)
        answers += 1
      }
    }
    #expect(answers >= 4)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func treesOfTestsAndWords(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let leaves: [(text: String, holds: (Cart) -> Bool)] = try Self.names.flatMap { name in
      let field = try CartField.named(name)
      return values(field).flatMap { value in
        ["=", "!=", ">", "<="].compactMap { sign -> (String, (Cart) -> Bool)? in
          guard (try? parser.parse([name + sign + written(value)])) != nil else { return nil }
          return (
            name + sign + written(value),
            { cart in
              let any = holds(field, sign, value, cart) ?? false
              return sign == "!=" ? !any : any
            }
          )
        }
      }
    }
    func tree(_ depth: Int) -> (text: String, holds: (Cart) -> Bool) {
      if depth == 0 || random.chance(20) { return random.pick(leaves) }
      switch random.pick(0...3) {
      case 0:
        let part = tree(depth - 1)
        return ("not (\(part.text))", { !part.holds($0) })
      case 1:
        let parts = (0..<random.pick(2...3)).map { _ in tree(depth - 1) }
        let and = random.chance(50) ? " and " : " "
        return (
          "(" + parts.map(\.text).joined(separator: and) + ")",
          { cart in parts.allSatisfy { $0.holds(cart) } }
        )
      case 2:
        let word = random.pick(["anna", "mug", "x.de", "cart-1", "123"])
        let needle = Array(word)
        return (
          word,
          { cart in
            ([
              cart.id, cart.shopper[.email], cart.shopper[.name], cart.shopper[.company],
              cart.shopper[.phone], cart.shopper[.billingPostalCode], cart.order?.id ?? "",
            ] + cart.lines.flatMap { [$0.sku, $0.name] }).contains { text in
              Array(text.folded).firstRange(of: needle) != nil
            }
          }
        )
      default:
        let parts = (0..<random.pick(2...3)).map { _ in tree(depth - 1) }
        return (
          "(" + parts.map(\.text).joined(separator: " or ") + ")",
          { cart in parts.contains { $0.holds(cart) } }
        )
      }
    }
    var (found, missed) = (0, 0)
    for _ in 0..<120 {
      let (text, isMeant) = tree(3)
      var filter = try parser.parse(try TypedWord.split(text))
      let isNamed = filter.namesStatus
      try check(
        filter,
        { cart in
          let status = cart.status(at: now, context.settings)
          return isMeant(cart) && (isNamed || status == .active || status == .abandoned)
        }, text)
      filter.allowAnyStatus()
      try check(filter, isMeant, text)
      let count = carts.count(where: isMeant)
      found += count
      missed += carts.count - count
    }
    #expect(found > 1000 && missed > 1000)
  }
}

extension String {
  /// Without the case and accents of the texts above, as filters compare.
  fileprivate var folded: String {
    String(lowercased().map { ["é": "e", "ö": "o", "ü": "u"][$0] ?? $0 })
  }
}
