import NIOHTTP1

/// Puts the parts of a request together.
struct RequestAssembler {
  enum Step {
    case more
    /// The client waits for leave to send the body.
    case wantsContinue
    /// - Parameter keepsAlive: whether another request may follow.
    case whole(HTTPServerRequest, keepsAlive: Bool)
    /// It cannot be taken; the client gets this status.
    case refused(Int)
  }

  let limit: Int
  private(set) var head: HTTPRequestHead?
  private var path = (path: "", query: "")
  private var body: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  private var keepsAlive: Bool {
    guard let head else { return false }
    // Behind such a head the bytes are of another protocol.
    return head.isKeepAlive && head.headers["upgrade"].isEmpty && head.method != .CONNECT
  }

  mutating func add(_ part: HTTPServerRequestPart, peer: String) -> Step {
    switch part {
    case .head(let head): return begin(head)
    case .body(let buffer):
      guard body.count + buffer.readableBytes <= limit else { return .refused(413) }
      body.append(contentsOf: buffer.readableBytesView)
      return .more
    case .end:
      guard let head else { return .refused(400) }
      let request = HTTPServerRequest(
        head.method.rawValue, path.path, query: path.query,
        headers: head.headers.map { ($0.name, $0.value) }, body: body, peer: peer)
      let step = Step.whole(request, keepsAlive: keepsAlive)
      (self.head, body) = (nil, [])
      return step
    }
  }

  private mutating func begin(_ head: HTTPRequestHead) -> Step {
    self.head = head
    guard let path = Self.target(head.uri) else { return .refused(400) }
    self.path = path
    let hosts = head.headers["host"].count
    guard hosts == 1 || hosts == 0 && head.version == .http1_0 else { return .refused(400) }
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limit
    {
      return .refused(413)
    }
    let expects = head.headers["expect"]
    guard !expects.isEmpty, head.version == .http1_1 else { return .more }
    return expects.allSatisfy { $0.lowercased() == "100-continue" } ? .wantsContinue : .refused(417)
  }

  /// The path and query of a request target; nil for what is neither a path nor an URL.
  static func target(_ uri: String) -> (path: String, query: String)? {
    var rest = Substring(uri)
    if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
      guard ["http", "https"].contains(rest[..<scheme.lowerBound].lowercased()) else { return nil }
      rest = rest[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
      if !rest.hasPrefix("/") { rest = "/" + rest }
    }
    guard rest.hasPrefix("/") || rest == "*" else { return nil }
    rest = rest.prefix { $0 != "#" }
    let path = rest.prefix { $0 != "?" }
    return (String(path), String(rest.dropFirst(path.count + 1)))
  }
}
