import CartEngine
import CartModel
import CartTesting
import Testing

struct TurnoverTests {
  /// Four orders of 10.00, one of each state.
  private func shop() throws -> TestShop {
    let test = try TestShop()
    let endings = ["", "order.paid", "order.cancelled", "order.refunded"]
    try test.take(
      endings.enumerated().flatMap { place, ending in
        [
          """
          {"type":"line.added","at":"2026-10-30T10:00:00Z","cart":"cart-\(place)","sku":"A","quantity":1,"price":"10.00","currency":"EUR"}
          """,
          """
          {"type":"shopper.identified","at":"2026-10-30T10:00:01Z","cart":"cart-\(place)","shopper":{"email":"x@example.com","ip":"203.0.113.7"}}
          """,
          """
          {"type":"cart.ordered","at":"2026-10-30T10:00:02Z","cart":"cart-\(place)","order":"\(place)"}
          """,
        ]
          + (ending.isEmpty
            ? []
            : [#"{"type":"\#(ending)","at":"2026-10-30T11:00:00Z","order":"\#(place)"}"#])
      }.joined(separator: "\n"))
    return test
  }

  @Test func cancelledAndRefundedOrdersAddNothing() throws {
    let test = try shop()
    let orders = try (Int64(1)...4).compactMap { try test.handler().cart($0)?.order }
    #expect(orders.map(\.turnover.minor) == [1000, 1000, 0, 0])
  }

  @Test func aPreviewOfTheBlacklistCountsThemAlike() throws {
    let handler = try shop().handler()
    _ = handler.begin("preview")
    let preview = try handler.run.lists.preview(.ip(try AddressBlock("203.0.113.7")))
    #expect(preview.orders == 4 && preview.ended == 2)
    #expect(preview.orderValue.map(\.description) == ["20.00 EUR"])
    #expect(preview.share.description == "100")
  }
}
