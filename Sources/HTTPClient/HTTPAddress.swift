import CCurl

/// An URL that may be asked: HTTPS, or plain HTTP on this machine. Read by the reader that libcurl itself
/// uses, so that both see the same host.
public struct HTTPAddress: Equatable, Sendable {
  public let host: String
  /// Whether it is plain HTTP.
  public let isPlain: Bool

  /// - Throws: `address` for anything else, also for an URL with a user or password in it.
  public init(_ url: String) throws(HTTPError) {
    guard let handle = curl_url() else { throw HTTPError(.address, "no memory for an URL") }
    defer { curl_url_cleanup(handle) }
    guard !url.utf8.contains(0), curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
      let scheme = Self.part(CURLUPART_SCHEME, handle),
      let host = Self.part(CURLUPART_HOST, handle), !host.isEmpty
    else { throw HTTPError(.address, "not an URL of HTTP: \(Self.shown(url))") }
    guard Self.part(CURLUPART_USER, handle) == nil, Self.part(CURLUPART_PASSWORD, handle) == nil
    else { throw HTTPError(.address, "an URL cannot hold a user or password") }
    switch scheme.lowercased() {
    case "https": isPlain = false
    case "http" where Self.isLoopback(host): isPlain = true
    case "http":
      throw HTTPError(
        .address, "\(Self.shown(url)): plain HTTP is only for this machine; use https://")
    default: throw HTTPError(.address, "not an URL of HTTP: \(Self.shown(url))")
    }
    self.host = host
  }

  /// Whether a host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
  private static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func part(_ part: CURLUPart, _ handle: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  /// Without its query, which may hold what nobody else should read.
  private static func shown(_ url: String) -> String {
    let plain = url.prefix { $0 != "?" && $0 != "#" }.unicodeScalars.filter {
      $0.isASCII && $0.value > 0x20 && $0.value != 0x7f
    }
    return "'" + String(String.UnicodeScalarView(plain.prefix(200))) + "'"
  }
}
