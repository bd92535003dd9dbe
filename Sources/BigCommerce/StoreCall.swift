import CartSupport
import HTTPClient

/// One request to the store's API.
struct StoreCall: Sendable {
  var method = "GET"
  /// Behind the store's part of the address: `v3/checkouts/ID`.
  var path: String
  var query: [(name: String, value: String)] = []
  /// JSON.
  var body: [UInt8]?
  /// Milliseconds.
  var deadline = 15_000

  init(_ path: String, query: [(name: String, value: String)] = []) {
    (self.path, self.query) = (path, query)
  }

  init(_ method: String, _ path: String, _ body: (inout JSONWriter) -> Void) {
    (self.method, self.path) = (method, path)
    var writer = JSONWriter()
    writer.object { body(&$0) }
    self.body = writer.bytes
  }

  /// The resource that the store counts it under: `checkouts` of `v3/checkouts/ID`.
  var family: String {
    let parts = path.split(separator: "/", maxSplits: 2)
    return parts.count > 1 ? String(parts[1]) : path
  }

  /// Whether it is about a cart, which goes before catalogues and records.
  var isAboutCarts: Bool {
    ["checkouts", "carts"].contains(family) || query.contains { $0.name == "cart_id" }
  }

  func request(_ access: StoreAccess) -> HTTPRequest {
    var headers = [
      ("X-Auth-Token", access.token), ("Accept", "application/json"),
      ("User-Agent", access.userAgent),
    ]
    if body != nil { headers.append(("Content-Type", "application/json")) }
    return HTTPRequest(method, url(access), headers: headers, body: body, deadline: deadline)
  }

  private func url(_ access: StoreAccess) -> String {
    let pairs = query.map { "\(Self.escaped($0.name))=\(Self.escaped($0.value))" }
    return "\(access.base)/stores/\(access.hash)/\(path)"
      + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
  }

  /// One part of a path.
  static func part(_ text: String) -> String { escaped(text, allowing: []) }

  /// Lists go with plain commas, and filters as `id:in` with their colon.
  private static func escaped(_ text: String, allowing more: [UInt8] = Array(",:".utf8)) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte) || "-._~".utf8.contains(byte) || more.contains(byte)
      if isPlain {
        out.append(byte)
      } else {
        out += Array("%\(hexadecimal([byte]).uppercased())".utf8)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// What the store answered: any 2xx, or a refusal that the caller reads.
struct StoreReply: Sendable {
  var status: Int
  /// `null` for an empty body.
  var json: JSONValue

  var isDone: Bool { (200..<300).contains(status) }

  /// The `data` of a v3 answer; the whole of a v2 answer.
  var data: JSONValue { json["data"] ?? json }
}
