import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Ends what a rule does that fails again and again, that would hold too many carts, or that makes
/// changes slow.
final class RuleBreaker: CatalogueWork {
  let catalogue: RuleCatalogue
  /// Over how many carts the pass under way goes; nil beside single changes.
  private var carts: Int64?
  /// Rules that were suspended where nothing may be saved, as in the sandbox, with their versions.
  private var suspendedHere: [String: Int64] = [:]
  /// What the event log had of the last day when it was first asked, and how many carts were open.
  private var heldBefore: [String: (held: Int64, open: Int64)] = [:]
  /// How often each rule failed in a row.
  private var failures: [String: Int] = [:]
  /// On how many carts of the last pass each rule failed, and how it failed first.
  private(set) var passFailures: [String: (carts: Int, message: String)] = [:]

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Begins to count anew.
  func refresh() { (heldBefore, failures, carts, passFailures) = ([:], [:], nil, [:]) }

  /// A pass goes over so many carts.
  func begin(passOver carts: Int) { self.carts = Int64(carts) }

  func endPass() { carts = nil }

  /// Whether a pass is under way.
  var isPassing: Bool { carts != nil }

  func isSuspended(_ state: RuleState) -> Bool {
    suspendedHere[state.name] == state.current.number
  }

  // MARK: Failures

  func wentWell(_ name: String) { failures[name] = 0 }

  /// Ends what rules failed in a row.
  func wentWell(_ states: [RuleState]) {
    guard !failures.isEmpty else { return }
    for state in states { failures[state.name] = nil }
  }

  /// Whether a rule failed so often in a row that it is not asked any more.
  func isGivenUp(_ name: String) -> Bool {
    failures[name, default: 0] >= RuleBook.failuresAllowed
  }

  /// A rule that keeps failing judges no more carts until staff look at it.
  func failed(_ state: RuleState, _ message: String, _ run: Run?) throws {
    guard let run else { return }
    let count = failures[state.name, default: 0] + 1
    failures[state.name] = count
    if carts != nil { passFailures[state.name, default: (0, message)].carts += 1 }
    if count == RuleBook.failuresAllowed { catalogue.changed() }
    guard state.setting.mode == .enforce else {
      if count == RuleBook.failuresAllowed {
        catalogue.messages(
          "rule \(state.name) failed \(count) times in a row and is not asked any more in this "
            + "run: \(printable(message))")
      }
      return
    }
    // Other runs may have met it as well, a cart each.
    let before = try handler.shop.store.decisions(of: state.name, version: state.current.number)
    if count >= RuleBook.failuresAllowed {
      fallBack(state, "it failed \(count) times in a row: \(message)", run)
    } else if Int(before.errors) + count > RuleBook.failuresAllowed {
      fallBack(state, "it failed on \(Int(before.errors) + count) carts: \(message)", run)
    }
  }

  // MARK: The band

  /// Whether a rule may hold one more cart; beyond its band it falls back to shadow.
  func mayHold(_ state: RuleState, _ cart: Cart, _ run: Run?) throws -> Bool {
    guard let run, let band = state.setting.band else { return true }
    let own = run.guard.holds(of: state.name, without: cart.key)
    func allowance(_ carts: Int64) -> Int64 {
      let product = carts.multipliedReportingOverflow(by: band.millionths)
      let share = product.overflow ? carts : product.partialValue / 100_000_000
      // In a small shop a band of 2 % is still one cart.
      return band.millionths == 0 ? 0 : max(1, share)
    }
    if let carts, own >= allowance(carts) {
      fallBack(state, "it would hold more than its band of \(band) %", run)
      return false
    }
    let before: (held: Int64, open: Int64)
    if let known = heldBefore[state.name] {
      before = known
    } else {
      let day = handler.now.advanced(by: -86_400_000)
      before = (
        try handler.shop.store.holds(
          of: state.name, version: state.current.number, after: day),
        try handler.shop.store.openCartCount()
      )
      heldBefore[state.name] = before
    }
    // Of a day, those count that are open, and those that it held.
    let judged = max(max(carts ?? 0, before.open) + before.held, own + 1)
    guard before.held + own >= allowance(judged) else { return true }
    fallBack(state, "it would hold more than its band of \(band) % in a day", run)
    return false
  }

  func fallBack(_ state: RuleState, _ reason: String, _ run: Run) {
    // What is only tried changes nothing of a rule.
    guard handler.mode == .live else { return }
    put(
      state,
      RuleSetting(
        rule: state.name, mode: .shadow, version: state.current.number, band: state.setting.band,
        reason: reason), run)
    catalogue.messages(
      "\(state.current.kind) \(state.name) falls back to shadow: \(printable(reason))")
  }

  /// Ends the judging of a rule in shadow that made changes slow, until a person resumes it or its file
  /// has a new version.
  func suspend(_ state: RuleState, _ reason: String, _ run: Run) {
    if handler.mode == .live {
      put(
        state,
        RuleSetting(
          rule: state.name, mode: .off, version: state.current.number,
          reason: "suspended: \(reason); 'rules shadow \(state.name)' resumes it"), run)
    } else {
      suspendedHere[state.name] = state.current.number
      catalogue.changed()
    }
    catalogue.messages(
      "rule \(state.name) is suspended: \(printable(reason)). Changes are not judged by it any more. "
        + "Resume it with: rules shadow \(state.name)")
  }

  /// Lets a setting count that a rule brought on itself; it is saved with the run.
  private func put(_ state: RuleState, _ setting: RuleSetting, _ run: Run) {
    run.guard.record(setting: setting)
    catalogue.put(setting, on: state.name)
  }

  /// A person decides about a rule anew.
  func resume(_ name: String) { suspendedHere[name] = nil }
}
