import CartEngine
import CartModel
import CartScripting
import CartStorage

/// Passes of the rules in question between the events of a replay: a rule that reads the clock may
/// match because time passed.
///
/// Each open cart is asked at every pass, up to a number of questions; after that the steps grow with
/// the time since its last event.
final class WhatIfPasses {
  /// A cart to be asked, as long as nothing happens to it.
  private struct Candidate {
    let key: Int64
    let version: Int64
    /// The pass before its last event.
    let start: Int64
  }

  private let replay: Replay
  private let judge: WhatIfJudge
  private let rules: [RuleInstance]
  private let limit: Int
  private var questions = 0
  /// By the number of the pass in which they are asked next.
  private var due: [Int64: [Candidate]] = [:]
  /// The carts of the source that something happened to.
  private var noted: Set<Int64> = []
  private var passed: Int64
  private var time: Timestamp
  /// Nil while nothing read the clock.
  private(set) var clock: ClockPasses?

  /// - Parameter rules: those in question.
  init(
    _ replay: Replay, _ judge: WhatIfJudge, _ rules: [RuleInstance], since: Timestamp,
    limit: Int = PassSimulation.mostQuestions
  ) throws {
    (self.replay, self.judge, self.rules, self.limit) = (replay, judge, rules, limit)
    (passed, time) = (since.quarter, since)
    for rule in rules { rule.watchClock() }
    guard !rules.isEmpty else { return }
    for key in try replay.handler.reader.keys(matching: Filter()) { try add(key) }
  }

  /// Notes that something happened to a cart of the source.
  func note(_ event: Event) {
    if event.cart != 0, !rules.isEmpty { noted.insert(event.cart) }
  }

  /// Lets the passes up to a time happen.
  func advance(to next: Timestamp) throws {
    for key in noted.sorted() { if let target = replay.target(of: key) { try add(target) } }
    noted = []
    let end = next.quarter
    while passed < end {
      guard !due.isEmpty else {
        passed = end
        break
      }
      passed += 1
      if let candidates = due.removeValue(forKey: passed) { try pass(candidates) }
    }
    time = next
  }

  /// Asks a cart from the next pass on, where a rule read the clock when it was asked now.
  private func add(_ key: Int64) throws {
    guard let cart = try replay.handler.reader.cart(key), cart.state == .open else { return }
    replay.asking(at: time) {
      for rule in rules where rule.clockRead == nil { _ = try? rule.judge(cart) }
    }
    guard let read = rules.compactMap(\.clockRead).first else { return }
    if clock == nil { clock = ClockPasses(read: read) }
    schedule(Candidate(key: cart.key, version: cart.version, start: passed))
  }

  private func schedule(_ candidate: Candidate) {
    let step = PassSimulation.step(passed - candidate.start, isCoarse: questions >= limit)
    if step > 1 { clock?.isCoarse = true }
    due[passed + step, default: []].append(candidate)
  }

  private func pass(_ candidates: [Candidate]) throws {
    let at = Timestamp(milliseconds: passed * PassSimulation.interval)
    let handler = replay.handler
    var found: [Int64] = []
    for candidate in candidates {
      guard let cart = try handler.reader.cart(candidate.key), cart.state == .open,
        cart.version == candidate.version
      else { continue }
      let end = cart.touched.advanced(by: handler.settings.expiresAfter.milliseconds)
      guard at <= end else { continue }
      if try matches(cart, at) { found.append(cart.key) } else { schedule(candidate) }
    }
    guard !found.isEmpty else { return }
    try replay.run(at: at) { run in
      let versions = try found.map { try handler.reader.cart($0)?.version }
      try judge.passing { try run.guard.judge(found) { _, _ in } }
      var changed: [String] = []
      for (key, version) in zip(found, versions) {
        guard let cart = try handler.reader.cart(key), cart.version != version else { continue }
        changed.append(cart.id)
      }
      clock?.found += changed.count
      return changed
    }
  }

  private func matches(_ cart: Cart, _ at: Timestamp) throws -> Bool {
    try replay.asking(at: at) {
      for rule in rules where rule.clockRead != nil {
        questions += 1
        do {
          if try rule.judge(cart) != nil { return true }
        } catch let error as ScriptError where error.code != .interrupted {
          // It fails in the pass as well, and is counted there.
          return true
        }
      }
      return false
    }
  }
}
