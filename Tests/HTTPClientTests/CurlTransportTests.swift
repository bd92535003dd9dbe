import HTTPClient
import Synchronization
import Testing

/// Requests and answers over a real connection to this machine.
@Suite(.timeLimit(.minutes(1)))
struct CurlTransportTests {
  private static func answer(_ body: String, _ status: String = "200 OK", _ headers: String = "")
    -> String
  {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }

  private func text(_ response: HTTPResponse) -> String {
    String(decoding: response.body, as: UTF8.self)
  }

  @Test("Reading requests share a connection, and their headers arrive as they were given")
  func keepAlive() throws {
    let server = SocketServer { _ in Self.answer("{}", "200 OK", "X-Left:  7 \r\nx-left: 8\r\n") }
    let transport = CurlTransport()
    for path in ["/a?x=1", "/b"] {
      let response = try transport.send(
        HTTPRequest("GET", server.url + path, headers: [("X-Auth-Token", "t0"), ("X-Empty", "")]))
      #expect(response.status == 200 && text(response) == "{}")
      #expect(response[header: "X-LEFT"] == "8")
      #expect(response.headers.first { $0.name == "X-Left" }?.value == "7")
    }
    let requests = server.requests
    #expect(requests.map(\.line) == ["GET /a?x=1 HTTP/1.1", "GET /b HTTP/1.1"])
    #expect(requests.map(\.connection) == [1, 1])
    #expect(requests[0].header("x-auth-token") == "t0")
    #expect(requests[0].header("x-empty") == "")
    #expect(requests[0].header("content-type") == nil)
  }

  @Test(
    "Each method is sent with its body, and with a length where it needs one",
    arguments: [
      ("POST", "{\"a\":1}"), ("PUT", ""), ("DELETE", "{\"version\":3}"), ("PATCH", "x"),
    ])
  func bodies(method: String, body: String) throws {
    let server = SocketServer { _ in Self.answer("", "201 Created") }
    let response = try CurlTransport().send(
      HTTPRequest(
        method, server.url + "/c", headers: [("Content-Type", "application/json")],
        body: body.isEmpty ? nil : Array(body.utf8)))
    #expect(response.status == 201)
    let request = try #require(server.requests.first)
    #expect(request.line == "\(method) /c HTTP/1.1")
    #expect(request.body == Array(body.utf8))
    #expect(request.header("content-length") == String(body.utf8.count))
    #expect(request.header("content-type") == "application/json")
    #expect(request.header("expect") == nil)
  }

  @Test("HEAD has no body, and 204 has none either")
  func bodiless() throws {
    let server = SocketServer { request in
      request.line.hasPrefix("HEAD")
        ? "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nX-A: b\r\n\r\n" : "HTTP/1.1 204 Gone\r\n\r\n"
    }
    let transport = CurlTransport()
    let head = try transport.send(HTTPRequest("HEAD", server.url + "/"))
    #expect(head.status == 200 && head.body.isEmpty && head[header: "x-a"] == "b")
    #expect(try transport.send(HTTPRequest("GET", server.url + "/")).status == 204)
  }

  @Test("A redirect is an answer and is not followed; interim answers are not seen")
  func redirect() throws {
    let server = SocketServer { _ in
      "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n"
        + Self.answer("", "302 Found", "Location: http://127.0.0.1:1/\r\n")
    }
    let response = try CurlTransport().send(HTTPRequest("GET", server.url + "/"))
    #expect(response.status == 302 && response[header: "x-early"] == nil)
    #expect(response[header: "location"] == "http://127.0.0.1:1/")
  }

