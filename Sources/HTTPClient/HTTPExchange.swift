/// A request to a server.
public struct HTTPRequest: Sendable {
  public var method: String
  public var url: String
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]?
  /// Milliseconds until the whole answer must be there.
  public var deadline: Int

  public init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, deadline: Int = 15_000
  ) {
    (self.method, self.url, self.headers) = (method, url, headers)
    (self.body, self.deadline) = (body, deadline)
  }
}

/// A server's answer, whatever its status.
public struct HTTPResponse: Sendable {
  public var status: Int
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    (self.status, self.headers, self.body) = (status, headers, body)
  }

  /// A header by its name in any case; the last one where it stands several times.
  public subscript(header name: String) -> String? {
    headers.last { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Sends requests, one at a time, and waits for their answers.
public protocol HTTPTransport: AnyObject {
  func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse
}

/// Why no answer came.
public struct HTTPError: Error, Equatable, Sendable {
  public enum Code: Sendable {
    /// The address cannot be used: not an URL, or plain HTTP to another machine.
    case address
    /// Nothing was sent: no connection, name or certificate.
    case unreachable
    /// Something may have been sent, and the server may have done it.
    case lost
    /// The answer is larger than the limit.
    case tooLarge
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
