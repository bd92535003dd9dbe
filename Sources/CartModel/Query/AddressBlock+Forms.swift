/// The forms in which servers and shops write an address.
extension AddressBlock {
  /// The address in the one form that is stored (RFC 5952); nil for what is none.
  ///
  /// `203.0.113.7:51234`, `[2001:db8::7]:443`, `fe80::7%eth0` and `::ffff:203.0.113.7` have what an
  /// address has; of a list of proxies, or of RFC 7239, it is the first address.
  public static func normalised(_ text: String) -> String? {
    AddressBlock(address: text).map(\.description)
  }

  /// The number of what is written in another form than an address by itself; nil for none.
  static func forwarded(_ text: some StringProtocol) -> (UInt128, isV6: Bool)? {
    guard text.utf8.count <= 500, mayBeAddress(text) else { return nil }
    let shown = String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }))
    for item in shown.split(separator: ",") {
      let words = item.split(whereSeparator: \.isWhitespace)
      // Some proxies put blanks between the addresses of their list; other words are no list.
      let numbers = words.map { bare($0) }
      guard let first = numbers.first, numbers.allSatisfy({ $0 != nil }) else { continue }
      return first
    }
    return nil
  }

  /// False for what cannot be one for its letters, as the domains of a long list are.
  private static func mayBeAddress(_ text: some StringProtocol) -> Bool {
    var hasOther = false
    for byte in text.utf8 {
      switch byte {
      // A list, a zone and `for=` have other letters beside an address; more than ASCII is looked at.
      case UInt8(ascii: ","), UInt8(ascii: "%"), UInt8(ascii: "="), 0x80...: return true
      case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"):
        hasOther = true
      default: break
      }
    }
    return !hasOther
  }

  private static func bare(_ word: Substring) -> (UInt128, isV6: Bool)? {
    var text = word
    // RFC 7239, 4: for="[2001:db8::7]:443";proto=https
    if text.lowercased().hasPrefix("for=") {
      text = text.dropFirst(4).prefix { $0 != ";" }
      if text.first == "\"" { text = text.dropFirst().prefix { $0 != "\"" } }
    }
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else {
        return nil
      }
      text = text[text.index(after: text.startIndex)..<end]
    } else if let colon = text.firstIndex(of: ":"), text[..<colon].contains("."),
      isPort(text[colon...])
    {
      text = text[..<colon]
    }
    if let zone = text.firstIndex(of: "%"), text.contains(":") { text = text[..<zone] }
    // A database writes the length of its type with it.
    if let slash = text.firstIndex(of: "/") {
      let isWhole = text[slash...] == (text.contains(":") ? "/128" : "/32")
      guard isWhole else { return nil }
      text = text[..<slash]
    }
    return parse(text).map { ($0.0, isV6: $0.1) }
  }

  private static func isPort(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    return text.first == ":" && (1...5).contains(text.utf8.count - 1)
      && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
