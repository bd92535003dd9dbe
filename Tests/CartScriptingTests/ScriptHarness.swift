import CartEngine
import CartModel
import CartScripting
import CartTesting
import LuaKit

/// A session over a shop with two carts, as the prompt has one.
final class ScriptHarness {
  let test: TestShop
  let handler: CommandHandler
  let session: ScriptSession
  var printed = ""

  init(
    _ profile: ScriptSession.Profile = .console, mode: CommandHandler.Mode = .live,
    capacity: LuaVM.Capacity? = nil
  ) throws {
    test = try TestShop()
    try test.take(TestShop.products)
    var settings = StoreSettings()
    settings.coupons = [Coupon(code: "SAVE10", kind: .percent(Percent(millionths: 10_000_000)))]
    try test.shop.use(settings)
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:50:00Z","cart":"8f3a0001","currency":"EUR","session":"s1","shopper":{"email":"a@example.com","country":"DE","ip":"203.0.113.7"}}
      {"type":"line.added","at":"2026-11-01T07:50:00Z","cart":"8f3a0001","sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99"}
      {"type":"line.added","at":"2026-11-01T07:55:00Z","cart":"8f3a0001","sku":"TEA-01","quantity":1,"price":"4.20"}
      {"type":"line.added","at":"2026-11-01T07:56:00Z","cart":"9b2c0002","sku":"MUG-01","quantity":20,"price":"12.99"}
      """)
    handler = CommandHandler(test.shop, mode: mode, actor: .staff("anna"), consent: .given)
    final class Box { var print: (String) -> Void = { _ in } }
    let box = Box()
    session = try ScriptSession(handler, profile: profile, seed: 1, capacity: capacity) {
      box.print($0)
    }
    box.print = { [unowned self] in printed += $0 }
  }

  /// Runs a chunk as one operation; its values as text.
  func run(_ source: String) throws -> String {
    _ = handler.begin(source)
    do {
      let values = try session.working(in: handler.run) {
        try session.run(source, name: "=prompt", isExpression: true)
      }
      let text = values.map { session.text($0) }.joined(separator: " ")
      _ = try handler.finish()
      return text
    } catch {
      _ = handler.abandon()
      throw error
    }
  }

  /// The message of an error; what it gave where there was none.
  func message(_ source: String) -> String {
    do { return try "no error: " + run(source) } catch { return "\(error)" }
  }
}
