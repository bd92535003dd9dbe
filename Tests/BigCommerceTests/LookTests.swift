import CartEngine
import CartModel
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// A look at a cart of the store.
struct LookTests {
  private let known = Timestamp(milliseconds: ScriptedServer.start.milliseconds - 86_400_000)

  private func store(_ server: ScriptedServer, update: Timestamp?) throws -> BigCommerceStorefront {
    BigCommerceStorefront(try server.client(), lastUpdate: { _ in update })
  }

  private func checkout(_ number: Int = 1) -> String { "v3/checkouts/\(cartID(number))" }

  private func cart(_ seen: Seen) throws -> SeenCart {
    guard case .cart(let cart) = seen else {
      Issue.record("gone: \(seen)")
      throw StorefrontError(.notFound, "gone")
    }
    return cart
  }

  @Test("One request brings the whole cart with its options")
  func whole() throws {
    let server = ScriptedServer([checkout(): SampleCheckout.json()])
    let seen = try cart(try store(server, update: nil).look(cartID(1).uppercased()))
    #expect(
      server.requests == [
        "GET v3/checkouts/\(cartID(1))?include=cart.line_items.physical_items.options,"
          + "cart.line_items.digital_items.options"
      ])
    let request = try #require(server.last)
    #expect(request.url.hasPrefix("https://api.bigcommerce.com/stores/abc123/v3/"))
    #expect(request.headers.contains { $0 == ("X-Auth-Token", "t0ken") })
    #expect(request.body == nil)
    #expect(
      seen.binding
        == Binding(storefront: "bigcommerce", storeID: cartID(1), channel: 2, locale: "de"))
    #expect(seen.version == 7 && seen.currency == .eur && seen.coupons == ["SAVE10"])
    #expect(seen.created == (try Timestamp("2025-11-30T08:00:00Z")))
    #expect(seen.updated == (try Timestamp("2025-11-30T09:30:00Z")))
    let line = try #require(seen.lines.first)
    #expect(line.id == "l1" && line.sku == "TEA-ASSAM-100" && line.quantity == 2)
    #expect(line.price == (try decimal("7.9")) && line.name == "Assam, 100 g")
    #expect(
      line.options == [
        .init(name: "Engraving", value: "For Mum"), .init(name: "Tin", value: "red"),
      ])
    #expect(
      line.facts
        == LineFacts(
          product: "111", variant: "77",
          choices: [.init(option: "8", value: "For Mum"), .init(option: "9", value: "4")]))
  }

  @Test(
    "What is no UUID never becomes part of an address",
    arguments: ["", "1", "../orders", "76f1bfe4-dbbe-4018-8ee6-00000000000/", cartID(1) + "?a=b"])
  func noUUID(id: String) throws {
    let server = ScriptedServer([:])
    let error = storeError { _ = try store(server, update: nil).look(id) }
    #expect(error?.code == .notFound && error?.message.contains("no id of a cart") == true)
    #expect(server.requests.isEmpty)
  }

  @Test("A cart that is not found and has an order was ordered")
  func ordered() throws {
    let orders = """
      [{"id": 3, "cart_id": "\(cartID(2))", "status_id": 11, "total_inc_tax": "9.0000"},
       {"id": 4, "cart_id": "\(cartID(1))", "status_id": 0, "total_inc_tax": "23.3500"},
       {"id": 5, "cart_id": "\(cartID(1))", "status_id": 11, "total_inc_tax": "23.3500"}]
      """
    let server = ScriptedServer(["v2/orders": orders])
    let seen = try store(server, update: known).look(cartID(1))
    #expect(seen == .gone(.ordered("5", total: try decimal("23.35"))))
    #expect(server.requests.last == "GET v2/orders?cart_id=\(cartID(1))&limit=50")
  }

  @Test("A cart without an order is gone only after a while, as its order may become visible later")
  func patience() throws {
    let isVisible = Mutex(false)
    let server = ScriptedServer { request in
      guard request.url.contains("/v2/orders") else { return HTTPResponse(404) }
      return isVisible.withLock { $0 }
        ? ScriptedServer.ok(
          "[{\"id\": 5, \"cart_id\": \"\(cartID(1))\", \"status_id\": 11, \"total_inc_tax\": \"1\"}]"
        )
        : HTTPResponse(204)
    }
    let store = try store(server, update: known)
    for wait in [2_000, 5_000, 10_000] as [Int64] {
      let error = storeError { _ = try store.look(cartID(1)) }
      #expect(error?.code == .unavailable && error?.retry == Span(milliseconds: wait))
      server.advance(wait)
    }
    isVisible.withLock { $0 = true }
    #expect(try store.look(cartID(1)) == .gone(.ordered("5", total: decimal("1"))))
    isVisible.withLock { $0 = false }
    // Three looks within a minute are not enough, and a minute with two looks neither.
    let other = cartID(2)
    #expect(storeError { _ = try store.look(other) }?.code == .unavailable)
    server.advance(60_000)
    #expect(storeError { _ = try store.look(other) }?.code == .unavailable)
    #expect(try store.look(other) == .gone(.deleted))
  }

  @Test("What was not changed for thirty days expired, and what nobody knew is not found")
  func fates() throws {
    let server = ScriptedServer { request in
      request.url.contains("/v2/orders") ? HTTPResponse(204) : HTTPResponse(404)
    }
    let start = ScriptedServer.start
    let month = start.advanced(by: -30 * 86_400_000)
    #expect(try store(server, update: month).look(cartID(1), isGone: true) == .gone(.expired))
    #expect(
      try store(server, update: month.advanced(by: 1)).look(cartID(1), isGone: true)
        == .gone(.deleted))
    let error = storeError { _ = try store(server, update: nil).look(cartID(1), isGone: true) }
    #expect(error?.code == .notFound)
    #expect(error?.message == "no cart of store abc123 has the id \(cartID(1))")
  }

  @Test("An order that is no sale yet does not end the patience")
  func incomplete() throws {
    let server = ScriptedServer([
      "v2/orders": "[{\"id\": 5, \"cart_id\": \"\(cartID(1))\", \"status_id\": 0}]"
    ])
    let error = storeError { _ = try store(server, update: known).look(cartID(1)) }
    #expect(error?.code == .unavailable)
  }

  @Test("A store that answers with another cart is not believed")
  func other() throws {
    let server = ScriptedServer([checkout(): SampleCheckout.json(2)])
    let error = storeError { _ = try store(server, update: known).look(cartID(1)) }
    #expect(error?.code == .garbled)
  }

  @Test("Carts are neither listed nor changed")
  func unsupported() throws {
    let store = try store(ScriptedServer([:]), update: nil)
    #expect(storeError { _ = try store.changed(since: known) }?.code == .unsupported)
    let request = StoreRequest(key: "k", cart: cartID(1), edits: [.delete])
    let error = storeError { _ = try store.send(request, base: 1) }
    #expect(error?.code == .unsupported && error?.message.contains("not supported yet") == true)
  }
}
