import CartEngine
import CartModel
import CartSupport

/// Reads a store's JSON leniently: numbers may come as texts and texts as numbers, what is missing may be
/// missing, `null` or empty, and unknown members do not matter.
extension JSONValue {
  /// A text or number; empty where it is neither.
  func text(_ key: String, limit: Int = 255) -> String {
    Self.clipped(self[key]?.scalar ?? "", limit)
  }

  /// The id of something else; empty for none, which stores also write as `null`, `0` or `{}`.
  func id(_ key: String) -> String {
    let text = text(key)
    return text == "0" ? "" : text
  }

  func list(_ key: String) -> [JSONValue] {
    if case .array(let items)? = self[key] { items } else { [] }
  }

  func flag(_ key: String) -> Bool? {
    switch self[key] {
    case .bool(let flag): flag
    case .string(let text), .number(let text):
      ["true", "1"].contains(text) ? true : ["false", "0"].contains(text) ? false : nil
    default: nil
    }
  }

  /// A whole number, also one written as `2.0000`; nil where there is no such.
  func whole(_ key: String) -> Int64? {
    guard let text = self[key]?.scalar else { return nil }
    if let whole = Int64(text) { return whole }
    guard let decimal = try? UnitPrice(rounding: text), decimal.scale == 0 else { return nil }
    return decimal.mantissa
  }

  /// An amount; nil where it is missing, `null` or empty.
  ///
  /// - Throws: `garbled` for what is no decimal, or negative.
  func decimal(_ key: String) throws(StorefrontError) -> UnitPrice? {
    guard let value = self[key], value != .null, value != .string("") else { return nil }
    guard let text = value.scalar else {
      throw StorefrontError(.garbled, "\(key): expected a decimal, got \(value.kind)")
    }
    do throws(ModelError) { return try UnitPrice(rounding: text == "-0" ? "0" : text) } catch {
      throw StorefrontError(.garbled, "\(key): \(error.message)")
    }
  }

  /// A moment in ISO 8601, RFC 2822 or seconds since 1970; nil where it is missing or none of them.
  func time(_ key: String) -> Timestamp? {
    guard let text = self[key]?.scalar, !text.isEmpty else { return nil }
    if let seconds = Int64(text), seconds > 0, seconds < 1 << 36 {
      return Timestamp(milliseconds: seconds * 1000)
    }
    return (try? Timestamp(text)) ?? MailDate.time(text)
  }

  /// Cut at a limit of bytes, between characters; a NUL cannot be kept.
  static func clipped(_ text: String, _ limit: Int) -> String {
    let text = text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
    guard text.utf8.count > limit else { return text }
    var (out, size) = (String.UnicodeScalarView(), 0)
    for scalar in text.unicodeScalars {
      size += UTF8.width(scalar)
      if size > limit { break }
      out.append(scalar)
    }
    return String(out)
  }
}

/// Dates as mails write them: `Wed, 25 Jun 2025 05:22:10 +0000` (RFC 2822).
enum MailDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func time(_ text: String) -> Timestamp? {
    var words = text.split(separator: " ")
    if words.first?.hasSuffix(",") == true { words.removeFirst() }
    guard words.count == 5, let day = Int64(words[0]), let year = Int64(words[2]),
      words[2].utf8.count == 4,
      let month = months.firstIndex(of: String(words[1]))
    else { return nil }
    let zone = words[4] == "GMT" || words[4] == "UTC" ? "+0000" : words[4]
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
    return try? Timestamp("\(year)-\(two(Int64(month) + 1))-\(two(day))T\(words[3])\(zone)")
  }
}