  @Test("A request that may change something is never sent twice, even over a connection that died")
  func neverTwice() throws {
    let server = SocketServer { request in
      request.line.hasPrefix("POST") ? nil : Self.answer("{}")
    }
    let transport = CurlTransport()
    _ = try transport.send(HTTPRequest("GET", server.url + "/"))
    let error = #expect(throws: HTTPError.self) {
      try transport.send(HTTPRequest("POST", server.url + "/orders", body: []))
    }
    #expect(error?.code == .lost)
    #expect(server.requests.map(\.line).filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test("What was cut off or comes too late is lost")
  func lost() throws {
    let server = SocketServer { request in
      request.line.contains("/short")
        ? "HTTP/1.1 200 OK\r\nContent-Length: 90\r\nConnection: close\r\n\r\nabc" : ""
    }
    let transport = CurlTransport()
    let late = #expect(throws: HTTPError.self) {
      try transport.send(HTTPRequest("GET", server.url + "/late", deadline: 80))
    }
    #expect(late?.code == .lost)
    let short = #expect(throws: HTTPError.self) {
      try transport.send(HTTPRequest("GET", server.url + "/short", deadline: 300))
    }
    #expect(short?.code == .lost)
  }

  @Test("Where no connection is made, nothing was sent")
  func unreachable() throws {
    let port = SocketServer { _ in nil }.port
    let error = #expect(throws: HTTPError.self) {
      try CurlTransport().send(HTTPRequest("POST", "http://127.0.0.1:\(port)/", body: []))
    }
    #expect(error?.code == .unreachable)
    #expect(error?.message.hasPrefix("127.0.0.1: ") == true)
    // No certificate: HTTPS is spoken to a server that does not.
    let plain = SocketServer { _ in Self.answer("") }
    let other = #expect(throws: HTTPError.self) {
      try CurlTransport().send(
        HTTPRequest("GET", "https://127.0.0.1:\(plain.port)/", deadline: 500))
    }
    #expect(other?.code == .unreachable)
    #expect(plain.requests.isEmpty)
  }

  @Test("An answer above the limit is refused, whether or not it says its length")
  func tooLarge() throws {
    let server = SocketServer { request in
      let body = String(repeating: "x", count: 1001)
      return request.line.contains("/open")
        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n\(body)\r\n0\r\n\r\n"
        : Self.answer(body)
    }
    for path in ["/open", "/"] {
      let error = #expect(throws: HTTPError.self) {
        try CurlTransport(limit: 1000).send(HTTPRequest("GET", server.url + path))
      }
      #expect(error == HTTPError(.tooLarge, "127.0.0.1: the answer has more than 1000 bytes"))
      let whole = try CurlTransport(limit: 1001).send(HTTPRequest("GET", server.url + path))
      #expect(whole.body.count == 1001)
    }
  }

  @Test("A stop ends a request that waits")
  func stop() throws {
    let server = SocketServer { _ in "" }
    let error = #expect(throws: HTTPError.self) {
      try CurlTransport(isStopped: { true }).send(HTTPRequest("GET", server.url + "/"))
    }
    #expect(error?.code == .lost || error?.code == .unreachable)
  }

  @Test(
    "Only HTTPS, and plain HTTP of this machine, is asked",
    arguments: [
      "http://example.com/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/",
      "http://user:pass@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "", "/v3/carts",
      "http://localhost.example.com/", "https://token@example.com/",
    ])
  func addresses(url: String) {
    let error = #expect(throws: HTTPError.self) {
      try CurlTransport().send(HTTPRequest("GET", url))
    }
    #expect(error?.code == .address, "\(url): \(String(describing: error))")
  }

  @Test(
    "Addresses are read as they are asked",
    arguments: [
      ("https://api.bigcommerce.com/stores/x/v3", false), ("http://127.0.0.1:8080/a", true),
      ("http://localhost/", true), ("http://[::1]:80/", true), ("HTTPS://a.b/", false),
    ])
  func plain(url: String, isPlain: Bool) throws {
    #expect(try HTTPAddress(url).isPlain == isPlain)
  }

  @Test("A header or method that would end its line is refused before anything is sent")
  func injection() throws {
    let server = SocketServer { _ in Self.answer("") }
    for (method, name, value) in [
      ("GET", "X-A", "b\r\nX-C: d"), ("GET", "X-A: b\r\nX-C", "d"),
      ("GET /x HTTP/1.1\r\n", "a", "b"),
    ] {
      let error = #expect(throws: HTTPError.self) {
        try CurlTransport().send(HTTPRequest(method, server.url, headers: [(name, value)]))
      }
      #expect(error?.code == .address)
    }
    #expect(server.requests.isEmpty)
  }
}
