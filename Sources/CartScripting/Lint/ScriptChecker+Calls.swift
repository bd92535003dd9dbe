import CartModel
import CartSupport

/// Arguments of the API's functions, and where they may be called.
extension ScriptChecker {
  /// Says why a function or a field may not be used where the check is.
  mutating func refuse(_ line: Int, _ name: String, _ access: ScriptAccess) {
    if let words = place?.refusal(name, access) { say(line, words) }
  }

  /// - Parameters:
  ///   - label: the function's name as scripts write it.
  ///   - given: the arguments, without the object of a method.
  ///   - isRefusing: whether it is said that it may not be called here.
  mutating func check(
    _ function: ScriptFunction, _ label: String, _ line: Int, _ given: [LuaExpression],
    _ types: [ScriptType], refusing isRefusing: Bool = true
  ) {
    if isRefusing { refuse(line, label, function.access) }
    for type in types { follow(type, []) }
    let parameters = function.parameters
    guard parameters.last?.name != "..." else { return }
    if given.count > parameters.count {
      say(line, "\(label): expected at most \(parameters.count) arguments, got \(given.count)")
    }
    // The last call may give several values.
    if given.last.map({ !$0.givesSeveral }) ?? true, given.count < parameters.count,
      !parameters[given.count].isOptional
    {
      let missing = parameters[given.count]
      say(line, "\(label): expected \(missing.name), a \(missing.type), got nothing")
    }
    for (index, parameter) in parameters.enumerated() where index < given.count {
      let (value, type) = (given[index], types[index])
      guard type.fits(parameter.type) else {
        say(
          value.line,
          "\(label): \(parameter.name): expected \(words(parameter.type)), got \(type.words)",
          isWarning: type.isDefault)
        continue
      }
      check(parameter.grammar, label, value, type)
    }
  }

  /// `string|table` for a reader.
  private func words(_ declared: String) -> String {
    declared.split(separator: "|").map { part in
      part == "integer"
        ? "a whole number"
        : part == "function" ? "a function" : ScriptType(declared: String(part)).words
    }.joined(separator: " or ")
  }

  // MARK: Calls

  mutating func call(
    _ whole: LuaExpression, _ function: LuaExpression, _ given: [LuaExpression]
  ) -> ScriptType {
    // rule "name" { … }
    if case .call(let maker, let names) = function.kind, case .name(let kind) = maker.kind,
      local(kind) == nil, names.count == 1, case .table(let items)? = given.first?.kind,
      let known = ScriptSession.definitionKeys[kind]
    {
      let name = type(of: names[0]).text
      let around = definition
      if kind == "rule" || kind == "policy" { definition = name }
      check(
        definition: "\(kind) \(name.map { quoted($0) } ?? "of a computed name")", kind, known,
        items,
        whole.line)
      definition = around
      return .unknown
    }
    checkConcat(function, given)
    switch function.kind {
    case .name(let name) where local(name) == nil:
      let types = type(ofCalled: function, given)
      return call(global: name, whole.line, given, types)
    case .index(let owner, let key):
      guard case .text(let member) = key.kind else { break }
      if case .name(let space) = owner.kind, local(space) == nil,
        let known = ScriptNames.functions["\(space).\(member)"]
      {
        let types = type(ofCalled: function, given)
        check(known, known.name, whole.line, given, types)
        return known.returns.isEmpty ? .unknown : ScriptType(declared: known.returns)
      }
      var quiet = self
      guard case .object(let kind) = quiet.type(of: owner).base else { break }
      let types = type(ofCalled: function, given)
      return call(member, of: kind, whole.line, given, types)
    default: break
    }
    let own = type(of: function)
    let types = given.map { self.type(of: $0) }
    follow(own, types)
    return .unknown
  }

  mutating func type(ofCalled function: LuaExpression, _ given: [LuaExpression])
    -> [ScriptType]
  {
    _ = type(of: function)
    return given.map { type(of: $0) }
  }

  /// `carts.create{…}`; a method called with a dot lacks its object.
  private mutating func call(
    _ member: String, of kind: ScriptClassID, _ line: Int, _ given: [LuaExpression],
    _ types: [ScriptType]
  ) -> ScriptType {
    if let function = kind.declaration?.statics.first(where: { $0.name == member }) {
      check(function, "\(kind.name).\(member)", line, given, types)
      return function.returns.isEmpty ? .unknown : ScriptType(declared: function.returns)
    }
    if kind.method(member) != nil,
      types.first.map({ $0.isKnown && $0.base != .object(kind) }) ?? true
    {
      let owner = kind == .cart ? "c" : kind.name
      say(line, "\(kind.name).\(member): is a method; write \(owner):\(member)(…) with a colon")
    }
    return .unknown
  }

  private mutating func call(
    global name: String, _ line: Int, _ given: [LuaExpression], _ types: [ScriptType]
  ) -> ScriptType {
    if let kind = ScriptClassID.of(name), let maker = kind.declaration?.maker {
      check(maker, name, line, given, types)
      return ScriptType(declared: maker.returns)
    }
    switch name {
    case "tostring", "type": return ScriptType(base: .text)
    case "require":
      if let known = ScriptNames.functions[name] { check(known, name, line, given, types) }
      return types.first?.text.map { type(ofModule: $0) } ?? .unknown
    default:
      guard let known = ScriptNames.functions[name] else {
        for type in types { follow(type, []) }
        return .unknown
      }
      check(known, name, line, given, types)
      guard !known.returns.isEmpty else { return .unknown }
      var type = ScriptType(declared: known.returns)
      if type.base == .object(.list), let file = types.first {
        (type.file, type.isDefault) = (file.text ?? "", file.isDefault)
      }
      return type
    }
  }
}

extension LuaExpression {
  /// Whether it may give more values than one.
  fileprivate var givesSeveral: Bool {
    switch kind {
    case .call, .method, .rest: true
    default: false
    }
  }
}

extension ScriptClass {
  /// What makes objects of a class that is called by its name: `carts{…}`; its object is left out.
  var maker: ScriptFunction? {
    guard let call = events.first(where: { $0.name == "call" }),
      call.parameters.first?.name == "self"
    else { return nil }
    return ScriptFunction(
      call.name, call.access, Array(call.parameters.dropFirst()), returns: call.returns, call.help,
      call.body)
  }
}

extension ScriptClassID {
  var access: ScriptAccess { declaration?.access ?? .pure }
}
