import CartModel
import CartSync
import HTTPServing
import Testing

@testable import cartio_serve

/// What visitors and the store send to the service.
struct WebTests {
  @Test(
    "A report of the script is read; what it does not send is refused",
    arguments: [
      (#"{"cart":"8F3A-01","session":"0123456789abcdef"}"#, true),
      (#"{"cart":"8f3a-01"}"#, true), (#"{"cart":"8f3a-01","session":""}"#, true),
      (#"{"cart":""}"#, false), (#"{"cart":"a b"}"#, false), (#"{"cart":5}"#, false),
      (#"{"session":"0123456789abcdef"}"#, false), (#"{"cart":"a","session":"<script>"}"#, false),
      ("", false), ("[", false), (String(repeating: " ", count: 1_025) + #"{"cart":"a"}"#, false),
    ])
  func report(body: String, isTaken: Bool) {
    #expect((BeaconMessage(Array(body.utf8)) != nil) == isTaken)
  }

  @Test("A report has the connection's address and browser, and nothing else")
  func fields() throws {
    let message = try #require(
      BeaconMessage(Array(#"{"cart":"8F3A","session":"s1234567","email":"a@example.com"}"#.utf8)))
    let report = message.report(
      ip: "203.0.113.7", browser: String(repeating: "é", count: 400),
      at: Timestamp(milliseconds: 5))
    #expect(report.cart == "8f3a")
    #expect(report.fields[.ip] == "203.0.113.7" && report.fields[.session] == "s1234567")
    #expect(report.fields[.browser]?.unicodeScalars.count == 300)
    #expect(report.fields.count == 3)
  }

  @Test(
    "The client is the last address that no trusted proxy has",
    arguments: [
      ("198.51.100.9", "203.0.113.7", "198.51.100.9"), ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
      ("127.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"),
      ("127.0.0.1", "203.0.113.7, 192.0.2.1", "203.0.113.7"),
      ("::1", "[2001:db8::1]:443", "2001:db8::1"), ("127.0.0.1", "203.0.113.7:5555", "203.0.113.7"),
      ("127.0.0.1", "", "127.0.0.1"),
    ])
  func client(peer: String, forwarded: String, client: String) {
    let proxies = TrustedProxies(addresses: ["192.0.2.1"])
    #expect(proxies.client(peer: peer, forwarded: forwarded) == client)
    #expect(proxies.client(peer: peer, forwarded: nil) == peer)
  }

  @Test("One visitor, and all together, may report only so often")
  func rate() {
    let rate = RequestRate(perClient: 3, together: 5)
    let start = Timestamp(milliseconds: 1_000_000)
    let first = (0..<5).map { _ in rate.admits("a", at: start) }
    #expect(first == [true, true, true, false, false])
    #expect(rate.admits("b", at: start) && rate.admits("c", at: start))
    #expect(!rate.admits("d", at: start))
    #expect(!rate.admits("a", at: start.advanced(by: 19_000)))
    #expect(rate.admits("a", at: start.advanced(by: 20_001)))
  }

  @Test(
    "An address to listen on has a host and a port",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0),
      ("localhost:80", "localhost", 80),
    ])
  func listening(text: String, host: String, port: Int) throws {
    #expect(try ListenAddress(text) == ListenAddress(host: host, port: port))
  }

  @Test(arguments: ["8080", ":8080", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ""])
  func noAddress(text: String) {
    #expect(throws: ServiceError.self) { try ListenAddress(text) }
  }

  @Test("Metrics escape what others may have made up")
  func metrics() {
    var page = MetricsPage()
    page.add("x", "counter", "Things.", [([("reason", "a\"b\\c\nd")], 3)])
    #expect(
      page.text
        == "# HELP cartio_x Things.\n# TYPE cartio_x counter\ncartio_x{reason=\"a\\\"b\\\\c\\nd\"} 3\n"
    )
  }

  @Test(
    "A public address is HTTPS on port 443; plain HTTP only beside a simulated store",
    arguments: [
      ("https://carts.example.com", false, true),
      ("https://carts.example.com:443/cartio", false, true),
      ("http://carts.example.com", false, false), ("carts.example.com", false, false),
      ("https://", false, false), ("https://carts.example.com:8443", false, false),
      ("https://carts.example.com/?a=1", false, false), ("https://localhost", false, false),
      ("http://127.0.0.1:8080", false, false), ("http://127.0.0.1:8080", true, true),
    ])
  func publicAddress(url: String, isLocal: Bool, isGood: Bool) {
    let isTaken = (try? PublicAddress.check(url, isLocal: isLocal)) != nil
    #expect(isTaken == isGood)
  }
}
