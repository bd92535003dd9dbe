import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// What the client makes of each answer, and what it sends.
@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
  private func error(_ status: Int, _ body: String = "", headers: [(String, String)] = [])
    throws -> StorefrontError?
  {
    let server = ScriptedServer { _ in
      HTTPResponse(status, headers: headers.map { ($0.0, $0.1) }, body: Array(body.utf8))
    }
    let client = try server.client()
    return storeError { _ = try client.get(StoreCall("v3/customers")) }
  }

  @Test(
    "Each answer that says something of the store is an error of its kind",
    arguments: [
      (401, "", .unauthorized, nil), (403, "", .unauthorized, nil),
      (503, "<html>closed</html>", .closed, 5_000), (500, "", .unavailable, 5_000),
      (502, "<html>", .unavailable, 5_000), (404, "<html>", .notFound, nil),
      (200, "<html>hello</html>", .garbled, 60_000), (200, "{\"data\": [", .garbled, 60_000),
      (302, "", .garbled, nil), (422, "{\"title\": \"bad\"}", .unsupported, nil),
    ] as [(Int, String, StorefrontError.Code, Int64?)])
  func codes(status: Int, body: String, code: StorefrontError.Code, retry: Int64?) throws {
    let error = try error(status, body)
    #expect(error?.code == code)
    #expect(error?.retry == retry.map { Span(milliseconds: $0) })
    #expect(error?.message.contains("t0ken") == false)
  }

  @Test("A store that is down is asked less and less often, and after an answer as before")
  func setbacks() throws {
    let status = Mutex(500)
    let server = ScriptedServer { _ in HTTPResponse(status.withLock { $0 }) }
    let client = try server.client()
    func wait() -> Int64? {
      storeError { _ = try client.get(StoreCall("v2/store")) }?.retry?.milliseconds
    }
    #expect((0..<6).map { _ in wait() } == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    status.withLock { $0 = 503 }
    #expect((0..<3).map { _ in wait() } == [300_000, 300_000, 300_000])
    status.withLock { $0 = 204 }
    #expect(wait() == nil)
    status.withLock { $0 = 503 }
    #expect(wait() == 5_000)
  }

  @Test("A missing permission is named as the control panel calls it")
  func scope() throws {
    #expect(
      try error(403)?.message
        == "store abc123 does not let the token use customers: add the scope 'Customers (read-only)' "
        + "(store_v2_customers_read_only)")
  }

  @Test("Both kinds of errors of the store are shown in its words")
  func words() throws {
    let words = try error(422, #"{"status": 422, "title": "Bad \u001b[1m"}"#)?.message ?? ""
    #expect(words.hasPrefix("GET v3/customers: 422 'Bad ") && !words.contains("\u{1b}"))
    #expect(
      try error(400, #"[{"status": 400, "message": "The field is invalid"}]"#)?.message
        == "GET v3/customers: 400 'The field is invalid'")
  }

  @Test("No answer is tried again soon")
  func unanswered() throws {
    for code in [HTTPError.Code.lost, .unreachable] {
      let server = ScriptedServer { _ throws(HTTPError) in throw HTTPError(code, "x: reset") }
      let client = try server.client()
      let error = storeError { _ = try client.get(StoreCall("v2/store")) }
      #expect(error?.code == .unavailable && error?.retry == Span(milliseconds: 5_000))
    }
  }

  @Test("204 and an empty body are no content")
  func empty() throws {
    for (status, body) in [(204, ""), (200, ""), (200, " \n")] {
      let server = ScriptedServer { _ in ScriptedServer.ok(body, status) }
      #expect(try server.client().get(StoreCall("v2/orders")).json == .null)
    }
  }

  @Test("The token is in no text of what holds it")
  func secrecy() throws {
    let client = try ScriptedServer([:]).client()
    for text in ["\(client.access)", String(reflecting: client.access)] {
      #expect(!text.contains("t0ken") && text.contains("abc123"))
    }
    var dumped = ""
    dump(client.access, to: &dumped)
    #expect(!dumped.contains("t0ken"))
  }

  @Test(
    "A hash, token or base that could lead elsewhere is refused",
    arguments: [
      ("ABC", "t", StoreAccess.usualBase), ("a/../b", "t", StoreAccess.usualBase),
      ("", "t", StoreAccess.usualBase), ("abc", "", StoreAccess.usualBase),
      ("abc", "a b", StoreAccess.usualBase), ("abc", "a\nb", StoreAccess.usualBase),
      ("abc", "t", "http://example.com"), ("abc", "t", "https://a.example/?x="),
      ("abc", "t", "ftp://a"), ("abc", "t", ""),
    ])
  func access(hash: String, token: String, base: String) {
    let error = storeError { _ = try StoreAccess(hash: hash, token: token, base: base) }
    #expect(error?.code == .unsupported)
  }

  @Test("A base on this machine may be plain, and its last slash does not matter")
  func loopback() throws {
    let access = try StoreAccess(hash: "abc", token: "t", base: "http://127.0.0.1:8080/")
    var call = StoreCall("v2/orders", query: [("a b", "ü&c"), ("id:in", "1,2")])
    call.method = "HEAD"
    let request = call.request(access)
    #expect(request.url == "http://127.0.0.1:8080/stores/abc/v2/orders?a%20b=%C3%BC%26c&id:in=1,2")
    #expect(StoreCall.part("a/b?c:d") == "a%2Fb%3Fc%3Ad")
  }

  @Test("Never more than three requests are made at once; others wait for a connection")
  func three() async throws {
    let counts = Mutex((now: 0, most: 0))
    let server = ScriptedServer { _ in
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      // Lets others run into it; how long does not matter to the outcome.
      for _ in 0..<2000 { _ = counts.withLock { $0.most } }
      counts.withLock { $0.now -= 1 }
      return HTTPResponse(204)
    }
    let client = try server.client()
    await withTaskGroup { group in
      for _ in 0..<40 { group.addTask { _ = try? client.get(StoreCall("v2/time")) } }
    }
    #expect(server.requests.count == 40)
    #expect(counts.withLock { $0.most } <= 3)
  }
}
