/// Where a server listens, and what it lets a client do.
public struct HTTPServerConfiguration: Sendable {
  public var host: String
  /// 0 takes any free port.
  public var port: Int
  public var limits = Limits()
  public var deadlines = Deadlines()

  public init(host: String = "127.0.0.1", port: Int = 0) { (self.host, self.port) = (host, port) }

  public struct Limits: Sendable {
    /// Bytes of a request line with its headers, and of trailers; more is answered 431.
    public var head = 16 << 10
    /// Bytes of a body; more is answered 413.
    public var body = 256 << 10
    /// Open connections.
    ///
    /// When they are all taken, a new one takes the place of the oldest that has not sent a whole
    /// request yet; where each has, the new one is closed.
    public var connections = 512
    /// Requests of one connection that wait for their answers; the next ones are not read.
    public var pipelined = 16

    public init() {}
  }

  /// In milliseconds.
  public struct Deadlines: Sendable {
    /// From the first byte of a request, or from the connection, until its head is there.
    public var head: Int64 = 5_000
    /// From the first byte of a request until its body is there.
    public var request: Int64 = 10_000
    /// How long a connection may stay open between requests.
    public var idle: Int64 = 30_000
    /// How long the handler may take; then the client gets a 503.
    public var answer: Int64 = 30_000
    /// How long the rest of a refused request is read, so that the client can read why.
    public var linger: Int64 = 1_000

    public init() {}
  }
}

/// Why a server does not listen.
public struct HTTPServerError: Error, Equatable, Sendable {
  public let reason: String

  public init(_ reason: String) { self.reason = reason }
}
