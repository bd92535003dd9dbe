import CartEngine
import CartModel
import CartScripting
import CartStorage

/// Judges in a what-if: the rules in question as they are, and all others that were enforced only where
/// their answer is another than in the real shop.
///
/// What others did stands in the event log and happens again; asked anew, they would also hold carts
/// that they were never asked about.
final class WhatIfJudge: Judge {
  private let own: RuleBook
  private let source: CommandHandler
  private let replay: Replay
  private let replaced: Set<String>
  private var events: [Event] = []
  /// The other rules that are enforced by now.
  private var others: [RuleVersion] = []
  /// Whether a pass is under way that only the rules in question make.
  private var isPassing = false
  private var instances: [String: (here: RuleInstance, there: RuleInstance)] = [:]

  init(_ own: RuleBook, _ source: CommandHandler, _ replay: Replay, replacing names: [String]) {
    (self.own, self.source, self.replay) = (own, source, replay)
    replaced = Set(names)
  }

  /// Takes in what happened to the real shop's rules.
  func take(_ event: Event) {
    switch event.body.ofRule {
    case .version, .setting: events.append(event)
    case .source, .decision, .policyRun, nil: return
    }
    others = RuleState.fold(events).values.filter {
      !replaced.contains($0.name) && $0.setting.mode == .enforce && $0.current.kind == .rule
    }.map(\.current).sorted { $0.rule < $1.rule }
  }

  func verdicts(on cart: Cart, fresh: Bool, in run: Run?) throws(EngineError) -> [Verdict] {
    var verdicts = try own.verdicts(on: cart, fresh: fresh, in: run)
    // Where no outcome differs no answer can.
    guard !replay.diverged.isEmpty, !isPassing else { return verdicts }
    do {
      for version in others {
        guard let reason = try reason(version, here: cart) else { continue }
        if let event = replay.event, try isHit(version, there: event, isAfter: true) { continue }
        let rule = try instance(version).here.rule
        verdicts.append(Verdict(rule, version, reason, isShadow: false))
      }
      return verdicts
    } catch { throw EngineError(error) }
  }

  /// Does work in which only the rules in question are asked.
  func passing(_ body: () throws -> Void) rethrows {
    isPassing = true
    defer { isPassing = false }
    try body()
  }

  /// Whether what another rule did to a cart it does here as well.
  func keeps(_ event: Event, _ cart: Cart) throws -> Bool {
    guard let rule = event.body.cause?.rule, event.actor == .rule(rule), !replay.diverged.isEmpty,
      let version = others.first(where: { $0.rule == rule })
    else { return true }
    // What it cannot say again of the real cart is no measure for this one.
    return try reason(version, here: cart) != nil || !isHit(version, there: event, isAfter: false)
  }

  /// - Parameter isAfter: whether the event is seen, and not only what was before it.
  private func isHit(_ version: RuleVersion, there event: Event, isAfter: Bool) throws -> Bool {
    guard let now = try source.reader.cart(event.cart) else { return false }
    var cart =
      try source.reader.cart(event.cart, before: event)
      ?? Cart(key: now.key, id: now.id, currency: now.currency, at: event.at)
    if isAfter { cart.apply(event) }
    return try source.reader.looking(at: cart, for: isAfter ? nil : event) {
      try asked { try instance(version).there.judge(cart) } != nil
    }
  }

  private func reason(_ version: RuleVersion, here cart: Cart) throws -> String? {
    guard cart.state == .open, !cart.pardons.contains("\(version.rule):\(version.number)") else {
      return nil
    }
    return try asked { try instance(version).here.judge(cart) }
  }

  /// One that fails matches no cart.
  private func asked(_ body: () throws -> String?) throws -> String? {
    do { return try body() } catch let error as ScriptError where error.code != .interrupted {
      return nil
    }
  }

  private func instance(_ version: RuleVersion) throws -> (here: RuleInstance, there: RuleInstance)
  {
    if let known = instances[version.rule], known.here.version == version { return known }
    let made = (
      here: try RuleInstance(version, source, asking: replay.handler) { _ in },
      there: try RuleInstance(version, source) { _ in }
    )
    instances[version.rule] = made
    return made
  }

  func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight { .unclear }

  func explain(_ cart: Cart) throws(EngineError) -> [Explanation] { try own.explain(cart) }
}
