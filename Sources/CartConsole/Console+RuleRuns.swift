import CartEngine
import CartModel
import CartReports
import CartRules
import CartScripting

/// Rules at work: passes over all carts, and putting them in force.
extension Console {
  /// `rules run [NAME] [--plan]`: one pass over all open carts, then the policies that are due.
  func runRules(_ words: [String], _ line: String) throws {
    let names = words.filter { $0 != "--plan" }
    guard names.count <= 1, words.count - names.count <= 1 else {
      throw ConsoleError.usage("rules run: expected [NAME] [--plan]")
    }
    try refreshRules(line)
    let only = try names.first.map { try book.rule($0).name }
    var run = RuleRun()
    var plan: Plan?
    let consent = handler.consent
    if handler.mode == .live { handler.consent = .given }
    defer { handler.consent = consent }
    try perform(line) {
      guard names.count < words.count else { return try pass(only, &run) }
      plan = try handler.plan { try pass(only, &run, isTrial: true) }
    }
    seen = [:]
    let own = handler.cartsOfRules
    let isDone = handler.mode == .live && plan == nil
    let count = isDone ? run.held.count(where: own.contains) : run.held.count
    if run.judged > 0 || run.policies.isEmpty {
      io.output("\(Self.carts(run.judged)) judged, \(count) taken out of sale\n")
    }
    show(run.policies)
    if let plan, !plan.changes.isEmpty { show(plan) }
  }

  /// What a pass came to.
  private struct RuleRun {
    var judged = 0
    var held: [Int64] = []
    var policies: [PolicyResult] = []
  }

  private func pass(_ only: String?, _ run: inout RuleRun, isTrial: Bool = false) throws {
    let kind = try only.map { try book.rule($0).current.kind }
    if kind != .policy {
      let keys = try handler.keys(matching: Filter())
      run.judged = keys.count
      try book.pass(over: keys.count, only: only) {
        try handler.judge(keys) { if $1 { run.held.append($0) } }
      }
    }
    if kind != .rule { run.policies = try book.runPolicies(only, isTrial: isTrial) }
  }

  /// Asks the rules about the carts that a live import changed.
  func judge(importedBy operation: Int64) throws {
    guard let imported = try shop.store.operation(operation) else { return }
    let consent = handler.consent
    handler.consent = .given
    defer { handler.consent = consent }
    try perform("import --live") {
      let keys = try shop.store.carts(of: imported)
      try book.pass(over: keys.count) { try handler.judge(keys) { _, _ in } }
    }
  }

  func enforce(_ name: String, _ line: String) throws {
    try refreshRules(line)
    guard try book.rule(name).newest.kind == .rule else {
      return try enforce(policy: name, line)
    }
    var (hits, errors) = (0, 0)
    handler.begin(line)
    let keys = try handler.keys(matching: Filter())
    for key in keys {
      guard let cart = try handler.cart(key) else { continue }
      do {
        if try book.isHit(name, cart) { hits += 1 }
      } catch let error as ScriptError where error.code != .interrupted {
        errors += 1
        guard errors < 5 else {
          throw EngineError(
            .refused, "rule \(name): fails on carts; it is not put in force: \(error.message)")
        }
      }
    }
    var setting: RuleSetting?
    try perform(line) { setting = try book.set(name, .enforce, judged: (hits, keys.count)) }
    book.refresh()
    guard let setting else { return }
    io.output(
      "rule \(name): version \(setting.version) is in force; it is against \(hits) of "
        + "\(Self.carts(keys.count)) now, and falls back to shadow beyond "
        + "\(setting.band.map { "\($0.rounded)" } ?? "100") % of those judged"
        + (errors > 0 ? "; it fails on \(Self.carts(errors))" : "") + "\n")
  }

  func setRule(_ name: String, _ mode: RuleSetting.Mode, _ line: String) throws {
    try refreshRules(line)
    try perform(line) { _ = try book.set(name, mode) }
    book.refresh()
    io.output("rule \(name): \(mode.name)\n")
  }

  func setRule(_ name: String, _ words: [String], _ line: String) throws {
    try refreshRules(line)
    let pairs = try words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ConsoleError.usage("rules set: expected KEY=VALUE, got \(quoted(word))")
      }
      return (name: String(parts[0]), value: String(parts[1]))
    }
    var version: RuleVersion?
    try perform(line) { version = try book.set(name, parameters: pairs) }
    book.refresh()
    io.output(
      "rule \(name): version \(version?.number ?? 0); 'rules enforce \(name)' puts it in force\n")
  }

  func rollBackRule(_ name: String, _ line: String) throws {
    try refreshRules(line)
    guard try book.rule(name).newest.kind == .rule else {
      throw EngineError(
        .refused,
        "rules rollback: \(name) is a policy, and orders cannot be taken back; 'rules off \(name)' "
          + "ends it")
    }
    var (restored, bans) = (0, 0)
    let consent = handler.consent
    // Bringing back is the safe direction: nobody needs to be asked.
    if handler.mode == .live { handler.consent = .given }
    defer { handler.consent = consent }
    try perform(line) {
      try handler.note(reason: "rollback of \(name)")
      (restored, bans) = try handler.rollBack(rule: name)
    }
    seen = [:]
    io.output(
      "rule \(name): \(Self.carts(restored)) brought back"
        + (bans > 0 ? ", \(bans) \(bans == 1 ? "ban" : "bans") taken off" : "") + "\n")
  }
}
