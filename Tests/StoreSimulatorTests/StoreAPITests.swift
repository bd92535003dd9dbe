import CartSupport
import Testing

@testable import StoreSimulator

struct StoreAPITests {
  @Test("Carts and checkouts have the fields of the specification, and options only when asked for")
  func shapes() throws {
    let bench = Bench()
    bench.act(300)
    for cart in bench.simulator.carts().prefix(30) {
      let plain = try #require(bench.get("v3/carts/\(cart.id)"))
      let include = "include=line_items.physical_items.options,line_items.digital_items.options"
      let full = try #require(bench.get("v3/carts/\(cart.id)?\(include)"))
      let lines = full.data["line_items"]?["physical_items"]?.items ?? []
      #expect(lines.allSatisfy { $0["options"] != nil })
      let bare = plain.data["line_items"]?["physical_items"]?.items ?? []
      #expect(bare.allSatisfy { $0["options"] == nil })
      #expect(plain.data["version"]?.int == cart.version)
      let checkout = try #require(bench.get("v3/checkouts/\(cart.id)"))
      #expect(amount(checkout.data["grand_total"]) == cart.totals.grand)
      #expect(checkout.data["cart"]?["id"]?.string == cart.id)
      #expect(checkout.data["cart"]?["cart_amount"] == nil)
    }
    #expect(bench.simulator.statistics.violations.isEmpty)
  }

