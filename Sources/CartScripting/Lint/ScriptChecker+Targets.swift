/// What a script assigns to.
extension ScriptChecker {
  mutating func check(target: LuaExpression) {
    switch target.kind {
    case .name(let name):
      guard local(name) == nil, isDefining else { return }
      say(target.line, "global '\(name)' cannot be set here; use 'local \(name)'")
    case .index(let owner, let key):
      let type = type(of: owner)
      _ = self.type(of: key)
      guard case .object(let kind) = type.base, case .text(let name) = key.kind else {
        if !type.field.isEmpty, type.base == .table || type.base == .object(.lines) {
          say(target.line, "\(type.field) is read-only" + advice(type.field))
        }
        return
      }
      let field = "\(kind.name).\(name)"
      say(
        target.line,
        kind.field(name) == nil
          ? ScriptMember.missing(name, of: type) : "\(field) is read-only" + advice(field))
    default: break
    }
  }

  func advice(_ field: String) -> String {
    let parts = field.split(separator: ".")
    guard parts.count == 2, let kind = ScriptClassID.of(String(parts[0])),
      let setter = kind.field(String(parts[1]))?.setter, !setter.isEmpty
    else { return "" }
    return "; use \(setter)"
  }
}
