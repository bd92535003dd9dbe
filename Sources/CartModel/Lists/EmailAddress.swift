/// An e-mail address as lists compare it: lower case, without its plus tag, its domain in ASCII.
///
/// Mail systems may tell upper from lower case before the `@` (RFC 5321, 2.4); none that matters does.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  public let local: String
  public let domain: String

  /// Nil for what cannot be normalised.
  public init?(_ text: String) {
    guard let (local, domain) = EmailText.parts(text) else { return nil }
    self.local = Self.folded(local)
    self.domain = domain
  }

  /// The address in the one form that is stored, with its plus tag: `Ann <A+x@ＥＸＡＭＰＬＥ.com>` is
  /// `a+x@example.com`; nil for what cannot be normalised.
  public static func normalised(_ text: String) -> String? {
    EmailText.isPlain(text) ? text : EmailText.parts(text).map { $0.local + "@" + $0.domain }
  }

  /// The domain that a text names behind its last `@`, also of one that is no address as `a@b@c.de`: who
  /// bans a domain means it as well. Nil where it names none, or nothing stands before
  /// it.
  public static func domain(of text: String) -> String? { EmailText.host(text) }

  /// The domain of an address that is in its canonical form already; nil where it may not be.
  public static func plainDomain(_ text: String) -> String? {
    guard EmailText.isPlain(text), !text.utf8.contains(UInt8(ascii: "+")) else { return nil }
    return text.utf8.lastIndex(of: UInt8(ascii: "@")).flatMap {
      String(text.utf8[text.utf8.index(after: $0)...])
    }
  }

  /// `anna+shop` and `Anna` are one person's.
  static func folded(_ local: String) -> String {
    guard let plus = local.firstIndex(of: "+"), plus > local.startIndex else { return local }
    return String(local[..<plus])
  }

  public var description: String { local + "@" + domain }
}
