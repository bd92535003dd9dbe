import CartModel
import CartSupport

/// What expressions are, and the names that they use.
extension ScriptChecker {
  mutating func type(of expression: LuaExpression) -> ScriptType {
    switch expression.kind {
    case .nil: return ScriptType(base: .nil)
    case .boolean: return ScriptType(base: .boolean)
    case .number(let digits): return ScriptType(number: digits)
    case .text(let text): return ScriptType(text: text)
    case .rest: return .unknown
    case .function(let body):
      let known = function(body)
      // What a rule is asked by is looked at as it is called.
      elsewhere { $0.check(body, []) }
      return known
    case .table(let items):
      var table = ScriptType(base: .table)
      for item in items {
        if let key = item.key { _ = type(of: key) }
        let value = type(of: item.value)
        if case .text(let name)? = item.key?.kind, value.base == .function {
          table.members[name] = value
        }
      }
      return table
    case .group(let inner):
      var type = type(of: inner)
      type.isOptional = type.isOptional || type.base == .unknown
      return type
    case .name(let name):
      if let type = local(name) { return tested.types.contains(name) ? .unknown : type }
      // A script at the console may set globals, and has names that rules do not have.
      if !isDefining, assigned.contains(name) || ScriptNames.ofConsole.contains(name) {
        return .unknown
      }
      guard ScriptNames.globals.contains(name) else {
        say(
          expression.line,
          "unknown name \(quoted(name))" + didYouMean(name, among: ScriptNames.globals + variables))
        return .unknown
      }
      return name == "carts"
        ? ScriptType(base: .object(.carts))
        : ScriptNames.functions[name] == nil ? .unknown : ScriptType(base: .function)
    case .index(let owner, let key):
      let type = member(expression.line, owner, key)
      guard let path = expression.path else { return type }
      if tested.types.contains(path) { return .unknown }
      guard type.isDefault, tested.values.contains(path) else { return type }
      // A value that has a meaning of its own, as "any", is not used as a text of its place.
      var open = type
      open.text = nil
      return open
    case .method(let owner, let name, let given):
      return apart { $0.method(expression.line, owner, name, given) }
    case .call(let function, let given): return apart { $0.call(expression, function, given) }
    case .unary(let sign, let inner):
      let here = isAlternative
      // What is never true makes its negation always true.
      isAlternative = isAlternative || sign == "not"
      let type = type(of: inner)
      if sign == "not" { check(truthOf: inner, isNegated: true) }
      isAlternative = here
      switch sign {
      case "not": return ScriptType(base: .boolean)
      case "#": return ScriptType(base: .number)
      default: return type.base == .object(.money) ? ScriptType(base: type.base) : .unknown
      }
    case .binary(let sign, let left, let right): return binary(expression.line, sign, left, right)
    }
  }

  /// Looks at arguments, which decide nothing of the condition around the call.
  private mutating func apart(_ body: (inout ScriptChecker) -> ScriptType) -> ScriptType {
    let here = isAlternative
    isAlternative = false
    defer { isAlternative = here }
    return body(&self)
  }

  private var variables: [String] { scopes.flatMap(\.keys) }

  mutating func member(_ line: Int, _ owner: LuaExpression, _ key: LuaExpression)
    -> ScriptType
  {
    if case .name(let library) = owner.kind, local(library) == nil, case .text(let name) = key.kind,
      ScriptNames.globals.contains(library), library != "carts", library != "_G"
    {
      return member(line, of: library, name)
    }
    let type = type(of: owner)
    let place = self.type(of: key)
    guard case .text(let name) = key.kind else {
      if place.base == .number, type.base == .object(.lines) {
        var item = ScriptType(base: .object(.line))
        item.isOptional = true
        return item
      }
      var item = type.items.map { ScriptType(base: $0) } ?? .unknown
      item.isOptional = true
      return item
    }
    if let parameters = type.parameters {
      guard let kind = parameters[name] else {
        say(
          line,
          ScriptRecord.missing(name, of: ScriptRecord.parameters, among: Array(parameters.keys)))
        return .unknown
      }
      return kind
    }
    if let known = type.members[name] { return known }
    switch type.base {
    // They have the names that a shop gives them.
    case .object(.attributes):
      do throws(ModelError) { try Attribute.check(name: name) } catch { say(line, error.message) }
      return ScriptType(base: .text)
    case .object(let kind) where kind != .definition:
      if let field = kind.field(name) {
        refuse(line, "\(kind.name).\(name)", field.access ?? kind.access)
        return ScriptType(declared: field.type, field: "\(kind.name).\(name)")
      }
      if kind.method(name) == nil { say(line, ScriptMember.missing(name, of: type)) }
      return .unknown
    case .record(let record):
      guard let fields = ScriptRecord.named(record)?.fields, !fields.isEmpty else {
        return .unknown
      }
      if let field = fields.first(where: { $0.name == name }) {
        return ScriptType(declared: field.type, field: "\(record).\(name)")
      }
      say(line, ScriptRecord.missing(name, of: record, among: fields.map(\.name)))
      return .unknown
    case .text where ScriptNames.textMethods[name] == nil && !type.field.isEmpty:
      say(line, "\(type.field) is a text and has no field \(quoted(name))")
      return .unknown
    default: return .unknown
    }
  }

  private mutating func member(_ line: Int, of library: String, _ name: String) -> ScriptType {
    let members = ScriptNames.members(of: library)
    if !members.isEmpty, !members.contains(name) {
      say(line, "\(library).\(name): no such function\(didYouMean(name, among: members))")
    }
    return members.isEmpty ? .unknown : ScriptType(base: .unknown)
  }

  mutating func method(
    _ line: Int, _ owner: LuaExpression, _ name: String, _ given: [LuaExpression]
  ) -> ScriptType {
    let type = type(of: owner)
    let types = given.map { self.type(of: $0) }
    switch type.base {
    case .text:
      guard let result = ScriptNames.textMethods[name] else {
        say(
          line,
          "\(type.field.isEmpty ? "a text" : type.field): has no method \(quoted(name))"
            + didYouMean(name, among: ScriptNames.textMethods.keys.sorted()),
          isWarning: type.isDefault)
        return .unknown
      }
      return ScriptType(base: result)
    case .object(let kind) where kind != .definition:
      guard let function = kind.method(name) else {
        let isField = kind.field(name) != nil
        say(
          line,
          isField
            ? "\(kind.name).\(name) is a field; write .\(name) without ( )"
            : "\(kind.name):\(name): no such method"
              + ScriptMember.hint(name, of: kind, among: kind.memberNames))
        return .unknown
      }
      if kind == .list, name == "has", types.first?.field == "cart.ip" {
        checkList(line, type.file, isWarning: type.isDefault)
      }
      if kind == .list, name == "match", types.first?.field == "cart.ip" {
        checkRanges(line, type.file)
      }
      // An object that may not be had here was refused where it was made.
      let isOutOfPlace = place?.allows(kind.access) == false
      check(function, name, line, given, types, refusing: !isOutOfPlace)
      return function.returns.isEmpty ? .unknown : ScriptType(declared: function.returns)
    default: return .unknown
    }
  }
}
