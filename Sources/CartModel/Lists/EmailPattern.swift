import CartSupport
import Foundation

/// Which addresses an entry of a list is about: `anna@example.com`, `example.com`, `*@example.com`,
/// `*.example.com` for what lies below a domain, or any text with `*` and `?`.
public struct EmailPattern: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    case exact(EmailAddress)
    case domain(String)
    /// All domains below this one.
    case below(String)
    /// Compared with the whole address.
    case glob(Glob)
  }

  public let kind: Kind

  /// About no address at all.
  public static let nobody = EmailPattern(kind: .domain("invalid"))

  private init(kind: Kind) { self.kind = kind }

  private static func isWild(_ part: some StringProtocol) -> Bool {
    part.contains("*") || part.contains("?")
  }

  /// A pattern with its domain in ASCII, as addresses are stored; its plus tag stays.
  public static func normalised(glob text: String) -> String {
    let text = EmailText.visible(text)
    guard let at = text.lastIndex(of: "@") else { return text }
    return text[...at] + hostPattern(text[text.index(after: at)...])
  }

  /// A domain with wildcards: the labels without them in ASCII.
  private static func hostPattern(_ host: Substring) -> String {
    host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
      .map { isWild($0) ? String($0) : DomainName.ascii($0) }.joined(separator: ".")
  }

  /// The part before the `@` as addresses have it.
  private static func folded(_ local: Substring) -> String {
    EmailAddress.folded(local.lowercased().precomposedStringWithCanonicalMapping)
  }

  /// - Throws: `malformed`.
  public init(_ given: String) throws(ModelError) {
    let text = EmailText.visible(given).trimmingBlanks
    func bad() -> ModelError {
      ModelError(
        .malformed,
        "email: expected an e-mail address, a domain or a pattern with *, got \(quoted(given))")
    }
    if !Self.isWild(text) || text.lowercased().hasPrefix("mailto:"),
      let address = EmailAddress(text)
    {
      guard address.hasDomain else { throw bad() }
      kind = .exact(address)
      return
    }
    guard !text.isEmpty, text.utf8.count <= 320, !text.contains(where: \.isWhitespace),
      !text.unicodeScalars.contains(where: TerminalText.acts),
      // Nothing but wildcards is about everybody.
      text.contains(where: { !"*?@.".contains($0) })
    else { throw bad() }
    guard let at = text.lastIndex(of: "@") else {
      // A domain, or what lies below one.
      let isBelow = text.hasPrefix("*.")
      let domain = DomainName.ascii(text.dropFirst(isBelow ? 2 : 0))
      guard DomainName.isName(domain, least: 2) else { throw bad() }
      kind = isBelow ? .below(domain) : .domain(domain)
      return
    }
    let (local, host) = (text[..<at], text[text.index(after: at)...])
    if Self.isWild(host) {
      let rest = DomainName.ascii(host.dropFirst(2))
      if local == "*", host.hasPrefix("*."), DomainName.isName(rest, least: 2) {
        kind = .below(rest)
      } else {
        guard !local.isEmpty else { throw bad() }
        let host = Self.hostPattern(host)
        // Half a label cannot be put into ASCII.
        guard host.utf8.allSatisfy({ $0 < 0x80 }) else { throw bad() }
        kind = .glob(Glob(Self.folded(local) + "@" + host))
      }
      return
    }
    let domain = DomainName.ascii(host)
    guard DomainName.isName(domain, least: 2) else { throw bad() }
    if local.isEmpty || local == "*" {
      kind = .domain(domain)
    } else if Self.isWild(local) {
      let folded = Self.folded(local)
      kind =
        folded == "*"
        ? .domain(domain)
        : Self.isWild(folded)
          ? .glob(Glob(folded + "@" + domain))
          : EmailAddress(folded + "@" + domain).map { .exact($0) } ?? .domain(domain)
    } else {
      throw bad()
    }
  }

  /// Whether it is about an e-mail as a shopper gave it: of what is no address, its domain counts.
  public func matches(email text: String) -> Bool {
    guard !text.isEmpty else { return false }
    if let address = EmailAddress(text) { return matches(address) }
    return EmailAddress.domain(of: text).map(matches(domain:)) ?? false
  }

  private func matches(domain own: String) -> Bool {
    switch kind {
    case .exact, .glob: false
    case .domain(let domain): domain == own
    case .below(let domain): own.hasSuffix("." + domain)
    }
  }

  public func matches(_ address: EmailAddress) -> Bool {
    switch kind {
    case .exact(let own): own == address
    case .domain, .below: matches(domain: address.domain)
    case .glob(let glob): glob.matches(address.description)
    }
  }

  public var description: String {
    switch kind {
    case .exact(let address): address.description
    case .domain(let domain): "*@" + domain
    case .below(let domain): "*@*." + domain
    case .glob(let glob): glob.description
    }
  }
}

extension EmailAddress {
  /// Whether its domain is one of at least two labels, or an address.
  fileprivate var hasDomain: Bool {
    domain.hasPrefix("[") || DomainName.isName(domain, least: 2)
  }
}
