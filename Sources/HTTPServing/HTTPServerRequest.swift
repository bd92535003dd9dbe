/// A whole request of a client.
public struct HTTPServerRequest: Sendable {
  public var method: String
  /// As it was sent: percent encoded, without the query.
  public var path: String
  /// What stands behind the `?`, as it was sent; empty without one.
  public var query: String
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// The IP address of the other end, which may be a proxy; empty where it is unknown.
  public var peer: String

  public init(
    _ method: String, _ path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], peer: String = ""
  ) {
    (self.method, self.path, self.query) = (method, path, query)
    (self.headers, self.body, self.peer) = (headers, body, peer)
  }

  /// A header by its name in any case; the first one where it stands several times.
  public subscript(header name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name.lowercased() == name }?.value
  }

  /// The decoded parts of the path; nil where one is not UTF-8 or wrongly encoded.
  public var segments: [String]? {
    let parts = path.split(separator: "/").map { Self.decode($0, plusIsSpace: false) }
    return parts.contains(nil) ? nil : parts.compactMap { $0 }
  }

  /// The decoded names and values of the query; nil where one is wrongly encoded.
  public var queryItems: [(name: String, value: String)]? {
    var items: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decode(pair[0], plusIsSpace: true),
        let value = pair.count < 2 ? "" : Self.decode(pair[1], plusIsSpace: true)
      else { return nil }
      items.append((name, value))
    }
    return items
  }

  /// Percent encoding undone; nil where it is wrong.
  static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard rest.count >= 2,
          let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
          rest.first != UInt8(ascii: "+")
        else { return nil }
        rest = rest.dropFirst(2)
        bytes.append(value)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// The answer to a request.
public struct HTTPServerResponse: Sendable {
  public var status: Int
  /// Without length and connection, which the server sets.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    (self.status, self.headers, self.body) = (status, headers, body)
  }

  public init(_ status: Int, text: String, type: String = "text/plain; charset=utf-8") {
    self.init(status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }
}
