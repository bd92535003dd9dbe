import Glibc
import HTTPServing
import Testing

struct HTTPServerTests {
  @Test("A request arrives with its parts, and is answered")
  func whole() throws {
    let fixture = try ServerFixture.with { request, responder in
      let host = request[header: "HOST"] ?? "-"
      let items = request.queryItems?.map { "\($0.name):\($0.value)" } ?? []
      responder.respond(
        HTTPServerResponse(
          201, headers: [("X-A", "b")],
          body: Array("\(request.segments ?? []) \(items) \(host) \(request.peer)".utf8)))
    }
    let text = fixture.answer(ServerFixture.last("GET /a%20b/c?x=1&y=%C3%A4+z"))
    #expect(text.hasPrefix("HTTP/1.1 201 Created\r\n"))
    #expect(text.contains("X-A: b\r\n"))
    #expect(text.contains("connection: close\r\n"))
    #expect(text.hasSuffix("\r\n\r\n[\"a b\", \"c\"] [\"x:1\", \"y:ä z\"] x 127.0.0.1"))
  }

  @Test("A connection stays for more requests, and a body goes to its request")
  func keepAlive() throws {
    let fixture = try ServerFixture()
    let client = RawClient(fixture.port)
    client.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
    #expect(client.read(until: "abc").contains("POST /1  3 abc"))
    client.send(
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n")
    #expect(client.read(until: "de").contains("POST /2  2 de"))
    client.send(ServerFixture.last("HEAD /3"))
    let head = client.readAll()
    #expect(head.status == 200)
    #expect(head.contains("content-length: 11\r\n"))
    #expect(head.hasSuffix("\r\n\r\n"))
  }

  @Test("HTTP/1.0 works, and closes by itself")
  func old() throws {
    let fixture = try ServerFixture()
    #expect(fixture.answer("GET / HTTP/1.0\r\n\r\n").status == 200)
    let client = RawClient(fixture.port)
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(client.read(until: "GET /a").contains("connection: keep-alive"))
    client.send("GET /b HTTP/1.0\r\n\r\n")
    #expect(client.readAll().contains("GET /b"))
  }

  @Test("Answers to pipelined requests come in the order of the requests")
  func pipelined() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let client = RawClient(fixture.port)
    client.send((1...9).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
    waiting.wait(for: 9)
    for index in (1...9).reversed() { waiting.answer("/\(index)") }
    let text = client.read(until: "of /9")
    #expect(text.matches(of: /of \/(\d)/).map { String($0.1) }.joined() == "123456789")
  }

  @Test("Thousands of pipelined requests are all answered")
  func manyPipelined() throws {
    let fixture = try ServerFixture()
    let client = RawClient(fixture.port)
    let thread = Array(String(repeating: "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", count: 3_000).utf8)
    client.send(thread)
    client.send(ServerFixture.last("GET /end"))
    let text = client.readAll()
    #expect(text.statuses == Array(repeating: 200, count: 3_001))
    #expect(text.contains("GET /end"))
  }

  @Test("A client may ask before it sends a body")
  func expects() throws {
    let fixture = try ServerFixture()
    let client = RawClient(fixture.port)
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(client.read(until: "\r\n\r\n").status == 100)
    client.send("ab")
    #expect(client.read(until: "ab").status == 200)
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n")
    #expect(client.readAll().status == 417)
  }

  @Test("Who sends no more can still read the answer")
  func halfClosed() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let client = RawClient(fixture.port)
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    client.endOutput()
    waiting.wait(for: 1)
    waiting.answer("/1")
    #expect(client.readAll().hasSuffix("of /1"))
  }

  @Test("A responder that is forgotten answers 500, and a second answer is none")
  func forgotten() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let client = RawClient(fixture.port)
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    waiting.wait(for: 1)
    waiting.forget()
    #expect(client.read(until: "\r\n\r\n").status == 500)

    let twice = try ServerFixture.with { _, responder in
      responder.respond(HTTPServerResponse(200))
      responder.respond(HTTPServerResponse(404))
    }
    #expect(twice.answer(ServerFixture.last("GET /")).statuses == [200])
  }

  @Test("A connection can be dropped without an answer")
  func dropped() throws {
    let fixture = try ServerFixture.with { _, responder in responder.drop() }
    #expect(fixture.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n").isEmpty)
  }

  @Test("A large answer arrives whole before the connection closes")
  func large() throws {
    let fixture = try ServerFixture.with { _, responder in
      responder.respond(HTTPServerResponse(200, body: Array(repeating: 65, count: 8_000_000)))
    }
    #expect(fixture.answer(ServerFixture.last("GET /")).utf8.count > 8_000_000)
  }

  @Test("A taken port is said")
  func taken() throws {
    let fixture = try ServerFixture()
    let port = fixture.port
    #expect(throws: HTTPServerError.self) { try ServerFixture { $0.port = port } }
  }
}
