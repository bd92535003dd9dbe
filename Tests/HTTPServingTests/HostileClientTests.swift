import HTTPServing
import Testing

/// What clients send that do not want to be served.
struct HostileClientTests {
  @Test(
    "What is no request is answered 400",
    arguments: [
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      "GET x HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func garbage(text: String) throws {
    let fixture = try ServerFixture()
    #expect(fixture.answer(text).statuses == [400])
    #expect(fixture.answer(ServerFixture.last("GET /")).status == 200)
  }

  @Test("A head over the limit is answered 431, and no more of it is kept")
  func longHead() throws {
    let fixture = try ServerFixture()
    let value = String(repeating: "a", count: 100_000)
    #expect(fixture.answer("GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\n\r\n").status == 431)
    #expect(fixture.answer("GET /\(value) HTTP/1.1\r\nHost: x\r\n\r\n").status == 431)
    let many = (1...6_000).map { "X\($0): \($0)\r\n" }.joined()
    #expect(fixture.answer("GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n").status == 431)
    let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(fixture.answer(chunked + "0\r\n" + many + "\r\n").status == 431)
    let short = String(repeating: "a", count: 15_000)
    let last = ServerFixture.last("GET /", headers: "X: \(short)\r\n")
    #expect(fixture.answer(last).status == 200)
  }

  @Test("The limit counts each request by itself")
  func headOfEach() throws {
    let fixture = try ServerFixture { $0.limits.head = 400 }
    let value = String(repeating: "a", count: 300)
    let one = "GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\n\r\n"
    let text = fixture.answer(
      one + one + one + "GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\(value)\r\n\r\n")
    #expect(text.statuses == [200, 200, 200, 431])
  }

  @Test("A body over the limit is answered 413, announced or not")
  func longBody() throws {
    let fixture = try ServerFixture { $0.limits.body = 1_000 }
    let body = String(repeating: "a", count: 1_001)
    let announced = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n\(body)"
    #expect(fixture.answer(announced).statuses == [413])
    let chunked =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n\(body)\r\n0\r\n\r\n"
    #expect(fixture.answer(chunked).statuses == [413])
    let asking =
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n"
    #expect(fixture.answer(asking).statuses == [413])
    let last = ServerFixture.last(
      "POST /", headers: "Content-Length: 1000\r\n", body: String(body.dropLast()))
    #expect(fixture.answer(last).status == 200)
  }

  @Test("A refused request leaves the answers before it")
  func behind() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let client = RawClient(fixture.port)
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nhello\r\n\r\n")
    waiting.wait(for: 1)
    waiting.answer("/1")
    #expect(client.readAll().statuses == [200, 400])
  }

  @Test("Who sends a head too slowly is closed, and so is who sends nothing or half a body")
  func slow() throws {
    let fixture = try ServerFixture {
      $0.deadlines.head = 60
      $0.deadlines.request = 120
      $0.deadlines.idle = 60
    }
    let (loris, silent, half) = (
      RawClient(fixture.port), RawClient(fixture.port), RawClient(fixture.port)
    )
    loris.send("GET / HTTP/1.1\r\nHost: x\r\nX: ")
    half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
    let idle = RawClient(fixture.port)
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(idle.readAll().statuses == [200])
    #expect(loris.readAll().statuses == [408])
    #expect(silent.readAll().statuses == [408])
    #expect(half.readAll().statuses == [408])
  }

  @Test("A byte now and then does not prolong the time for a head")
  func drip() throws {
    let fixture = try ServerFixture {
      $0.deadlines.head = 60
      $0.deadlines.linger = 20
    }
    let client = RawClient(fixture.port)
    client.send("GET / HTTP/1.1\r\n")
    let clock = ContinuousClock()
    let start = clock.now
    while client.send("X"), clock.now - start < .seconds(10) {}
    #expect(client.readAll().status.map { [408, 431].contains($0) } != false)
    #expect(clock.now - start < .seconds(10))
  }

  @Test("A handler that does not answer is answered for")
  func silentHandler() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture({ $0.deadlines.answer = 50 }, handler: waiting.handler)
    #expect(fixture.answer("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n").status == 503)
    waiting.answer("/1")
  }

  @Test("Bytes of another protocol behind an upgrade are not read as requests")
  func upgrade() throws {
    let fixture = try ServerFixture()
    let text = fixture.answer(
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
    )
    #expect(text.statuses == [200])
    #expect(fixture.answer("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n").statuses.count == 1)
  }
}
