import CartModel

/// Tables that follow `rule "name"` and `policy "name"`.
extension ScriptChecker {
  mutating func check(
    definition kind: String, _ name: String, _ items: [LuaTableItem], _ line: Int
  ) {
    let what = "\(kind) \(quoted(name))"
    let known = kind == "rule" ? ScriptSession.ruleKeys : ScriptSession.policyKeys
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
    let parameters = parameters(members["params"])
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if case .function(let body) = value.kind, ["when", "order"].contains(key) {
        check(body, [ScriptType(base: .object(.cart)), parameters])
      } else {
        _ = type(of: value)
      }
    }
  }

  /// The parameters of a rule by their kinds, where all stand as they are.
  func parameters(_ table: LuaExpression?) -> ScriptType {
    var type = ScriptType(base: .table)
    guard let table else {
      type.parameters = [:]
      return type
    }
    guard case .table(let items) = table.kind else { return .unknown }
    var kinds: [String: ScriptType.Base] = [:]
    for item in items {
      guard case .text(let name)? = item.key?.kind else { return .unknown }
      switch item.value.kind {
      case .number, .unary("-", _): kinds[name] = .number
      case .text: kinds[name] = .text
      case .boolean: kinds[name] = .boolean
      default: kinds[name] = .unknown
      }
    }
    type.parameters = kinds
    return type
  }
}
