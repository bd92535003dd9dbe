import CartEngine
import CartModel
import CartPractice
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Policies in a replayed time range.
extension WhatIfTests {
  @Test func aPolicyOrdersWithinItsCap() throws {
    var stream = Stream()
    stream.lines =
      TestShop.products
      .replacing("2026-11-01T07:00:00Z", with: "2026-10-01T07:00:00Z").replacing(
        "MUG-01", with: "PEN"
      )
      .replacing("12.99", with: "10.00") + "\n"
    // One cart an hour, of as many pieces as its place.
    for number in 1...20 {
      stream.at = Self.since.advanced(by: Int64(number) * 3_600_000)
      stream.cart("c\(number)", quantity: number)
    }
    let harness = try harness(
      stream,
      """
      policy "auto" {
        every = "1h", max = { orders = 4, per = "1d" },
        when = function(c) return c.quantity % 2 == 0 and c.idle >= duration "2h" end,
      }
      """)
    let result = try whatIf(harness, "auto")
    // The first four even ones: the fifth would be more than a day allows.
    #expect(try ids(result, .ordered) == ["c2", "c4", "c6", "c8"])
    #expect(result.runs == 24)
    let second = try #require(try result.handler.key(named: "c2"))
    // Idle for two hours at five past, and so taken by the run of the next full hour.
    #expect(
      try result.handler.cart(second)?.order?.at == Self.since.advanced(by: 5 * 3_600_000))
  }

  /// Its order has no number that a later order has, so that both are paid.
  @Test func ordersThatWereNeverMadeTakeNoNumbers() throws {
    var stream = Stream()
    stream.lines =
      TestShop.products.replacing("2026-11-01T07:00:00Z", with: "2026-10-01T07:00:00Z")
      .replacing("MUG-01", with: "PEN").replacing("12.99", with: "10.00") + "\n"
    stream.cart("rests", quantity: 9)
    stream.wait(4 * 3600)
    stream.cart("buys", quantity: 2)
    stream.add("cart.ordered", "buys", #","order":"1001""#)
    stream.lines +=
      #"{"type":"order.paid","at":"\#(stream.at)","order":"1001","total":"21.00"}"# + "\n"
    let harness = try harness(
      stream,
      """
      policy "auto" { every = "1h", max = { orders = 4, per = "1d" }, when = function(c)
        return c.quantity > 5 end }
      """)
    let result = try whatIf(harness, "auto")
    #expect(try ids(result, .ordered) == ["buys", "rests"])
    let key = try #require(try result.handler.key(named: "buys"))
    let order = try result.handler.cart(key)?.order
    #expect(order?.id == "1001" && order?.state == .paid && order?.total.minor == 2100)
    #expect(result.lost.changes == 0)
  }
}
