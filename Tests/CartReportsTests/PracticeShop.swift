import CartEngine
import CartPractice
import CartTesting

extension TestShop {
  /// A shop with practice carts.
  static func practice(carts: Int, seed: UInt64) throws -> TestShop {
    let test = try TestShop(seed: seed)
    var practice = Practice(until: TestShop.start)
    practice.carts = carts
    practice.seed = seed
    _ = try practice.fill(test.shop)
    return test
  }
}
