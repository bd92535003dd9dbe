import CartSupport
import Synchronization

/// Replaces what could name a person, a secret or a store in recorded traffic; the same value becomes the
/// same replacement, so that a recording still hangs together.
///
/// What is not known to be harmless is replaced.
final class TrafficScrubber: Sendable {
  private let known = Mutex<[String: Int]>([:])

  /// Texts under these keys are words of the API, or a shop's own words about goods.
  private static let plain: Set<String> = [
    "scope", "status", "payment_status", "coupon_type", "type", "theme", "title", "kind",
    "consent_category", "location", "visibility", "load_method", "currency", "currency_code",
    "default_currency_code", "country_code", "country_iso2", "geoip_country_iso2",
    "inventory_tracking", "availability", "locale", "customer_locale", "order_source", "platform",
    "plan_name", "weight_units", "condition", "target", "field",
  ]

  /// Numbers under these keys count or choose, and name nothing.
  private static let choices: Set<String> = [
    "status_id", "channel_id", "tax_class_id", "current_page", "page", "limit",
  ]

  /// Numbers under these keys may be a person's.
  private static let personal: Set<String> = [
    "phone", "zip", "postal_code", "ip_address", "ip_address_v6", "mobile",
  ]

  func scrubbed(_ value: JSONValue, key: String = "") -> JSONValue {
    switch value {
    case .null, .bool: value
    case .number(let text): number(text, key)
    case .string(let text): .string(string(text, key))
    case .array(let items): .array(items.map { scrubbed($0, key: key) })
    case .object(let members):
      .object(
        members.map { member in
          // Headers of hooks hold secrets by names of their own.
          var inner = key == "headers" ? "secret" : member.key
          if key == "currency", inner == "code" { inner = "currency_code" }
          return .init(member.key, scrubbed(member.value, key: inner))
        })
    }
  }

  private func number(_ text: String, _ key: String) -> JSONValue {
    if Self.personal.contains(key) { return .number(String(place(of: text))) }
    return isID(key) && text != "0" ? .number(String(1000 + place(of: text))) : .number(text)
  }

  private func isID(_ key: String) -> Bool {
    guard !Self.choices.contains(key), !key.hasSuffix("tax_class_id") else { return false }
    return key == "id" || key.hasSuffix("_id") || key.hasSuffix("Id")
  }

  private func string(_ text: String, _ key: String) -> String {
    if text.isEmpty || Self.plain.contains(key) { return text }
    if let id = CartID(text) { return uuid(id) }
    if isID(key), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return text == "0" ? text : String(1000 + place(of: text))
    }
    if !Self.personal.contains(key), isHarmless(text, key) { return text }
    let place = place(of: text)
    if text.contains("@") { return "person\(place)@example.invalid" }
    if text.hasPrefix("https://") || text.hasPrefix("http://") {
      return "https://example.invalid/\(place)"
    }
    return "text \(place)"
  }

  /// An amount or a time.
  private func isHarmless(_ text: String, _ key: String) -> Bool {
    if ISO8601(text) != nil || MailDate.time(text) != nil { return true }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// As the id of a cart, of which no store's begins with zeros.
  private func uuid(_ id: CartID) -> String {
    "00000000-0000-4000-8000-\(padded(Int64(place(of: id.text)), 12))"
  }

  private func place(of text: String) -> Int {
    known.withLock { known in
      if let place = known[text] { return place }
      known[text] = known.count + 1
      return known.count
    }
  }

  // MARK: Addresses

  /// Behind the part with the store's hash: `v3/checkouts/ID?include=…`.
  func scrubbed(url: String) -> String {
    let parts = url.split(separator: "?", maxSplits: 1)
    let path = (parts.first ?? "").split(separator: "/")
    let start = path.firstIndex(of: "stores").map { $0 + 2 } ?? 0
    let words = path.dropFirst(start).enumerated().map { place, part in
      place < 2 || Self.words.contains(String(part)) ? String(part) : segment(String(part))
    }
    let query = parts.count < 2 ? [] : parts[1].split(separator: "&").map(pair)
    return words.joined(separator: "/") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }

  private static let words: Set<String> = [
    "products", "settings", "scripts", "items", "variants", "channels",
  ]

  private static let queries: Set<String> = [
    "include", "limit", "page", "sort", "direction", "consignment_structure", "status_id",
    "min_date_modified", "max_date_modified", "min_date_created", "max_date_created",
    "date_modified:min", "channel_id:in", "is_active",
  ]

  private func pair(_ text: Substring) -> String {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, !Self.queries.contains(parts[0]) else { return String(text) }
    return parts[0] + "=" + segment(parts[1])
  }

  private func segment(_ text: String) -> String {
    if let id = CartID(text) { return uuid(id) }
    let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? String(1000 + place(of: text)) : "text-\(place(of: text))"
  }
}
