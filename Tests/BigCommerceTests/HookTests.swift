import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// What calls of hooks say, and who may make them.
struct HookTests {
  private func message(_ scope: String, _ data: String, producer: String = "stores/abc123")
    -> HookMessage
  {
    let body = """
      {"scope": "\(scope)", "store_id": "1025646", "data": {\(data)}, "hash": "39",
       "created_at": 1561481786, "producer": "\(producer)", "new": {"a": [1]}}
      """
    return HookMessage(Array(body.utf8), store: "abc123")
  }

  private static let cart = cartID(1)
  private static let item = cartID(99)

  @Test(
    "The cart is found in every form of a call",
    arguments: [
      ("store/cart/created", "\"type\": \"cart\", \"id\": \"\(cart)\"", .init()),
      ("store/cart/updated", "\"type\": \"cart\", \"id\": \"\(cart)\"", .init()),
      ("store/cart/deleted", "\"type\": \"cart\", \"id\": \"\(cart)\"", .init(isGone: true)),
      (
        "store/cart/couponApplied",
        "\"type\": \"cart\", \"id\": \"\(cart)\", \"couponId\": 1", .init()
      ),
      (
        "store/cart/converted", "\"type\": \"cart\", \"id\": \"\(cart)\", \"orderId\": 252",
        .init(order: "252")
      ),
      (
        "store/cart/abandoned", "\"type\": \"cart\", \"id\": \"\(cart)\", \"token\": \"1eed\"",
        .init(token: "1eed")
      ),
      ("store/cart/abandoned", "\"type\": \"cart\", \"id\": \"\(cart)\"", .init()),
      (
        "store/cart/lineItem/created",
        "\"type\": \"cart_line_item\", \"id\": \"\(item)\", \"cartId\": \"\(cart)\"", .init()
      ),
      // Samples of these say that they are of a cart.
      (
        "store/cart/lineItem/deleted",
        "\"type\": \"cart\", \"id\": \"\(item)\", \"cartId\": \"\(cart)\"", .init()
      ),
      ("store/channel/2/cart/updated", "\"cart_id\": \"\(cart)\"", .init()),
      ("store/channel/2/cart/deleted", "\"cart_id\": \"\(cart)\"", .init(isGone: true)),
      (
        "store/channel/2/cart/lineItem/updated",
        "\"cart_id\": \"\(cart)\", \"cart_item_id\": \"\(item)\"", .init()
      ),
      (
        "store/cart/metafield/created",
        "\"type\": \"metafield\", \"metafield_id\": 3, \"resource_id\": \"\(cart)\"", .init()
      ),
    ] as [(String, String, HookMessage.CartNews)])
  func carts(scope: String, data: String, news: HookMessage.CartNews) {
    #expect(
      message(scope, data)
        == HookMessage(.cart(Self.cart, news), scope: scope, store: "abc123"))
  }

  @Test(
    "Orders, products and customers are found, whatever type their ids have",
    arguments: [
      ("store/order/created", "\"type\": \"order\", \"id\": 250", .order("250")),
      (
        "store/order/statusUpdated",
        "\"type\": \"order\", \"id\": 250, \"status\": {\"new_status_id\": 11}", .order("250")
      ),
      (
        "store/order/transaction/created", "\"type\": \"order\", \"order_id\": \"250\", \"id\": 9",
        .order("250")
      ),
      (
        "store/order/refund/created",
        "\"type\": \"order\", \"id\": 250, \"refund\": {\"refund_id\": 3}", .order("250")
      ),
      ("store/product/updated", "\"type\": \"product\", \"id\": 111", .product("111")),
      (
        "store/product/inventory/updated",
        "\"type\": \"product\", \"id\": 167, \"inventory\": {\"product_id\": 167}", .product("167")
      ),
      (
        "store/sku/inventory/updated",
        "\"type\": \"sku\", \"id\": 461, \"inventory\": {\"product_id\": 206}", .product("206")
      ),
      ("store/product/deleted", "\"type\": \"product\", \"id\": 111", .productDeleted("111")),
      ("store/customer/updated", "\"type\": \"customer\", \"id\": 32", .customer("32")),
      ("store/app/uninstalled", "", .uninstalled),
      ("store/hook/deliveryException", "\"error_code\": 90002", .undelivered),
      ("store/information/updated", "\"type\": \"store\"", .ignored(.scope)),
      ("store/channel/2/updated", "\"type\": \"channel\"", .ignored(.scope)),
      ("store/cart/updated", "\"type\": \"cart\"", .ignored(.id)),
      ("store/cart/updated", "\"id\": \"../orders\"", .ignored(.id)),
      ("store/cart/lineItem/updated", "\"id\": \"\(cart)\"", .ignored(.id)),
      ("store/order/created", "\"id\": \"\"", .ignored(.id)),
      ("store/order/created", "\"id\": -1", .ignored(.id)),
    ] as [(String, String, HookMessage.Subject)])
  func others(scope: String, data: String, subject: HookMessage.Subject) {
    #expect(message(scope, data).subject == subject)
  }

  @Test("Another store's calls and what is no call are ignored with the reason")
  func strangers() {
    let other = message("store/cart/created", "\"id\": \"\(Self.cart)\"", producer: "stores/other")
    #expect(other == HookMessage(.ignored(.store), scope: "store/cart/created", store: "other"))
    for text in ["", "{", "[]", "null", "<html>", #"{"scope": 3}"#, "\u{ff}"] {
      #expect(
        HookMessage(Array(text.utf8), store: "abc123").subject == .ignored(.malformed), "\(text)")
    }
  }

  @Test("Two secrets are valid, and nothing else")
  func secrets() {
    let secret = HookSecret(["new-secret", "", "old-secret"])
    #expect(secret.isValid("new-secret") && secret.isValid("old-secret"))
    for wrong in ["", "new-secre", "new-secret ", "NEW-SECRET", nil] {
      #expect(!secret.isValid(wrong))
    }
    #expect(!HookSecret([]).isValid(""))
  }

  private let time = Timestamp(milliseconds: 1_764_547_200_000)

  private func headers(_ body: String, id: String = "msg_1", seconds: Int64 = 1_764_547_200)
    -> [String: String]
  {
    let code = MessageCode(key: Array("client".utf8))(Array("\(id).\(seconds).\(body)".utf8))
    return [
      "webhook-id": id, "webhook-timestamp": String(seconds),
      "webhook-signature": "v2,abc v1,AAAA v1,\(Base64.text(code))",
    ]
  }

  @Test("A signature is of the bytes as they arrived; an old one is counted and not refused")
  func signatures() {
    let secret = HookSecret(["s"], clientSecret: "client")
    func check(_ headers: [String: String], _ body: String) -> HookSecret.Signature {
      secret.signature({ headers[$0] }, Array(body.utf8), at: time)
    }
    let signed = headers("{ }")
    #expect(check(signed, "{ }") == .valid)
    #expect(check(signed, "{}") == .invalid)
    #expect(check([:], "{ }") == .unchecked)
    #expect(check(headers("{ }", seconds: 1_764_547_200 - 172_800), "{ }") == .old)
    #expect(check(signed.filter { $0.key != "webhook-id" }, "{ }") == .invalid)
    #expect(check(signed.merging(["webhook-timestamp": "x"]) { $1 }, "{ }") == .invalid)
    #expect(HookSecret(["s"]).signature({ signed[$0] }, [], at: time) == .unchecked)
  }
}
