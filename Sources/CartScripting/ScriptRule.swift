import CartEngine
import CartModel
import CartSupport
import LuaKit

/// A rule as its file states it.
public struct ScriptRule: Sendable {
  public let name: String
  public var action = Action.hold
  /// For staff; what `when` returns as a text stands instead.
  public var reason = ""
  /// What may be said outside.
  public var tell = ""
  /// The higher decides what is said where several hit.
  public var priority: Int64 = 0
  /// Which part of the shoppers it is about; millionths of a percent.
  public var share = Percent(millionths: 100_000_000)
  public var band: Percent?
  public var ban: Ban?
  public var parameters: [(name: String, value: LuaValue)] = []
  let when: LuaFunction
  /// Of its file, in a pass.
  var context = 0

  public enum Action: String, Sendable { case hold, flag }

  /// What follows a hit: an entry of the blacklist.
  public struct Ban: Equatable, Sendable {
    public var by: ListEntry.Kind
    public var ttl: Span
  }
}

extension ScriptSession {
  /// The keys of what files define, by its kind.
  static let definitionKeys: [String: [String]] = [
    "rule": ruleKeys, "policy": policyKeys, "report": reportKeys,
    "importer": ScriptImporter.keys,
  ]

  static let reportKeys = ["title", "run"]

  static let ruleKeys = [
    "when", "params", "action", "ban", "reason", "tell", "priority", "share", "band",
  ]

  /// Takes in what follows `rule "name"`.
  func define(rule name: String, _ what: String, _ pairs: [LuaValue.Pair]) throws {
    let members = try DefinitionMembers(self, what, pairs, known: Self.ruleKeys)
    guard !rules.contains(where: { $0.name == name }) else {
      throw LuaRaise("\(what): is defined already")
    }
    var rule = ScriptRule(name: name, when: try members.function("when"))
    if let action = try members.string("action") {
      guard let known = ScriptRule.Action(rawValue: action) else {
        throw LuaRaise(
          "\(what): action: expected hold or flag, got \(quoted(action))"
            + didYouMean(action, among: ["hold", "flag"]))
      }
      rule.action = known
    }
    rule.reason = try members.string("reason") ?? ""
    rule.tell = try members.string("tell") ?? ""
    rule.priority = try members.integer("priority") ?? 0
    rule.share = try members.percent("share") ?? rule.share
    rule.band = try members.percent("band")
    if let ban = try members.table("ban", known: ["by", "ttl"]) {
      rule.ban = try self.ban(ban, what)
    }
    rule.parameters = try members.parameters()
    rule.context = context
    keep(rule.when)
    rules.append(rule)
  }

  private func ban(_ ban: DefinitionMembers, _ what: String) throws -> ScriptRule.Ban {
    guard case .string(let by)? = ban["by"], let kind = DefinitionMembers.banKey(by) else {
      throw LuaRaise("\(what): ban: by: expected \(DefinitionMembers.Form.banKey.expected)")
    }
    guard let span = try ban.span("ttl") else { throw ban.bad("ttl", "a span as \"7d\"") }
    return ScriptRule.Ban(by: kind, ttl: span)
  }

  /// Asks a rule about a cart.
  ///
  /// - Parameter parameters: what stands in place of the rule's own, by name.
  /// - Returns: the reason of a hit, empty for one without words; nil for none.
  /// - Throws: `ScriptError` for what the rule raises, for a limit, and for an answer that is none.
  public func judge(_ rule: ScriptRule, _ cart: Int64, _ parameters: [String: String] = [:])
    throws(ScriptError) -> String?
  {
    isJudging = true
    defer { isJudging = false }
    // What is traced is noted by the host.
    if facts == nil, let view, let own = try? handler.reader.cart(cart) {
      view.fill(own, now: handler.now, handler.settings)
      vm.show(view.view)
    }
    defer { vm.show(nil) }
    let results = try callFresh(
      rule.when, [object(cart: cart), self.parameters(rule.parameters, set: parameters)],
      ruleBudget, record: ScriptRecord.parameters)
    return try reason(results.first ?? .nil, "rule \(quoted(rule.name))")
  }

  /// What `when` answered: nil for no, a reason for yes, which may be empty.
  func reason(_ answer: LuaValue, _ what: String) throws(ScriptError) -> String? {
    switch answer {
    case .nil, .boolean(false): return nil
    case .boolean(true): return ""
    case .string(let text): return String(text.prefix(500).filter { $0 != "\0" })
    case let other:
      throw ScriptError(
        .failed, "\(what): expected true, false, a text or nil, got \(kind(other))")
    }
  }

  /// The parameters as `p`: the file's own, or what was set in their place.
  func parameters(_ own: [(name: String, value: LuaValue)], set: [String: String]) -> LuaValue {
    .record(own.map { ($0.name, Self.value(of: $0.value, setTo: set[$0.name])) })
  }

  /// A parameter's value: of the kind that the file gives it.
  private static func value(of own: LuaValue, setTo text: String?) -> LuaValue {
    guard let text else { return own }
    switch own {
    case .integer:
      return Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? own
    case .number: return Double(text).map { .number($0) } ?? own
    case .boolean: return .boolean(text == "true")
    default: return .string(text)
    }
  }
}
