import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Judges carts as they stood in the past.
struct BacktestRun: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Judges all carts as they stood after each of their events since a moment, with the prices of that
  /// time and what was known of other carts by then.
  ///
  /// - Parameters:
  ///   - number: the version; nil for the newest.
  ///   - most: how many carts, those made last.
  ///   - labels: who is behind carts, where that is known, by their ids; and which label is meant.
  /// - Throws: `refused` for a policy, and for a rule that reads the clock by `now` or `date`.
  /// - Complexity: O(events of the carts that changed since).
  func run(
    _ name: String, version number: Int64? = nil, since: Timestamp, most: Int = .max,
    labels: [String: String] = [:], meant: String? = nil
  ) throws -> Backtest {
    let state = try rule(name)
    guard state.newest.kind == .rule else {
      throw EngineError(
        .refused,
        "rules backtest: \(name) is a policy; 'rules what-if \(name)' says what it would have ordered"
      )
    }
    guard let version = number.map({ state.version($0) }) ?? state.newest else {
      throw EngineError(
        .notFound,
        "rule \(quoted(name)): no version \(number ?? 0); it has 1 … \(state.newest.number)")
    }
    let instance = try RuleInstance(version, handler) {
      [catalogue] in catalogue.say($0)
    }
    var test = Backtest(rule: name, version: version.number, since: since)
    instance.watchClock()
    let passes = PassSimulation(handler, instance)
    test.isFlag = instance.rule.action == .flag
    if !labels.isEmpty { test.score = LabelScore(meant: meant) }
    let store = handler.shop.store
    let keys = Array(try store.keys(changedAfter: since).sorted().suffix(most))
    for start in stride(from: 0, to: keys.count, by: StorageLimits.cartsAtOnce) {
      let part = Array(keys[start...].prefix(StorageLimits.cartsAtOnce))
      let (carts, histories) = (try store.carts(part), try store.histories(of: part))
      for key in part {
        try handler.hooks.checkInterruption()
        guard let cart = carts[key], let events = histories[key]?.events else { continue }
        let (judged, hits) = (test.judged, test.hits.count)
        try judge(cart, events, instance, passes, &test)
        if test.judged > judged, let label = labels[cart.id] {
          test.score?.count(label, isHit: test.hits.count > hits)
        }
      }
    }
    test.clock?.isCoarse = passes.isCoarse
    test.hits.sort { ($0.at, $0.cart) < ($1.at, $1.cart) }
    return test
  }

  private func judge(
    _ last: Cart, _ events: [Event], _ instance: RuleInstance, _ passes: PassSimulation,
    _ test: inout Backtest
  ) throws {
    guard let first = events.first, events.contains(where: { $0.at > test.since }) else { return }
    test.judged += 1
    for field in Backtest.keys where !last.shopper[field].isEmpty {
      test.known[field, default: 0] += 1
    }
    if last.order?.state.stands ?? false { test.orders += 1 }
    var cart = Cart(key: last.key, id: last.id, currency: last.currency, at: first.at)
    for (place, event) in events.enumerated() {
      cart.apply(event)
      guard event.at > test.since, cart.state == .open else { continue }
      do {
        var (at, reason) = (event.at, String?.none)
        if event.body.isJudged {
          reason = try handler.reader.looking(at: cart) { try instance.judge(cart) }
          if let read = instance.clockRead { try PassSimulation.check(test.rule, read) }
        }
        if reason == nil, let read = instance.clockRead {
          if test.clock == nil { test.clock = ClockPasses(read: read) }
          let next = place + 1 < events.count ? events[place + 1].at : handler.now
          guard let found = try passes.first(of: cart, after: event.at, until: next) else {
            continue
          }
          (at, reason) = found
          test.clock?.found += 1
        }
        guard let reason else { continue }
        let total = try? cart.price(handler.reader.settings(at: at)).total
        test.hits.append(
          Backtest.Hit(
            cart: cart.id, at: at, reason: reason, total: total, order: last.order,
            isRepeat: try ordered(before: cart)))
        return
      } catch let error as ScriptError {
        guard error.code != .interrupted else { throw error }
        test.errors += 1
        test.error = error.message
        return
      }
    }
  }

  /// Whether the person had ordered by then.
  private func ordered(before cart: Cart) throws -> Bool {
    for name in ["customer", "email"] {
      let question = try handler.reader.looking(at: cart) {
        try handler.shared.question(SharedKey([name]), of: cart, window: nil)
      }
      if try handler.shared.count(.orders, question) > 0 { return true }
    }
    return false
  }
}