  @Test(
    "What the specification does not allow is refused and counted",
    arguments: [
      ("GET", "v3/cart", "", 404), ("GET", "v3/carts/", "", 404), ("GET", "v3/carts", "", 405),
      ("PATCH", "v2/store", "", 405), ("GET", "v3/carts/12", "", 422),
      ("DELETE", "v3/carts/x", "", 422), ("GET", "v2/orders?limits=5", "", 422),
      ("GET", "v2/orders?page=x", "", 422), ("GET", "v2/orders?page=1&page=2", "", 400),
      ("GET", "v2/orders?include=consignments.products", "", 422),
      ("POST", "v3/hooks", "{", 400), ("POST", "v3/hooks", "", 422),
      ("POST", "v3/hooks", #"{"scope":"store/cart/*"}"#, 422),
      ("POST", "v3/hooks", #"{"scope":"store/cart/*","destination":"https://a","extra":1}"#, 422),
      ("POST", "v3/carts", #"{"line_items":[{"product_id":"101","quantity":1}]}"#, 422),
      ("GET", "v2/store", "{}", 422),
    ])
  func violations(method: String, path: String, body: String, status: Int) {
    let bench = Bench()
    #expect(bench.send(method, path, body)?.status == status)
    #expect(bench.simulator.statistics.violations.count == 1)
  }

  @Test("Tokens, scopes and the Accept header are checked")
  func access() {
    let bench = Bench { $0.scopes = ["store_cart_read_only"] }
    #expect(bench.send("GET", "v2/store", token: "x")?.status == 401)
    #expect(bench.get("v2/store")?.status == 403)
    #expect(bench.send("POST", "v3/carts", "{}")?.status == 403)
    #expect(bench.get("v3/carts/00000000-0000-4000-8000-000000000000")?.status == 404)
    #expect(bench.simulator.statistics.violations.isEmpty)
    #expect(bench.send("GET", "v2/time", accept: "*/*")?.status == 406)
  }

  @Test("The quota is counted in windows, and its headers say how much is left")
  func quota() {
    let bench = Bench { $0.quota = 3 }
    let left = (0..<4).map { _ in bench.get("v2/time")?.headers["X-Rate-Limit-Requests-Left"] }
    #expect(left == ["2", "1", "0", "0"])
    bench.pass(10_000)
    let refused = bench.get("v2/time")
    #expect(refused?.status == 429)
    #expect(refused?.headers["X-Rate-Limit-Time-Reset-Ms"] == "20000")
    bench.pass(20_000)
    #expect(bench.get("v2/time")?.status == 200)
    #expect(bench.simulator.statistics.overQuota == 2)
  }

  @Test(
    "Changes of lines count versions; an old one is a conflict, and the last line takes the cart")
  func items() throws {
    let bench = Bench()
    let id = bench.makeCart()
    let line = try #require(bench.simulator.cart(id)?.lines.first)
    let path = "v3/carts/\(id)/items/\(line.id)"
    func set(_ quantity: Int, _ version: Int) -> Int? {
      bench.send(
        "PUT", path,
        #"{"line_item":{"product_id":\#(bench.plain),"quantity":\#(quantity)},"version":\#(version)}"#
      )?.status
    }
    #expect(set(5, 1) == 200)
    #expect(set(6, 1) == 409)
    #expect(set(0, 2) == 200)
    #expect(bench.simulator.cart(id)?.lines.first?.quantity == 5)
    #expect(bench.send("DELETE", path, #"{"version":1}"#)?.status == 409)
    #expect(bench.send("DELETE", path, #"{"version":2}"#)?.status == 204)
    #expect(bench.simulator.fate(id) == .deleted)
    #expect(set(1, 3) == 500)
    #expect(bench.get("v3/carts/\(id)")?.status == 404)
  }

  @Test("A cart becomes an order by address, consignment, option and order")
  func order() throws {
    let bench = Bench()
    let id = bench.makeCart(#","custom_items":[{"name":"X","quantity":1,"list_price":5}]"#)
    let checkout = "v3/checkouts/\(id)"
    #expect(bench.send("POST", checkout + "/orders")?.status == 422)
    let address = #"{"email":"a@example.com","country_code":"DE"}"#
    #expect(bench.send("POST", checkout + "/billing-address", address)?.status == 200)
    let lines = bench.simulator.cart(id)?.lines.map { #"{"item_id":"\#($0.id)","quantity":1}"# }
    let consignment =
      #"[{"address":\#(address),"line_items":[\#(lines?.joined(separator: ",") ?? "")]}]"#
    let answer = try #require(
      bench.send(
        "POST", checkout + "/consignments?include=consignments.available_shipping_options",
        consignment))
    let made = try #require(answer.data["consignments"]?.items.first)
    let option = try #require(made["available_shipping_options"]?.items.first?["id"]?.string)
    let own = try #require(made["id"]?.string)
    #expect(
      bench.send(
        "PUT", checkout + "/consignments/\(own)", #"{"shipping_option_id":"\#(option)"}"#)?.status
        == 200)
    let number = try #require(bench.send("POST", checkout + "/orders")?.data["id"]?.int)
    #expect(bench.simulator.orders().map(\.status) == [0])
    #expect(bench.simulator.cart(id) != nil)
    #expect(bench.get(checkout)?.data["order_id"]?.string == String(number))
    #expect(bench.send("PUT", "v2/orders/\(number)", #"{"status_id":11}"#)?.status == 200)
    let found = bench.get("v2/orders?cart_id=\(id)&include=consignments.line_items")?.body.items
    #expect(found?.first?["status"]?.string == "Awaiting Fulfillment")
    let shipping = found?.first?["consignments"]?["shipping"]?.items.first
    #expect(shipping?["line_items"]?.items.count == lines?.count)
    #expect(bench.simulator.statistics.violations.isEmpty)
  }

  @Test("Orders are listed by their change, a page at a time; none is 204")
  func orders() throws {
    let bench = Bench()
    bench.act(3_000)
    let all = bench.simulator.orders().count
    #expect(all > 60)
    var found: [Int] = []
    for page in 1... {
      let answer = try #require(
        bench.get("v2/orders?sort=date_modified:asc&limit=25&page=\(page)"))
      if answer.status == 204 { break }
      found += answer.body.items.compactMap { $0["id"]?.int }
    }
    #expect(Set(found).count == all && found.count == all)
    let late = bench.get("v2/orders?min_date_modified=2099-01-01T00:00:00Z")
    #expect(late?.status == 204)
    let mail = bench.get("v2/orders?min_date_created=Thu,%2020%20Apr%202000%2011:32:00%20%2B0000")
    #expect(mail?.body.items.count == 50)
    let one = try #require(mail?.body.items.first)
    #expect(one["total_inc_tax"]?.string?.hasSuffix("00") == true)
    #expect(one["date_created"]?.string?.hasSuffix("+0000") == true)
  }

  @Test("Products, customers and settings answer")
  func others() {
    let bench = Bench()
    #expect(bench.get("v3/catalog/products?include=variants&limit=7&page=2")?.data.items.count == 7)
    #expect(bench.get("v3/catalog/products/102")?.data["id"]?.int == 102)
    #expect(bench.get("v3/catalog/products/9")?.status == 404)
    #expect((bench.get("v3/catalog/variants?limit=250")?.data.items.count ?? 0) >= 40)
    #expect(bench.get("v3/customers?id:in=11,12,999")?.data.items.count == 2)
    #expect(bench.get("v2/store")?.body["currency"]?.string == "USD")
    #expect(bench.get("v2/time")?.body["time"]?.int == 1_764_600_000)
    #expect(bench.get("v2/currencies")?.body.items.count == 3)
    #expect(bench.get("v3/channels")?.data.items.count == 2)
    #expect(bench.get("v2/order_statuses")?.body.items.count == 15)
    #expect(bench.get("v3/carts/settings")?.data["allow_purchasing"] == .bool(true))
    #expect(bench.get("v3/abandoned-carts/settings")?.status == 200)
    #expect(bench.get("v3/abandoned-carts/nothing")?.status == 404)
    #expect(bench.get("v3/promotions/settings")?.status == 200)
    let script = bench.send("POST", "v3/content/scripts", #"{"name":"x","html":"<script>"}"#)
    let id = script?.data["uuid"]?.string ?? ""
    #expect(bench.send("DELETE", "v3/content/scripts/\(id)")?.status == 204)
    #expect(bench.simulator.statistics.violations.isEmpty)
  }
}
