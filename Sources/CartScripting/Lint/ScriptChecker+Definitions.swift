import CartModel
import CartSupport

/// Tables that follow `rule "name"` and `policy "name"`.
extension ScriptChecker {
  mutating func check(
    definition what: String, _ kind: String, _ known: [String], _ items: [LuaTableItem],
    _ line: Int
  ) {
    var members: [String: LuaExpression] = [:]
    for item in items {
      guard case .text(let key)? = item.key?.kind else { continue }
      if !known.contains(key) {
        say(
          item.key?.line ?? line,
          "\(what): no key \(quoted(key))\(didYouMean(key, among: known)); it takes "
            + known.joined(separator: ", "))
      }
      members[key] = item.value
    }
    let place: ScriptPlace? = kind == "rule" ? .rule : kind == "policy" ? .policy : nil
    guard let place else {
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        guard kind == "report", key == "run", case .function(let body) = value.kind else {
          _ = type(of: value)
          continue
        }
        elsewhere { $0.check(body, [ScriptType(base: .record("q"))]) }
      }
      return
    }
    check(members: members, what, kind, known, line)
    let parameters = parameters(members["params"])
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      guard ["when", "order"].contains(key) else {
        _ = type(of: value)
        continue
      }
      let here = self.place
      self.place = place
      let given = [ScriptType(base: .object(.cart)), parameters]
      if case .function(let body) = value.kind {
        check(body, given)
      } else {
        follow(type(of: value), given)
      }
      self.place = here
    }
  }

  /// What a rule or policy needs, and the values of its keys.
  private mutating func check(
    members: [String: LuaExpression], _ what: String, _ kind: String, _ known: [String],
    _ line: Int
  ) {
    if members["when"] == nil, members.keys.allSatisfy(known.contains) {
      say(line, "\(what): when: expected a function, got nothing")
    }
    if kind == "policy", members["max"] == nil {
      say(line, "\(what): max is required, as max = {orders = 20, total = \"5000\", per = \"1d\"}")
    }
    if case .text(let action)? = members["action"]?.kind, kind == "rule",
      ScriptRule.Action(rawValue: action) == nil
    {
      say(
        members["action"]?.line ?? line,
        "\(what): action: expected hold or flag, got \(quoted(action))"
          + didYouMean(action, among: ["hold", "flag"]))
    }
    for (key, inner) in [("ban", ["by", "ttl"]), ("max", ["orders", "total", "per"])] {
      guard case .table(let fields)? = members[key]?.kind else { continue }
      for field in fields {
        guard case .text(let name)? = field.key?.kind, !inner.contains(name) else { continue }
        say(
          field.key?.line ?? line,
          "\(what): \(key): no key \(quoted(name))\(didYouMean(name, among: inner))")
      }
    }
    for key in known {
      check(what, key, members[key], DefinitionMembers.forms[key])
      guard case .table(let fields)? = members[key]?.kind else { continue }
      for field in fields {
        guard case .text(let name)? = field.key?.kind else { continue }
        check("\(what): \(key)", name, field.value, DefinitionMembers.forms["\(key).\(name)"])
      }
    }
  }

  /// A value that stands in the file and cannot be.
  private mutating func check(
    _ what: String, _ key: String, _ value: LuaExpression?, _ form: DefinitionMembers.Form?
  ) {
    guard let value, let form else { return }
    var quiet = self
    let type = quiet.type(of: value)
    guard let text = type.text else {
      if type.base == .number, form.isTextOnly {
        say(value.line, "\(what): \(key): expected \(form.expected), got a number")
      }
      return
    }
    if !form.accepts(text) {
      say(value.line, "\(what): \(key): expected \(form.expected), got \(quoted(text))")
    }
  }

  /// The parameters of a rule by their values, its own or those set in their place, where all stand as
  /// they are.
  func parameters(_ table: LuaExpression?) -> ScriptType {
    let set = definition.flatMap { settings[$0] } ?? [:]
    var type = ScriptType(base: .table)
    guard let table else {
      type.parameters = [:]
      return type
    }
    guard case .table(let items) = table.kind else { return .unknown }
    var kinds: [String: ScriptType] = [:]
    for item in items {
      guard case .text(let name)? = item.key?.kind else { return .unknown }
      switch item.value.kind {
      case .number, .unary("-", _): kinds[name] = ScriptType(base: .number)
      case .text(let text): kinds[name] = ScriptType(text: set[name] ?? text)
      case .boolean: kinds[name] = ScriptType(base: .boolean)
      default: kinds[name] = .unknown
      }
      kinds[name]?.isDefault = true
    }
    type.parameters = kinds
    return type
  }
}
