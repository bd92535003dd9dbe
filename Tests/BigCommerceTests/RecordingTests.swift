import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// Traffic as it is written down, and what answers from it.
struct RecordingTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
    var text: String { all.withLock { $0.joined(separator: "\n") } }
  }

  private static let address = """
    "billing_address": {"first_name": "Jane", "last_name": "Doe", "email": "jane@example.com",
      "company": "Tea Ltd", "address1": "1 Main St", "city": "Austin", "state_or_province": "Texas",
      "country_code": "US", "postal_code": "78701", "phone": "5550199"},
    "consignments": [],
    """

  private func client(_ transport: @escaping () -> any HTTPTransport) throws -> StoreClient {
    StoreClient(
      try StoreAccess(hash: "abc123", token: "t0ken"), try Quota(share: 100),
      now: { ScriptedServer.start }, transport: transport)
  }

  private final class Fixed: HTTPTransport {
    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
      let rest = SampleCheckout.usual.replacing(
        "\"billing_address\": {}, \"consignments\": [],", with: "")
      if request.url.contains("/checkouts/") {
        return ScriptedServer.ok(SampleCheckout.json(more: address + rest), left: 9)
      }
      if request.url.contains("/customers") { throw HTTPError(.lost, "reset") }
      return HTTPResponse(
        502, headers: [("Set-Cookie", "session")], body: Array("<p>Hello Jane</p>".utf8))
    }
  }

  @Test("No person, secret or store is in a recording, and it still hangs together")
  func scrubbed() throws {
    let lines = Lines()
    let recording = TrafficRecording { line in lines.all.withLock { $0.append(line) } }
    let client = try client { recording.transport(Fixed()) }
    let seen = try client.get(StoreCall("v3/checkouts/\(cartID(1))", query: [("include", "a.b")]))
    #expect(seen.data["billing_address"]?.text("first_name") == "Jane")
    _ = storeError { _ = try client.get(StoreCall("v2/orders", query: [("cart_id", cartID(1))])) }
    _ = storeError { _ = try client.get(StoreCall("v3/customers", query: [("email:in", "a@b.c")])) }
    _ = storeError {
      _ = try client.send(
        StoreCall("POST", "v3/hooks") { body in
          body.object("headers") { $0.string("X-Cartio-Secret", "hush") }
        })
    }
    let text = lines.text
    for word in [
      "Jane", "Doe", "jane@", "Tea Ltd", "Main", "Austin", "Texas", "78701", "5550199", "t0ken",
      "abc123", "hush", "For Mum", "a@b.c", "session", cartID(1), "Assam", "111",
    ] {
      #expect(!text.contains(word), "\(word)")
    }
    for word in ["\"EUR\"", "23.35", "2025-11-30T09:30:00+00:00", "x-rate-limit-requests-left"] {
      #expect(text.contains(word), "\(word)")
    }
    let all = lines.all.withLock { $0 }
    #expect(all.count == 4)
    let cart = try #require(try JSONParser.parse(all[0])["response"]?["data"]?.text("id"))
    #expect(all[0].contains("\"path\":\"v3/checkouts/\(cart)?include=a.b\""))
    #expect(all[1].contains("\"path\":\"v2/orders?cart_id=\(cart)\""))
    #expect(all[1].contains("\"response_bytes\":17"))
    #expect(all[2].contains("\"failure\":\"lost\""))
  }

  @Test("A recording answers as the store did")
  func replay() throws {
    let lines = Lines()
    let recording = TrafficRecording { line in lines.all.withLock { $0.append(line) } }
    let first = try client { recording.transport(Fixed()) }
    let call = StoreCall(
      "v3/checkouts/\(cartID(1))", query: [("include", BigCommerceStorefront.include)])
    _ = try first.get(call)
    _ = storeError { _ = try first.get(StoreCall("v3/customers")) }
    let replay = try TrafficReplay(lines.text)
    let again = try client { replay.transport() }
    let id = try #require(
      try JSONParser.parse(lines.all.withLock { $0[0] })["response"]?["data"]?.text("id"))
    let store = BigCommerceStorefront(again, lastUpdate: { _ in nil })
    guard case .cart(let cart) = try store.look(id) else {
      Issue.record("gone")
      return
    }
    #expect(cart.version == 7 && cart.lines.first?.quantity == 2)
    #expect(cart.totals.total == (try decimal("23.35")))
    #expect(storeError { _ = try again.get(StoreCall("v3/customers")) }?.code == .unavailable)
    #expect(storeError { _ = try again.get(StoreCall("v2/store")) }?.code == .notFound)
    #expect(throws: SupportError.self) { try TrafficReplay("{}\n{") }
  }
}
