import CartEngine
import CartModel
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

  public enum Action: String, Sendable { case hold, flag }

  /// What follows a hit: an entry of the blacklist.
  public struct Ban: Equatable, Sendable {
    public var by: ListEntry.Kind
    public var ttl: Span
  }
}

extension ScriptSession {
  private static let ruleKeys = [
    "when", "params", "action", "ban", "reason", "tell", "priority", "share", "band",
  ]

  /// Takes in what follows `rule "name"`.
  func define(rule name: String, _ what: String, _ pairs: [LuaValue.Pair]) throws {
    var members: [String: LuaValue] = [:]
    for pair in pairs {
      let key = text(pair.key)
      guard Self.ruleKeys.contains(key) else {
        throw LuaRaise("\(what): no key \(quoted(key))\(didYouMean(key, among: Self.ruleKeys))")
      }
      members[key] = pair.value
    }
    guard !rules.contains(where: { $0.name == name }) else {
      throw LuaRaise("\(what): is defined already")
    }
    func bad(_ key: String, _ expected: String) -> LuaRaise {
      LuaRaise("\(what): \(key): expected \(expected), got \(members[key].map(kind) ?? "nothing")")
    }
    func string(_ key: String) throws(LuaRaise) -> String? {
      guard let value = members[key] else { return nil }
      guard case .string(let text) = value else { throw bad(key, "a text") }
      return text
    }
    func percent(_ key: String) throws(LuaRaise) -> Percent? {
      guard members[key] != nil else { return nil }
      guard case .string(let text)? = members[key], text.hasSuffix("%"),
        let percent = try? Percent(text.dropLast()),
        (0...100_000_000).contains(percent.millionths)
      else { throw bad(key, "a share as \"2%\"") }
      return percent
    }
    guard case .function(let when)? = members["when"] else {
      throw bad("when", "a function")
    }
    keep(when)
    var rule = ScriptRule(name: name, when: when)
    if let action = try string("action") {
      guard let known = ScriptRule.Action(rawValue: action) else {
        throw LuaRaise(
          "\(what): action: expected hold or flag, got \(quoted(action))"
            + didYouMean(action, among: ["hold", "flag"]))
      }
      rule.action = known
    }
    rule.reason = try string("reason") ?? ""
    rule.tell = try string("tell") ?? ""
    if let value = members["priority"] {
      guard case .integer(let number) = value else { throw bad("priority", "a whole number") }
      rule.priority = number
    }
    rule.share = try percent("share") ?? rule.share
    rule.band = try percent("band")
    if let value = members["ban"] { rule.ban = try ban(value, what) }
    if let value = members["params"] {
      guard case .table(let pairs) = value else { throw bad("params", "a table") }
      for pair in pairs {
        guard case .string(let key) = pair.key else { throw bad("params", "names") }
        switch pair.value {
        case .integer, .number, .string, .boolean: break
        default:
          throw LuaRaise(
            "\(what): params: \(key): expected a number, a text, true or false, got "
              + kind(pair.value))
        }
        rule.parameters.append((key, pair.value))
      }
      rule.parameters.sort { $0.name < $1.name }
    }
    rules.append(rule)
  }

  private func ban(_ value: LuaValue, _ what: String) throws -> ScriptRule.Ban {
    guard case .table(let pairs) = value else {
      throw LuaRaise("\(what): ban: expected {by=, ttl=}, got \(kind(value))")
    }
    for pair in pairs {
      let key = text(pair.key)
      guard ["by", "ttl"].contains(key) else {
        throw LuaRaise(
          "\(what): ban: no key \(quoted(key))\(didYouMean(key, among: ["by", "ttl"]))")
      }
    }
    guard case .string(let by)? = value["by"],
      let kind = ListEntry.Kind.allCases.first(where: { $0.name == by })
    else { throw LuaRaise("\(what): ban: by: expected ip or email") }
    guard case .string(let text)? = value["ttl"] else {
      throw LuaRaise("\(what): ban: ttl: expected a span as \"7d\"")
    }
    let span = try Span(text)
    guard kind != .country, (1...(366 * 86_400_000)).contains(span.milliseconds) else {
      throw LuaRaise(
        "\(what): ban: expected by = \"ip\" or \"email\", and a ttl of more than 0 s and at most 366d"
      )
    }
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
    let table = LuaValue.record(
      rule.parameters.map { ($0.name, Self.value(of: $0.value, setTo: parameters[$0.name])) })
    let results = try callFresh(rule.when, [object(cart: cart), table], .rule)
    switch results.first ?? .nil {
    case .nil, .boolean(false): return nil
    case .boolean(true): return ""
    case .string(let text): return String(text.prefix(500).filter { $0 != "\0" })
    case let other:
      throw ScriptError(
        .failed,
        "rule \(quoted(rule.name)): expected true, false, a text or nil, got \(kind(other))")
    }
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

  /// Whether a text can stand for a parameter's value; nil where it can, else what was expected.
  public static func mismatch(_ own: LuaValue, _ text: String) -> String? {
    switch own {
    case .integer, .number: Double(text)?.isFinite == true ? nil : "a number"
    case .boolean: text == "true" || text == "false" ? nil : "true or false"
    default: nil
    }
  }
}
