/// Where a service listens: `127.0.0.1:8080`, `[::1]:8080`.
struct ListenAddress: Equatable {
  var host: String
  var port: Int

  init(host: String, port: Int) { (self.host, self.port) = (host, port) }

  /// - Throws: a message for the user.
  init(_ text: String) throws(ServiceError) {
    let refusal = ServiceError(
      .usage, "--listen: expected an address and a port, as 127.0.0.1:8080, got '\(text)'")
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw refusal }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw refusal }
    (self.host, self.port) = (String(host), port)
  }
}

/// Whose request it is, where proxies that are trusted hand requests on.
struct TrustedProxies {
  /// Addresses whose word counts; this machine's always does.
  var addresses: Set<String> = []

  private static let own: Set<String> = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]

  /// The client's address: the last one of `X-Forwarded-For` that no trusted proxy has.
  ///
  /// - Parameters:
  ///   - peer: the other end of the connection.
  ///   - forwarded: the header; each proxy adds the address that it was asked from at the end.
  func client(peer: String, forwarded: String?) -> String {
    var client = peer
    guard isTrusted(peer), let forwarded else { return client }
    for part in forwarded.split(separator: ",").reversed() {
      let address = Self.plain(String(part))
      guard !address.isEmpty else { return client }
      client = address
      guard isTrusted(address) else { return client }
    }
    return client
  }

  private func isTrusted(_ address: String) -> Bool {
    Self.own.contains(address) || addresses.contains(address)
  }

  private static func plain(_ text: String) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return String(text[text.index(after: text.startIndex)..<end])
    }
    // IPv4 with a port; an IPv6 address has more colons.
    if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      return String(text[..<colon])
    }
    return String(text)
  }
}
