import Dispatch
import HTTPServing
import Testing

/// Many connections, and the end of a server.
struct ConnectionTests {
  @Test("Connections that send nothing make room for one that does")
  func room() throws {
    let fixture = try ServerFixture { $0.limits.connections = 20 }
    let known = RawClient(fixture.port)
    known.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(known.read(until: "/1").status == 200)
    let silent = (0..<100).map { _ in RawClient(fixture.port) }
    for client in silent { client.send("GET") }
    #expect(fixture.answer(ServerFixture.last("GET /2")).status == 200)
    // Who was served before stays.
    known.send(ServerFixture.last("GET /3"))
    #expect(known.readAll().status == 200)
    #expect(fixture.server.connections <= 20)
  }

  @Test("Connections that are in use stay, and a new one is closed")
  func full() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture({ $0.limits.connections = 3 }, handler: waiting.handler)
    let clients = (0..<3).map { _ in RawClient(fixture.port) }
    for (index, client) in clients.enumerated() {
      client.send("GET /\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
    }
    waiting.wait(for: 3)
    let late = RawClient(fixture.port)
    late.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(late.readAll().isEmpty)
    for (index, client) in clients.enumerated() {
      waiting.answer("/\(index)")
      #expect(client.read(until: "of /").contains("of /\(index)"))
    }
  }

  @Test("A stop lets a request end that was taken, and closes the others")
  func stop() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let (taken, idle, half) = (
      RawClient(fixture.port), RawClient(fixture.port), RawClient(fixture.port)
    )
    taken.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    idle.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
    half.send(
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\nPOST /4 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
    waiting.wait(for: 3)
    waiting.answer("/2")
    #expect(idle.read(until: "of /2").status == 200)
    let ended = DispatchSemaphore(value: 0)
    let server = fixture.server
    let result = Found()
    DispatchQueue.global().async {
      result.value = server.stop(within: 10_000)
      ended.signal()
    }
    // It stands first, so the stop has begun when it is closed.
    #expect(idle.readAll().isEmpty)
    waiting.answer("/1")
    let text = taken.readAll()
    #expect(text.hasSuffix("of /1"))
    #expect(text.contains("connection: close"))
    waiting.answer("/3")
    half.send("b")
    waiting.wait(for: 1)
    waiting.answer("/4")
    #expect(half.readAll().statuses == [200, 200])
    ended.wait()
    #expect(result.value == true)
    let late = RawClient(fixture.port)
    late.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(late.readAll().isEmpty)
  }

  @Test("A stop does not wait longer than it was told")
  func bounded() throws {
    let waiting = Waiting()
    let fixture = try ServerFixture(handler: waiting.handler)
    let client = RawClient(fixture.port)
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    waiting.wait(for: 1)
    #expect(!fixture.server.stop(within: 20))
    #expect(client.readAll().isEmpty)
    waiting.answer("/1")
    #expect(fixture.server.stop())
  }
}

/// What another thread found.
private final class Found: @unchecked Sendable { var value: Bool? }
