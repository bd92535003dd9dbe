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
    try RuleSettings(application).set(name, mode, as: line)
    io.output("rule \(name): \(mode.name)\n")
  }

  func setRule(_ name: String, _ words: [String], _ line: String) throws {
    let pairs = try words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ConsoleError.usage("rules set: expected KEY=VALUE, got \(quoted(word))")
      }
      return (name: String(parts[0]), value: String(parts[1]))
    }
    let version = try RuleSettings(application).set(name, parameters: pairs, as: line)
    io.output(
      "rule \(name): version \(version.number); 'rules enforce \(name)' enforces it\n")
  }

  func rollBackRule(_ name: String, _ line: String) throws {
    let (restored, bans) = try RuleSettings(application).rollBack(name, as: line)
    io.output(
      "rule \(name): \(Self.carts(restored)) restored"
        + (bans > 0 ? ", \(bans) \(bans == 1 ? "ban" : "bans") removed" : "") + "\n")
  }

  /// `.rules check [NAME…]`: the files, and over the shop's carts and lists; of names only their files.
  func checkRules(_ names: [String], _ line: String) throws {
    if names.isEmpty { try refreshRules(line) }
    var check = RuleCheck(home, now: handler.now) { [io] in Self.show($0, io) }
    try check.check(names) { [book] in try book.check() }
    if Self.conclude(check, io) == .failed { exit = .failed }
  }

  static func show(_ line: RuleCheck.Line, _ io: ConsoleIO) {
    let text = "\(line.place)\(line.isError ? "error" : "warning"): \(line.message)"
    io.output(safe(printable(text), io) + "\n")
  }

  /// - Returns: `failed` where there are errors.
  static func conclude(_ check: RuleCheck, _ io: ConsoleIO) -> ConsoleError.Exit {
    io.messages(
      "\(CountText.count(check.files, "file")): \(CountText.count(check.errors, "error")), "
        + CountText.count(check.warnings, "warning"))
    return check.errors == 0 ? .done : .failed
  }
}
