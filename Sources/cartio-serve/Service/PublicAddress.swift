import CartApplication
import CartSupport

/// Where the store and its visitors reach the service.
enum PublicAddress {
  /// - Parameters:
  ///   - url: nil where there is none.
  ///   - isLocal: whether the store is simulated on this machine, and calls plain HTTP.
  /// - Throws: wrong usage for what a store would not call, before anything is written or registered.
  static func check(_ url: String?, isLocal: Bool) throws {
    guard let url else { return }
    let isOwn = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains(
      where: url.hasPrefix)
    if isLocal, isOwn { return }
    let rest = url.hasPrefix("https://") ? url.dropFirst(8) : ""
    let host = rest.prefix { $0 != "/" }
    let name = host.hasSuffix(":443") ? host.dropLast(4) : host
    let isName =
      name.contains(".")
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || byte == 0x2d || byte == 0x2e
      }
    guard isName, !rest.contains("?"), !rest.contains("#") else {
      throw ServiceError(
        .usage,
        "--public-url: expected a public HTTPS address on port 443, as https://carts.example.com, got "
          + quoted(url))
    }
  }
}
