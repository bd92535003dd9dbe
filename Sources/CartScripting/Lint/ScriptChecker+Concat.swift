import CartModel

/// What `..` and `table.concat` take: texts and numbers.
extension ScriptChecker {
  mutating func checkJoined(_ line: Int, _ side: LuaExpression, _ type: ScriptType) {
    guard let words = unjoinable(side, type) else { return }
    say(line, words, isWarning: type.isDefault)
  }

  /// `table.concat({"a", c.total})`.
  mutating func checkConcat(_ function: LuaExpression, _ given: [LuaExpression]) {
    guard function.path == "table.concat", local("table") == nil,
      case .table(let items)? = given.first?.kind
    else { return }
    for item in items where item.key == nil {
      var quiet = self
      checkJoined(item.value.line, item.value, quiet.type(of: item.value))
    }
  }

  /// Why a value cannot be concatenated; nil where it may be.
  private func unjoinable(_ side: LuaExpression, _ type: ScriptType) -> String? {
    let name = side.path
    switch type.base {
    case .unknown, .text, .number: return nil
    case .nil: return "nil cannot be concatenated"
    case .object(.money):
      return "money cannot be concatenated; write tostring(\(name ?? "…"))"
    case .object(.price):
      return "a price cannot be concatenated; write tostring(\(name ?? "…"))"
    case .boolean:
      return "\(name.map { "\($0) is " } ?? "")true or false"
        + "\(name == nil ? "" : " and") cannot be concatenated; write tostring(\(name ?? "…"))"
    case .table, .function, .object, .record:
      guard let name else { return "\(type.words) cannot be concatenated" }
      return "\(name) is \(type.words) and cannot be concatenated"
        + (type.words == "a list" ? "; write #\(name) for its length" : "")
    }
  }

  /// Notes a line that compares a field of a plain table, or one whose type the script tests: it is
  /// no amount by its name alone. What a function is given is taken for a cart.
  mutating func settle(_ line: Int, _ side: LuaExpression) {
    guard case .index(let owner, _) = side.kind else { return }
    var quiet = self
    let base = quiet.type(of: owner).base
    let isTested = [side.path, owner.path].contains { $0.map(tested.types.contains) == true }
    let isGiven = owner.path.map(given.contains) == true
    if isTested || base == .table || isDefining && base == .unknown && !isGiven {
      if file.isEmpty { settled.insert(line) }
    }
  }
}
