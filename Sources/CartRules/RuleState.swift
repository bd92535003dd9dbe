import CartModel

/// A rule as the event log has it: its versions, and what becomes of its verdicts.
public struct RuleState: Sendable {
  public let name: String
  /// The oldest first; never empty.
  public internal(set) var versions: [Made]
  public internal(set) var setting: RuleSetting
  /// Who set it, and when; nil where it was never set.
  public internal(set) var setBy: (actor: Actor, at: Timestamp)?

  /// A version, who made it, and when.
  public struct Made: Sendable {
    public var version: RuleVersion
    public var actor: Actor
    public var at: Timestamp
  }

  /// Whether it judges no more because it made changes slow; a person resumes it.
  public var isSuspended: Bool { setting.mode == .off && setBy?.actor == .rule(name) }

  /// `shadow`, `enforce`, `off` or `suspended`.
  public var mode: String { isSuspended ? "suspended" : setting.mode.name }

  /// The version that judges now.
  public var current: RuleVersion {
    version(setting.version) ?? newest
  }

  public var newest: RuleVersion { versions[versions.count - 1].version }

  /// Nil for a number that no version has.
  public func version(_ number: Int64) -> RuleVersion? {
    versions.first { $0.version.number == number }?.version
  }

  /// Reads the event log's events about rules.
  static func fold(_ events: [Event]) -> [String: RuleState] {
    var states: [String: RuleState] = [:]
    for event in events {
      switch event.body.ofRule {
      case .version(let version):
        let made = Made(version: version, actor: event.actor, at: event.at)
        if states[version.rule] == nil {
          states[version.rule] = RuleState(
            name: version.rule, versions: [made],
            setting: RuleSetting(rule: version.rule, mode: .shadow))
        } else {
          states[version.rule]?.versions.append(made)
          // What made changes slow was the version before.
          if states[version.rule]?.isSuspended == true {
            states[version.rule]?.setting = RuleSetting(rule: version.rule, mode: .shadow)
            states[version.rule]?.setBy = nil
          }
        }
      case .setting(let setting):
        states[setting.rule]?.setting = setting
        states[setting.rule]?.setBy = (event.actor, event.at)
      case .source, .decision, .policyRun, nil: break
      }
    }
    return states
  }
}
