import CartApplication
import CartModel
import CartRules
import CartSupport

/// Sets rules and policies, and says what they will do.
struct RuleSettingVerbs: VerbGroup {
  let workspace: Workspace
  private var settings: RuleSettings { RuleSettings(application) }
  init(_ workspace: Workspace) { self.workspace = workspace }

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
    case .policy(let setting, let trial): PolicyView(workspace).say(name, setting, trial)
    }
  }

  private func say(
    _ name: String, _ setting: RuleSetting, _ now: RuleEnforcement.Hits, _ month: Backtest?
  ) {
    io.output(
      "rule \(name): version \(setting.version) is enforced; it matches \(now.hits) of "
        + "\(CountText.carts(now.carts)) now, "
        + (month.map {
          "matched \(CountText.grouped($0.hits.count)) of \(CountText.grouped($0.judged)) in 30 days, "
        } ?? "")
        + "and falls back to shadow beyond "
        + "\(setting.band.map { "\($0.rounded)" } ?? "100") % of those judged"
        + (now.errors > 0 ? "; it fails on \(CountText.carts(now.errors))" : "") + "\n")
  }

  func set(_ name: String, _ mode: RuleSetting.Mode, _ line: String) throws {
    try settings.set(name, mode, as: line)
    io.output("rule \(name): \(mode.name)\n")
  }

  func set(_ name: String, _ words: [String], _ line: String) throws {
    let pairs = try words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ConsoleError.usage("rules set: expected KEY=VALUE, got \(quoted(word))")
      }
      return (name: String(parts[0]), value: String(parts[1]))
    }
    let version = try settings.set(name, parameters: pairs, as: line)
    io.output(
      "rule \(name): version \(version.number); 'rules enforce \(name)' enforces it\n")
  }

  func rollBack(_ name: String, _ line: String) throws {
    let done = try settings.rollBack(name, as: line)
    var parts: [String] = []
    if done.unflagged > 0 { parts.append("\(CountText.count(done.unflagged, "flag")) removed") }
    if done.bans > 0 { parts.append("\(CountText.count(done.bans, "ban")) removed") }
    if done.restored > 0 || parts.isEmpty {
      parts.insert("\(CountText.carts(done.restored)) restored", at: 0)
    }
    io.output("rule \(name): \(parts.joined(separator: ", "))\n")
  }
}
