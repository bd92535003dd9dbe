import Glibc
import HTTPServing
import Synchronization

/// A server that answers with what it got.
final class ServerFixture {
  let server: HTTPServer
  let port: Int

  init(
    _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping HTTPServer.Handler = ServerFixture.echo
  ) throws {
    var configuration = HTTPServerConfiguration()
    configuration.deadlines.linger = 100
    change(&configuration)
    server = HTTPServer(configuration, handler: handler)
    port = try server.start()
  }

  static func with(_ handler: @escaping HTTPServer.Handler) throws -> ServerFixture {
    try ServerFixture(handler: handler)
  }

  deinit { server.stop(within: 1_000) }

  /// The text of a request that ends its connection.
  static func last(_ line: String, headers: String = "", body: String = "") -> String {
    "\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)\r\n\(body)"
  }

  func answer(_ text: String) -> String {
    let client = RawClient(port)
    client.send(text)
    return client.readAll()
  }

  static let echo: HTTPServer.Handler = { request, responder in
    let body = String(decoding: request.body.prefix(50), as: UTF8.self)
    responder.respond(
      HTTPServerResponse(
        200,
        text: "\(request.method) \(request.path) \(request.query) \(request.body.count) \(body)"))
  }
}

/// Requests whose answers a test gives when it wants.
final class Waiting: Sendable {
  private let taken = Mutex<[(path: String, responder: HTTPResponder)]>([])

  var handler: HTTPServer.Handler {
    { request, responder in self.taken.withLock { $0.append((request.path, responder)) } }
  }

  var paths: [String] { taken.withLock { $0.map(\.path) } }

  func answer(_ path: String) {
    let found = taken.withLock { taken in
      let found = taken.first { $0.path == path }
      taken.removeAll { $0.path == path }
      return found
    }
    found?.responder.respond(HTTPServerResponse(200, text: "of \(path)"))
  }

  /// Forgets them without an answer.
  func forget() { taken.withLock { $0 = [] } }

  /// Waits for the server's thread.
  func wait(for count: Int) { while taken.withLock({ $0.count }) < count { sched_yield() } }
}
