import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// Hooks and the script at the store.
struct HookRegistrationTests {
  private static let address = "https://shop.example.com/hooks/bigcommerce"
  private static let secret = "hook-secret"

  private static func hook(
    _ id: Int, _ scope: String, active: Bool = true, secret: String = Self.secret,
    address: String = Self.address
  ) -> String {
    """
    {"id": \(id), "client_id": "c", "store_hash": "abc123", "scope": "\(scope)",
     "destination": "\(address)", "headers": {"x-cartio-secret": "\(secret)"},
     "is_active": \(active), "created_at": 1, "updated_at": 1}
    """
  }

  private static func list(_ items: [String], page: Int = 1, of pages: Int = 1) -> String {
    """
    {"data": [\(items.joined(separator: ","))],
     "meta": {"pagination": {"total_pages": \(pages), "current_page": \(page)}}}
    """
  }

  @Test(
    "Hooks are listed over all pages, then created, kept, revived or given the secret, and read back"
  )
  func register() throws {
    let kept = Self.hook(1, "store/cart/*")
    let server = ScriptedServer { request in
      let path = ScriptedServer.path(request)
      switch (request.method, path) {
      case ("GET", "v3/hooks") where request.url.contains("page=1"):
        return ScriptedServer.ok(
          Self.list(
            [Self.hook(9, "store/cart/*", address: "https://other.example/x"), kept], of: 2))
      case ("GET", "v3/hooks"):
        return ScriptedServer.ok(
          Self.list(
            [
              Self.hook(2, "store/order/*", active: false),
              Self.hook(3, "store/product/*", secret: "old"),
            ], page: 2, of: 2))
      case ("POST", "v3/hooks"):
        return ScriptedServer.ok("{\"data\": \(Self.hook(4, "store/customer/*"))}")
      case (_, "v3/hooks/2"):
        return ScriptedServer.ok("{\"data\": \(Self.hook(2, "store/order/*"))}")
      case (_, "v3/hooks/3"):
        return ScriptedServer.ok("{\"data\": \(Self.hook(3, "store/product/*"))}")
      case (_, "v3/hooks/4"):
        return ScriptedServer.ok("{\"data\": \(Self.hook(4, "store/customer/*"))}")
      default: return HTTPResponse(404)
      }
    }
    let done = try StoreHooks(server.client()).register(
      Self.address, secret: Self.secret, scopes: StoreHooks.scopes + ["store/customer/*"])
    #expect(done.map(\.1) == [.kept, .revived, .updated, .created])
    #expect(
      server.requests == [
        "GET v3/hooks?limit=250&page=1", "GET v3/hooks?limit=250&page=2", "PUT v3/hooks/2",
        "GET v3/hooks/2", "PUT v3/hooks/3", "GET v3/hooks/3", "POST v3/hooks", "GET v3/hooks/4",
      ])
  }

  @Test("A hook's body has its headers by name")
  func body() throws {
    let server = ScriptedServer { request in
      if request.method == "POST" {
        let text = String(decoding: request.body ?? [], as: UTF8.self)
        let expected =
          "{\"scope\":\"store/cart/*\",\"destination\":\"\(Self.address)\",\"is_active\":true,"
          + "\"headers\":{\"X-Cartio-Secret\":\"hook-secret\"}}"
        #expect(text == expected)
        #expect(request.headers.contains { $0 == ("Content-Type", "application/json") })
      }
      return ScriptedServer.ok(
        request.url.contains("?")
          ? Self.list([]) : "{\"data\": \(Self.hook(7, "store/cart/*"))}")
    }
    let done = try StoreHooks(server.client()).register(
      Self.address, secret: Self.secret, scopes: ["store/cart/*"])
    #expect(done.map(\.1) == [.created])
  }

  @Test("A store that keeps a hook otherwise, or refuses it, is an error with its words")
  func refused() throws {
    let bent = ScriptedServer { request in
      ScriptedServer.ok(
        request.url.contains("?")
          ? Self.list([]) : "{\"data\": \(Self.hook(7, "store/cart/*", secret: "?"))}")
    }
    let error = storeError {
      _ = try StoreHooks(bent.client()).register(Self.address, secret: Self.secret)
    }
    #expect(error?.code == .garbled)
    let refusing = ScriptedServer { request in
      request.method == "GET"
        ? ScriptedServer.ok(Self.list([]))
        : ScriptedServer.ok(#"{"status": 422, "title": "Destination is not reachable"}"#, 422)
    }
    let other = storeError {
      _ = try StoreHooks(refusing.client()).register(Self.address, secret: Self.secret)
    }
    #expect(
      other
        == StorefrontError(.unsupported, "hook store/cart/*: 422 'Destination is not reachable'"))
    for address in ["http://shop.example.com/x", "https://shop.example.com:8443/x", "shop.example"]
    {
      let error = storeError {
        _ = try StoreHooks(refusing.client()).register(address, secret: Self.secret)
      }
      #expect(error?.code == .unsupported && error?.message.contains("port 443") == true)
    }
  }

  @Test("Only our hooks are taken away, and no text of one shows its secret")
  func remove() throws {
    let server = ScriptedServer { request in
      request.method == "DELETE"
        ? HTTPResponse(204)
        : ScriptedServer.ok(
          Self.list([
            Self.hook(1, "store/cart/*"), Self.hook(2, "store/order/*", address: "https://b.c/x"),
          ]))
    }
    let hooks = StoreHooks(try server.client())
    #expect(!"\(try hooks.list())".contains(Self.secret))
    #expect(!String(reflecting: try hooks.list()).contains(Self.secret))
    #expect(try hooks.remove(Self.address) == 1)
    #expect(server.requests.last == "DELETE v3/hooks/1")
  }

  // MARK: The script

  private static func script(
    _ consent: String, address: String = "https://shop.example.com/beacon.js"
  )
    -> String
  {
    """
    {"name": "Cartio", "uuid": "\(cartID(5))", "src": "\(address)", "kind": "src", "enabled": true,
     "visibility": "storefront", "consent_category": "\(consent)"}
    """
  }

  @Test(
    "The script is created with its consent category, corrected, or kept",
    arguments: [
      ([], BeaconScript.Outcome.created, "POST v3/content/scripts"),
      ([Self.script("analytics")], .kept, "GET v3/content/scripts?limit=250&page=1"),
      ([Self.script("unknown")], .updated, "PUT v3/content/scripts/\(cartID(5))"),
      (
        [Self.script("analytics", address: "https://old.example.com/beacon.js")], .updated,
        "PUT v3/content/scripts/\(cartID(5))"
      ),
    ])
  func registerScript(known: [String], outcome: BeaconScript.Outcome, last: String) throws {
    let server = ScriptedServer { _ in ScriptedServer.ok(Self.list(known)) }
    let done = try BeaconScript(server.client()).register(
      "https://shop.example.com/beacon.js", consent: .analytics)
    #expect(done == outcome && server.requests.last == last)
    guard outcome != .kept else { return }
    let body = String(decoding: server.last?.body ?? [], as: UTF8.self)
    #expect(body.contains("\"consent_category\":\"analytics\""))
    #expect(body.contains("\"src\":\"https://shop.example.com/beacon.js\""))
  }
}
