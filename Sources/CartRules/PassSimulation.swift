import CartEngine
import CartModel

/// Passes over a cart between two of its events: a rule that reads the clock may match because time
/// passed.
struct PassSimulation {
  /// A quarter of an hour; milliseconds.
  static let interval: Int64 = 900_000

  private let handler: CommandHandler
  private let instance: RuleInstance

  init(_ handler: CommandHandler, _ instance: RuleInstance) {
    (self.handler, self.instance) = (handler, instance)
  }

  /// The first pass in which the rule matches, found by asking ever later ones and then halving: for a
  /// rule that matches from some time on, as by `c.idle`, it is the first.
  ///
  /// - Returns: nil where none was found.
  /// - Throws: what the rule raises, and limits.
  /// - Complexity: O(log passes) questions.
  func first(of cart: Cart, after start: Timestamp, until end: Timestamp) throws -> (
    at: Timestamp, reason: String?
  )? {
    // Later it is expired, and no pass looks at it.
    let last = min(end, cart.touched.advanced(by: handler.settings.expiresAfter.milliseconds))
    let (from, to) = (start.quarter, last.quarter)
    guard to > from else { return nil }
    var (no, step) = (from, Int64(1))
    var yes: (pass: Int64, reason: String)?
    while yes == nil, no < to {
      let pass = min(from + step, to)
      if let reason = try ask(cart, pass) { yes = (pass, reason) } else { no = pass }
      step *= 2
    }
    guard var yes else { return nil }
    while yes.pass - no > 1 {
      let middle = no + (yes.pass - no) / 2
      if let reason = try ask(cart, middle) { yes = (middle, reason) } else { no = middle }
    }
    return (Timestamp(milliseconds: yes.pass * Self.interval), yes.reason)
  }

  private func ask(_ cart: Cart, _ pass: Int64) throws -> String? {
    try handler.looking(at: cart) {
      try handler.at(Timestamp(milliseconds: pass * Self.interval)) { try instance.judge(cart) }
    }
  }

  /// - Parameter read: `cart.idle`, `cart.status`, `matches`, `now`, …
  /// - Throws: `refused` for what may match at some times only, as at night: no few passes find those.
  static func check(_ rule: String, _ read: String) throws(EngineError) {
    guard read != "matches", !read.hasPrefix("cart.") else { return }
    throw EngineError(
      .refused,
      "rules backtest: rule \(rule) reads the clock by \(read)(), so what it matches depends on when it "
        + "is asked, and the past cannot say that. Use c.idle or c.updated in the rule, or see what it "
        + "matches now: rules run \(rule) --plan")
  }
}
