import CartEngine
import CartModel

/// Passes over a cart between two of its events: a rule that reads the clock may match because time
/// passed.
///
/// Every pass is asked, up to a number of questions; after that the steps grow with the time since the
/// event, and a match that lasts less than a step may be missed.
final class PassSimulation {
  /// A quarter of an hour; milliseconds.
  static let interval: Int64 = 900_000
  /// How many questions are asked before steps grow: some seconds.
  static let mostQuestions = 200_000
  /// The part of the time since the event that a grown step is.
  static let growth: Int64 = 16

  private let handler: CommandHandler
  private let instance: RuleInstance
  private let limit: Int
  private var questions = 0
  /// Whether steps grew.
  private(set) var isCoarse = false

  init(_ handler: CommandHandler, _ instance: RuleInstance, limit: Int = mostQuestions) {
    (self.handler, self.instance, self.limit) = (handler, instance, limit)
  }

  /// The first pass in which the rule matches.
  ///
  /// - Returns: nil where none was found.
  /// - Throws: what the rule raises, and limits.
  /// - Complexity: O(passes) questions; O(log passes) once steps grow.
  func first(of cart: Cart, after start: Timestamp, until end: Timestamp) throws -> (
    at: Timestamp, reason: String?
  )? {
    // Later it is expired, and no pass looks at it.
    let last = min(end, cart.touched.advanced(by: handler.settings.expiresAfter.milliseconds))
    let (from, to) = (start.quarter, last.quarter)
    var no = from
    while no < to {
      try handler.hooks.checkInterruption()
      let step = Self.step(no - from, isCoarse: questions >= limit)
      if step > 1 { isCoarse = true }
      let pass = min(no + step, to)
      if let reason = try ask(cart, pass) { return try earliest(cart, no, (pass, reason)) }
      no = pass
    }
    return nil
  }

  /// How many passes there are to the next that is asked.
  static func step(_ elapsed: Int64, isCoarse: Bool) -> Int64 {
    isCoarse ? max(1, elapsed / growth) : 1
  }

  /// Halves the passes between one in which it does not match and one in which it does.
  private func earliest(_ cart: Cart, _ no: Int64, _ yes: (pass: Int64, reason: String)) throws
    -> (at: Timestamp, reason: String?)
  {
    var (no, yes) = (no, yes)
    while yes.pass - no > 1 {
      let middle = no + (yes.pass - no) / 2
      if let reason = try ask(cart, middle) { yes = (middle, reason) } else { no = middle }
    }
    return (Timestamp(milliseconds: yes.pass * Self.interval), yes.reason)
  }

  private func ask(_ cart: Cart, _ pass: Int64) throws -> String? {
    questions += 1
    return try handler.reader.looking(at: cart) {
      try handler.reader.at(Timestamp(milliseconds: pass * Self.interval)) {
        try instance.judge(cart)
      }
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
