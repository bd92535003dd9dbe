import CartSupport
import Foundation

/// The forms in which shops, forms and mail programs write an e-mail address.
enum EmailText {
  /// Whether a text is its own normalised form, as most are.
  ///
  /// - Complexity: a look at each byte.
  static func isPlain(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > 0, bytes.count <= limit else {
        return false
      }
      for byte in bytes[..<at] where !isPlainLocal(byte) { return false }
      var label = 0
      for index in bytes.index(after: at)..<bytes.endIndex {
        switch bytes[index] {
        case UInt8(ascii: "."):
          guard label > 0, bytes[index - 1] != UInt8(ascii: "-") else { return false }
          label = 0
        case UInt8(ascii: "-") where label > 0, UInt8(ascii: "_"), 0x30...0x39, 0x61...0x7a:
          label += 1
          guard label <= 63 else { return false }
        default: return false
        }
      }
      return label > 0 && bytes[bytes.endIndex - 1] != UInt8(ascii: "-")
    }
  }

  /// The most bytes of an address.
  private static let limit = 320

  /// RFC 5322, 3.2.3, and the dot; in lower case.
  private static func isPlainLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7a: true
    default: ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
  }

  /// Both sides of the last `@`, normalised; nil for what is no address.
  static func parts(_ given: String) -> (local: String, domain: String)? {
    guard given.utf8.count <= 2 * limit else { return nil }
    let text = unwrapped(visible(given))
    guard let at = text.lastIndex(of: "@") else { return nil }
    let host = String(text[text.index(after: at)...]).trimmingBlanks
    guard let local = local(String(text[..<at]).trimmingBlanks), let domain = domain(host),
      local.utf8.count + domain.utf8.count < limit
    else { return nil }
    return (local, domain)
  }

  /// The domain behind the last `@` of any text, normalised; nil where there is none.
  static func host(_ given: String) -> String? {
    guard given.utf8.count <= 2 * limit else { return nil }
    let text = unwrapped(visible(given))
    guard let at = text.lastIndex(of: "@"), !String(text[..<at]).trimmingBlanks.isEmpty else {
      return nil
    }
    return domain(String(text[text.index(after: at)...]).trimmingBlanks)
  }

  /// Without the characters that nobody sees, and with the `@` that an input method writes.
  static func visible(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{FF20}", "\u{FE6B}": scalars.append("@")
      // A joiner may be part of a name, but not of one in ASCII.
      case "\u{200C}", "\u{200D}":
        if scalars.last.map({ $0.value > 0x7f }) ?? false { scalars.append(scalar) }
      default: if !scalar.properties.isDefaultIgnorableCodePoint { scalars.append(scalar) }
      }
    }
    return String(scalars)
  }

  /// The address of `Ann <a@b.c>`, `mailto:a@b.c?subject=x`, `'a@b.c'`, `a@b.c (Ann)`, `a@b.c;`.
  private static func unwrapped(_ given: String) -> String {
    var text = given.trimmingBlanks
    if let open = text.lastIndex(of: "<"), let close = text[open...].firstIndex(of: ">"),
      text[text.index(after: close)...].allSatisfy({ $0.isWhitespace || ",;.".contains($0) })
    {
      text = String(text[text.index(after: open)..<close]).trimmingBlanks
    }
    if text.lowercased().hasPrefix("mailto:") {
      text = String(text.dropFirst(7).prefix { $0 != "?" })
      text = text.removingPercentEncoding ?? text
    }
    if text.hasSuffix(")"), let open = text.lastIndex(of: "(") {
      text = String(text[..<open]).trimmingBlanks
    }
    while let last = text.last, ",;.".contains(last) { text.removeLast() }
    for quote: Character in ["\"", "'"] where text.count > 2 && text.first == quote {
      if text.last == quote { text = String(text.dropFirst().dropLast()) }
    }
    return text.trimmingBlanks
  }

  private static func local(_ text: String) -> String? {
    var local = narrow(text).lowercased()
    local = local.precomposedStringWithCanonicalMapping
    let isOdd = { (scalar: Unicode.Scalar) in
      "<>(),;:\\\"[]".unicodeScalars.contains(scalar) || scalar.properties.isWhitespace
        || TerminalText.acts(scalar)
    }
    if local.utf8.count > 2, local.hasPrefix("\""), local.hasSuffix("\"") {
      let inner = local.dropFirst().dropLast()
      // What needs no quotes is the same without them (RFC 5321, 4.1.2).
      return inner.unicodeScalars.contains { isOdd($0) || $0 == "@" } ? local : String(inner)
    }
    // Of two addresses in one, nobody knows which is meant.
    return local.isEmpty || local.unicodeScalars.contains { isOdd($0) || $0 == "@" } ? nil : local
  }

  private static func domain(_ text: String) -> String? {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return DomainName.normalised(text) }
    // An address in place of a name (RFC 5321, 4.1.3).
    let inner = String(text.dropFirst().dropLast())
    let isV6 = inner.lowercased().hasPrefix("ipv6:")
    guard let block = AddressBlock(address: isV6 ? String(inner.dropFirst(5)) : inner) else {
      return nil
    }
    return block.isV6 ? "[ipv6:\(block)]" : "[\(block)]"
  }

  /// Full-width letters, digits and marks as an input method writes them.
  private static func narrow(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isWide = (0xff01...0xff5e).contains(scalar.value)
      scalars.append(isWide ? Unicode.Scalar(scalar.value - 0xfee0) ?? scalar : scalar)
    }
    return String(scalars)
  }
}
