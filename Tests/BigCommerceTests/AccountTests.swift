import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// What the store says of itself and of our token.
struct AccountTests {
  private func account(_ bodies: [String: String]) throws -> StoreAccount {
    StoreAccount(try ScriptedServer(bodies).client())
  }

  @Test("The store's name, currency, time zone and plan are read")
  func information() throws {
    let account = try account([
      "v2/store": """
      {"id": "abc123", "name": "Tea", "currency": "EUR", "timezone": {"name": "Europe/Berlin"},
       "plan_name": "Plus", "secure_url": "https://tea.example", "is_price_entered_with_tax": true,
       "weight_units": "KGS"}
      """
    ])
    #expect(
      try account.information()
        == StoreAccount.Information(
          name: "Tea", currency: "EUR", timeZone: "Europe/Berlin", plan: "Plus",
          address: "https://tea.example", pricesIncludeTax: true, weightUnit: "KGS"))
    let other = try self.account(["v2/store": "{\"id\": \"other\"}"])
    #expect(storeError { _ = try other.information() }?.code == .garbled)
  }

  @Test("Currencies have the store's decimals")
  func currencies() throws {
    let account = try account([
      "v2/currencies": """
      [{"currency_code": "EUR", "decimal_places": 0, "is_default": true, "is_transactional": true},
       {"currency_code": "JPY", "decimal_places": "2", "is_transactional": false}, {}]
      """
    ])
    #expect(
      try account.currencies() == [
        .init(code: "EUR", decimals: 0, isDefault: true, isTransactional: true),
        .init(code: "JPY", decimals: 2, isDefault: false, isTransactional: false),
      ])
  }

  @Test("The drift is that of the middle of the question")
  func drift() throws {
    let seconds = ScriptedServer.start.milliseconds / 1000 - 90
    let account = try account(["v2/time": "{\"time\": \(seconds)}"])
    #expect(try account.drift() == Span(milliseconds: 89_500))
    let odd = try self.account(["v2/time": "{\"time\": \"soon\"}"])
    #expect(storeError { _ = try odd.drift() }?.code == .garbled)
  }

  @Test("Channels and the store's own reminders are read")
  func channels() throws {
    let account = try account([
      "v3/channels": """
      {"data": [{"id": 1, "name": "Tea", "platform": "bigcommerce", "type": "storefront",
        "status": "active"}, {"id": 2, "name": "Old", "platform": "catalyst", "status": "archived"}]}
      """,
      "v3/abandoned-carts/settings": "{\"data\": {\"enable_notification\": true}}",
    ])
    let channels = try account.channels()
    #expect(channels.map(\.id) == [1, 2] && channels.map(\.isActive) == [true, false])
    #expect(try account.sendsReminders())
  }

  @Test("Each permission is asked for by a request that changes nothing")
  func permissions() throws {
    let server = ScriptedServer { request in
      let path = ScriptedServer.path(request)
      if path.hasPrefix("v3/c") && path.contains("-0000-") { return HTTPResponse(404) }
      if path == "v3/customers" { return HTTPResponse(403) }
      if path == "v3/channels" { return HTTPResponse(500) }
      return ScriptedServer.ok("[]")
    }
    let found = try StoreAccount(server.client()).permissions()
    #expect(found.map(\.scope) == StoreScope.allCases)
    for (scope, permission) in found {
      switch scope {
      case .customers: #expect(permission == .missing)
      case .channels:
        #expect(permission == .unknown("store abc123 answered 500 to channels"))
      default: #expect(permission == .granted, "\(scope)")
      }
    }
    #expect(server.requests.allSatisfy { $0.hasPrefix("GET ") })
    let dead = ScriptedServer { _ in HTTPResponse(401) }
    let error = storeError { _ = try StoreAccount(dead.client()).permissions() }
    #expect(error?.code == .unauthorized && dead.requests.count == 1)
  }
}
