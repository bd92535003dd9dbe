import CartEngine
import CartModel

extension Practice {
  /// Fills a store in one call; see ``fill(_:shouldStop:)``.
  ///
  /// - Returns: how many events were made, 0 where they were there already, and the label of each cart.
  public static func fill(
    _ shop: Shop, carts: Int, days: Int, seed: UInt64, until: Timestamp, isUntilGiven: Bool,
    shouldStop: () -> Bool
  ) throws(EngineError) -> (events: Int, labels: [(cart: String, label: String)]) {
    var practice = Practice(until: until)
    (practice.carts, practice.days, practice.seed) = (carts, days, seed)
    practice.isUntilGiven = isUntilGiven
    let report = try practice.fill(shop, shouldStop: shouldStop)
    guard report.total > 0 else { return (0, []) }
    return (report.total, practice.labels().map { ($0.cart, $0.label.rawValue) })
  }
}
