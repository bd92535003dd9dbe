import CartModel
import CartSupport

/// The secret that our hooks send with each call, and the signature that the store may send beside it.
public struct HookSecret: Sendable {
  /// The name of the header.
  public static let header = "X-Cartio-Secret"
  /// Compared as digests, so that neither their bytes nor their lengths show in the time it takes.
  private let digests: [[UInt8]]
  private let code: MessageCode?

  /// - Parameters:
  ///   - secrets: that are valid: the current one, and after a change for a while the one before.
  ///   - clientSecret: of the API account, which signs; nil where it is not known.
  public init(_ secrets: [String], clientSecret: String? = nil) {
    digests = secrets.filter { !$0.isEmpty }.map { Self.digest(Array($0.utf8)) }
    code = clientSecret.map { MessageCode(key: Array($0.utf8)) }
  }

  public func isValid(_ secret: String?) -> Bool {
    let given = Self.digest(Array((secret ?? "").utf8))
    // All of them, so that the time does not say which one it was.
    var isKnown = false
    for digest in digests where isEqualInConstantTime(digest, given) { isKnown = true }
    return isKnown
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = Digest()
    digest.add(bytes)
    return digest.finish()
  }

  public enum Signature: Equatable, Sendable {
    /// None was sent, or the key is not known.
    case unchecked
    case valid
    /// Right, but its time is more than five minutes away: a late delivery is no attack, as the call only
    /// makes us look.
    case old
    case invalid
  }

  /// Checks a signature as Standard Webhooks define it.
  ///
  /// - Parameters:
  ///   - header: gives a header by its name.
  ///   - body: as it arrived, byte by byte.
  public func signature(_ header: (String) -> String?, _ body: [UInt8], at now: Timestamp)
    -> Signature
  {
    guard let code, let list = header("webhook-signature") else { return .unchecked }
    guard let id = header("webhook-id"), let time = header("webhook-timestamp"),
      let seconds = Int64(time), seconds >= 0, seconds < 1 << 40
    else { return .invalid }
    let own = code(Array("\(id).\(time).".utf8) + body)
    // Several stand there while a key is being changed; other versions than v1 are not ours to check.
    let given = list.split(separator: " ").filter { $0.hasPrefix("v1,") }.compactMap {
      Base64.bytes($0.dropFirst(3))
    }
    var isRight = false
    for bytes in given.prefix(16) where isEqualInConstantTime(bytes, own) { isRight = true }
    guard isRight else { return .invalid }
    let age = now.milliseconds(since: Timestamp(milliseconds: seconds * 1000)).magnitude
    return age > 300_000 ? .old : .valid
  }
}
