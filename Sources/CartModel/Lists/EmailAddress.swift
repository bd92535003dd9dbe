/// An e-mail address as lists compare it: lower case, without its plus tag, its domain in ASCII.
///
/// Mail systems may tell upper from lower case before the `@` (RFC 5321, 2.4); none that matters does.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  public let local: String
  public let domain: String

  /// Nil for what has no `@` or nothing on one of its sides.
  public init?(_ text: String) {
    if let at = Self.plainSplit(text) {
      (local, domain) = (
        String(text.utf8.prefix(at)) ?? "", String(text.utf8.dropFirst(at + 1)) ?? ""
      )
      return
    }
    let text = text.trimmingBlanks
    guard let at = text.lastIndex(of: "@"), at > text.startIndex else { return nil }
    let domain = DomainName.ascii(text[text.index(after: at)...])
    guard !domain.isEmpty else { return nil }
    local = Self.folded(text[..<at])
    self.domain = domain
  }

  /// The place of the `@` in a text that is its own canonical form, as most are.
  ///
  /// - Complexity: a look at each byte.
  static func plainSplit(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in
      var place: Int?
      for (index, byte) in bytes.enumerated() {
        switch byte {
        case UInt8(ascii: "@"): place = index
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"): return nil
        case 0x21...0x7e: break
        default: return nil
        }
      }
      guard let place, place > 0, place < bytes.count - 1, bytes.last != UInt8(ascii: ".") else {
        return nil
      }
      return place
    }
  }

  /// The domain of an address that is in its canonical form already; nil where it may not be.
  public static func plainDomain(_ text: String) -> String? {
    plainSplit(text).flatMap { String(text.utf8.dropFirst($0 + 1)) }
  }

  /// `anna+shop` and `Anna` are one person's.
  static func folded(_ local: Substring) -> String {
    let lower = local.lowercased()
    guard let plus = lower.firstIndex(of: "+"), plus > lower.startIndex else { return lower }
    return String(lower[..<plus])
  }

  public var description: String { local + "@" + domain }
}

/// Which addresses an entry of a list is about: `anna@example.com`, `example.com`, `*@example.com`,
/// `*.example.com` for what lies below a domain, or any text with `*` and `?`.
public struct EmailPattern: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    case exact(EmailAddress)
    case domain(String)
    /// All domains below this one.
    case below(String)
    /// Compared with the whole address.
    case glob(String)
  }

  public let kind: Kind

  /// About no address at all.
  public static let nobody = EmailPattern(kind: .domain("invalid"))

  private init(kind: Kind) { self.kind = kind }

  /// - Throws: `malformed`.
  public init(_ given: String) throws(ModelError) {
    let text = given.trimmingBlanks
    func bad() -> ModelError {
      ModelError(
        .malformed,
        "email: expected an address, a domain or a pattern with *, got \(quoted(given))")
    }
    guard !text.isEmpty, text.utf8.count <= 320, !text.contains(where: \.isWhitespace),
      !text.unicodeScalars.contains(where: TerminalText.acts)
    else { throw bad() }
    guard let at = text.lastIndex(of: "@") else {
      // A domain, or what lies below one.
      let isBelow = text.hasPrefix("*.")
      let domain = DomainName.ascii(text.dropFirst(isBelow ? 2 : 0))
      guard DomainName.isName(domain) else { throw bad() }
      kind = isBelow ? .below(domain) : .domain(domain)
      return
    }
    let (local, host) = (text[..<at], text[text.index(after: at)...])
    let isWild = { (part: Substring) in part.contains("*") || part.contains("?") }
    if isWild(host) {
      let rest = DomainName.ascii(host.dropFirst(2))
      if local == "*", host.hasPrefix("*."), DomainName.isName(rest) {
        kind = .below(rest)
      } else {
        guard !local.isEmpty else { throw bad() }
        let labels = try host.lowercased().split(
          separator: ".", omittingEmptySubsequences: false
        ).map { label throws(ModelError) in
          if label.utf8.allSatisfy({ $0 < 0x80 }) { return String(label) }
          // Half a label cannot be put into ASCII.
          guard !label.contains("*"), !label.contains("?") else { throw bad() }
          return DomainName.ascii(label)
        }
        kind = .glob(EmailAddress.folded(local) + "@" + labels.joined(separator: "."))
      }
      return
    }
    let domain = DomainName.ascii(host)
    guard DomainName.isName(domain) else { throw bad() }
    if local.isEmpty || local == "*" {
      kind = .domain(domain)
    } else if isWild(local) {
      let folded = EmailAddress.folded(local)
      kind =
        folded == "*"
        ? .domain(domain)
        : isWild(folded[...])
          ? .glob(folded + "@" + domain)
          : EmailAddress(folded + "@" + domain).map { .exact($0) } ?? .domain(domain)
    } else {
      guard let address = EmailAddress(text) else { throw bad() }
      kind = .exact(address)
    }
  }

  public func matches(_ address: EmailAddress) -> Bool {
    switch kind {
    case .exact(let own): own == address
    case .domain(let domain): domain == address.domain
    case .below(let domain): address.domain.hasSuffix("." + domain)
    case .glob(let text): Glob(text).matches(address.description)
    }
  }

  public var description: String {
    switch kind {
    case .exact(let address): address.description
    case .domain(let domain): "*@" + domain
    case .below(let domain): "*@*." + domain
    case .glob(let text): text
    }
  }
}

extension StringProtocol {
  /// Without blanks and tabs at its ends.
  var trimmingBlanks: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
