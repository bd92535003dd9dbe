import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartScripting
import CartSupport

/// Passes of rules over all carts, and enforcing rules.
extension Console {
  /// `rules run [NAME] [--plan]`: one pass over all open carts, then the policies that are due.
  func runRules(_ words: [String], _ line: String) throws {
    let names = words.filter { $0 != "--plan" }
    guard names.count <= 1, words.count - names.count <= 1 else {
      throw ConsoleError.usage("rules run: expected [NAME] [--plan]")
    }
    var pass = RulePass(application)
    pass.hasProgress = io.terminal.width != nil
    let run = try pass.run(names.first, isTrial: names.count < words.count, as: line)
    if run.judged > 0 || run.policies.isEmpty {
      io.output("\(Self.carts(run.judged)) judged, \(run.held.count) held\n")
    }
    for (name, failure) in run.failures.sorted(by: { $0.key < $1.key }) {
      io.messages(
        "rule \(name) failed on \(Self.carts(failure.carts)) and did not judge them: "
          + printable(failure.message))
    }
    if !run.unchecked.isEmpty {
      io.messages(
        "\(run.unchecked.text) of these carts cannot be compared with the blacklist; 'cartio export "
          + "carts' shows them")
    }
    show(run.policies)
    if let plan = run.plan, !plan.changes.isEmpty { show(plan) }
  }

  /// `rules enforce NAME [confirm=N]`.
  func enforce(_ name: String, _ words: [String], _ line: String) throws {
    var confirmed: String?
    for word in words {
      guard word.hasPrefix("confirm=") else {
        throw ConsoleError.usage("rules enforce: expected NAME [confirm=N], got \(quoted(word))")
      }
      confirmed = String(word.dropFirst(8))
    }
    switch try RuleEnforcement(application).enforce(name, confirmed: confirmed, as: line) {
    case .rule(let setting, let now, let month): say(name, setting, now, month)
    case .policy(let setting, let trial): say(name, setting, trial)
    }
  }

  private func say(
    _ name: String, _ setting: RuleSetting, _ now: RuleEnforcement.Hits, _ month: Backtest?
  ) {
    io.output(
      "rule \(name): version \(setting.version) is enforced; it matches \(now.hits) of "
        + "\(Self.carts(now.carts)) now, "
        + (month.map {
          "matched \(Self.grouped($0.hits.count)) of \(Self.grouped($0.judged)) in 30 days, "
        } ?? "")
        + "and falls back to shadow beyond "
        + "\(setting.band.map { "\($0.rounded)" } ?? "100") % of those judged"
        + (now.errors > 0 ? "; it fails on \(Self.carts(now.errors))" : "") + "\n")
  }

  func setRule(_ name: String, _ mode: RuleSetting.Mode, _ line: String) throws {
    try refreshRules(line)
    if mode == .shadow { try RuleFolder(application).requireSound(name, "shadow") }
    try perform(line) { _ = try book.set(name, mode, in: handler.run) }
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
    try perform(line) { version = try book.set(name, parameters: pairs, in: handler.run) }
    book.refresh()
    io.output(
      "rule \(name): version \(version?.number ?? 0); 'rules enforce \(name)' enforces it\n")
  }

  func rollBackRule(_ name: String, _ line: String) throws {
    try refreshRules(line)
    guard try book.rule(name).newest.kind == .rule else {
      throw EngineError(
        .refused,
        "rules rollback: \(name) is a policy, and orders cannot be undone; 'rules off \(name)' "
          + "ends it")
    }
    var (restored, bans) = (0, 0)
    let consent = handler.consent
    // Bringing back is the safe direction: nobody needs to be asked.
    if handler.mode == .live { handler.consent = .given }
    defer { handler.consent = consent }
    try perform(line) {
      try handler.run.note(reason: "rollback of \(name)")
      (restored, bans) = try handler.run.guard.rollBack(rule: name)
    }
    io.output(
      "rule \(name): \(Self.carts(restored)) restored"
        + (bans > 0 ? ", \(bans) \(bans == 1 ? "ban" : "bans") removed" : "") + "\n")
  }

  /// `.rules check [NAME…]`: the files, and over the shop's carts and lists; of names only their files.
  func checkRules(_ names: [String], _ line: String) throws {
    guard names.isEmpty else {
      var check = RuleCheck(io, now: handler.now)
      try check.read(
        try names.map { try RuleCheck.path($0, in: home.rulesFolder, now: handler.now) })
      if check.finish() == .failed { exit = .failed }
      return
    }
    try refreshRules(line)
    var check = RuleCheck(io, now: handler.now)
    try check.read([home.rulesFolder], isNamed: false, loads: false)
    check.show(try book.check(), in: home.rulesFolder)
    if check.finish() == .failed { exit = .failed }
  }
}
