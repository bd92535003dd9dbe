import CartEngine
import CartModel
import CartSupport
import CartScripting
import CartTesting
import LuaKit
import Testing

/// Why a card was declined counts beside how often.
struct DeclineCodeTests {
  private static func attempt(_ cart: Int, _ code: String) -> String {
    #"{"type":"payment.attempted","at":"2026-11-01T07:0\#(cart):02Z","cart":"cart-\#(cart)","#
      + #""result":"declined"\#(code.isEmpty ? "" : #","code":"\#(code)""#),"card":"h\#(cart)"}"#
  }

  private static let events = [
    (1, ["insufficient_funds"]), (2, ["insufficient_funds", "lost_card"]), (3, [""]),
  ].map { cart, codes in
    ([
      #"{"type":"cart.created","at":"2026-11-01T07:0\#(cart):00Z","cart":"cart-\#(cart)","#
        + #""shopper":{"ip":"203.0.113.7"}}"#
    ] + codes.map { attempt(cart, $0) }).joined(separator: "\n")
  }.joined(separator: "\n")

  private func declines(_ test: TestShop, _ code: String, _ cart: Int = 3) throws -> [LuaValue] {
    let handler = test.handler()
    _ = handler.begin("look")
    let session = try ScriptSession(handler, profile: .console, seed: 0) { _ in }
    return try session.run(
      "return cart('cart-\(cart)'):same('ip', '1h'):declines('\(code)')", name: "=t")
  }

  /// The second answer comes from the table that the first one made.
  @Test func eachCodeIsCountedByItself() throws {
    let test = try TestShop()
    try test.take(Self.events)
    for _ in 0..<2 {
      #expect(try declines(test, "insufficient_funds") == [.integer(2)])
      #expect(try declines(test, "insufficient_funds", 1) == [.integer(1)])
      #expect(try declines(test, "lost_card") == [.integer(1)])
      #expect(try declines(test, "") == [.integer(1)])
      #expect(try declines(test, "stolen_card") == [.integer(0)])
    }
    // What comes later is added to the table.
    try test.take(Self.attempt(4, "lost_card").replacing("cart-4", with: "cart-3"))
    #expect(try declines(test, "lost_card") == [.integer(2)])
    #expect(try test.shop.check().problems == [])
  }

  @Test func aHistoryNamesTheCode() throws {
    let test = try TestShop()
    try test.take(Self.events)
    let words = try test.shop.store.history(of: 2).map(\.body.words)
    #expect(
      words.suffix(2) == ["payment declined (insufficient_funds)", "payment declined (lost_card)"])
  }
}
