import CartEngine
import CartSupport
import HTTPClient

/// Which store is asked, and with which token. Nothing that it prints or throws holds the token.
public struct StoreAccess: Sendable {
  /// The store's hash: `abc123` of `https://store-abc123.mybigcommerce.com`.
  public let hash: String
  /// Where its API is, without a slash at the end.
  public let base: String
  let token: String
  let userAgent: String

  public static let usualBase = "https://api.bigcommerce.com"

  /// - Parameter base: plain HTTP only on this machine.
  /// - Throws: `unsupported` for a hash, token or base that cannot be used.
  public init(
    hash: String, token: String, base: String = usualBase, userAgent: String = "Cartio"
  ) throws(StorefrontError) {
    let isHash = !hash.isEmpty && hash.utf8.count <= 64 && hash.utf8.allSatisfy(Self.isOfHash)
    guard isHash else {
      throw StorefrontError(
        .unsupported,
        "store hash: expected small letters and digits, as abc123 of "
          + "https://store-abc123.mybigcommerce.com, got \(quoted(hash))")
    }
    guard (1...1000).contains(token.utf8.count),
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else {
      throw StorefrontError(
        .unsupported, "store token: expected the access token of an API account, in one line")
    }
    var base = Substring(base)
    while base.hasSuffix("/") { base.removeLast() }
    do throws(HTTPError) { _ = try HTTPAddress(String(base)) } catch {
      throw StorefrontError(.unsupported, "API base: \(error.message)")
    }
    guard !base.contains("?"), !base.contains("#") else {
      throw StorefrontError(
        .unsupported, "API base: expected an address without '?' and '#', as \(Self.usualBase)")
    }
    (self.hash, self.token, self.base) = (hash, token, String(base))
    self.userAgent = userAgent
  }

  private static func isOfHash(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
  }
}

extension StoreAccess: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "store \(hash) at \(base)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["hash": hash, "base": base]) }
}
