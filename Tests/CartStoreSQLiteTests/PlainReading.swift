import CartModel
import CartSupport

/// A third reading of a filter, without the table of fields, patterns and SQL.
struct PlainReading {
  let context: FilterContext
  private var now: Timestamp { context.now }

  private enum Known {
    case texts([String])
    case number(Int64)
    case money(Money?)
    /// Nil for what is not known.
    case time(Int64?)
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
    case "handling": return .money(totals?.handling)
    case "fees": return .money(totals?.fees)
    case "tax": return .money(totals?.tax)
    case "total": return .money(totals?.total)
    case "order_id": return .texts([cart.order?.id ?? ""])
    case "order_status": return .texts([cart.order.map { "\($0.state)" } ?? ""])
    case "order_total": return .money(cart.order?.total)
    case "claimed_by": return .texts([cart.claim?.by ?? ""])
    case "notes": return all(cart.notes.map(\.text))
    case "pending": return .texts([cart.waiting.isEmpty ? "false" : "true"])
    case "storefront": return .texts([cart.binding?.storefront ?? "local"])
    case "store_id": return .texts([cart.binding?.storeID ?? ""])
    case "channel": return .number(cart.binding?.channel ?? 0)
    case "origin": return .texts([cart.binding.map { "\($0.origin)" } ?? ""])
    case "as_of": return .time(cart.asOf?.milliseconds)
    case "reported": return all(cart.reported.map(\.key))
    case "shipping.country": return .texts([cart.shopper[.shippingCountry]])
    case "shipping.city": return .texts([cart.shopper[.shippingCity]])
    case "billing.city": return .texts([cart.shopper[.billingCity]])
    case "option.colour":
      return all(cart.lines.flatMap { $0.options.filter { $0.name == "colour" }.map(\.value) })
    default: return .texts([cart.shopper[ShopperField.byKey[name] ?? .name]])
    }
  }

  /// Values to compare a field with; each is written and has its own meaning.
  func values(_ field: CartField) -> [String] {
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
  func holds(
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
      guard let time else { return false }
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

  /// Whether a test holds of a cart: none of its values for `!=`, any for the others.
  func isMet(_ field: CartField, _ sign: String, _ value: String, by cart: Cart) -> Bool {
    let any = holds(field, sign, value, cart) ?? false
    return sign == "!=" ? !any : any
  }
}

extension String {
  /// Without the case and accents of the texts above, as filters compare.
  var folded: String {
    String(lowercased().map { ["é": "e", "ö": "o", "ü": "u"][$0] ?? $0 })
  }
}
