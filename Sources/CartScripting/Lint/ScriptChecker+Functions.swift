/// Functions of the file, and what they are called with.
extension ScriptChecker {
  /// - Parameter types: of the first parameters; the others are unknown.
  mutating func check(_ body: LuaBody, _ types: [ScriptType]) {
    let here = (tested, isAlternative)
    let own = TestedPaths(body.block, entersFunctions: true, predicates: predicates)
    (tested, isAlternative) = (tested.union(own), false)
    given.formUnion(body.parameters)
    scoped {
      for (index, name) in body.parameters.enumerated() {
        var type = index < types.count ? types[index] : .unknown
        if own.nils.contains(name) { type.isOptional = true }
        $0.declare(name, type)
      }
      $0.check(body.block)
    }
    (tested, isAlternative) = here
  }

  /// Remembers a function with the names that it sees.
  mutating func function(_ body: LuaBody) -> ScriptType {
    bodies.append(KnownBody(body: body, scopes: scopes, tested: tested, file: file))
    var type = ScriptType(base: .function)
    type.body = bodies.count - 1
    return type
  }

  /// Looks at a function that a rule or policy calls, as it is called there.
  mutating func follow(_ function: ScriptType, _ types: [ScriptType]) {
    guard let number = function.body else { return }
    let known = bodies[number]
    if isGathering, !(calls[known.place]?.contains(types) ?? false) {
      calls[known.place, default: []].append(types)
    }
    guard place == .rule || place == .policy, calling.count < 20, !calling.contains(number),
      followed < 500
    else { return }
    followed += 1
    calling.insert(number)
    let here = (scopes, tested, file)
    (scopes, tested, file) = (known.scopes, known.tested, known.file)
    check(known.body, agreed(types, known))
    (scopes, tested, file) = here
    calling.remove(number)
  }

  /// What a function's parameters are in one call, as far as its other calls do not differ.
  private func agreed(_ types: [ScriptType], _ known: KnownBody) -> [ScriptType] {
    let body = known.body
    let values = TestedPaths(body.block, entersFunctions: true, predicates: predicates).values
    // It does one thing or another, by what a parameter says.
    let isChoosing = body.parameters.contains(where: values.contains)
    return types.enumerated().map { index, own in
      var type = own
      for call in calls[known.place] ?? [] where index < call.count && call[index].isKnown {
        let other = call[index]
        guard other.base == own.base else { return .unknown }
        guard isChoosing else { continue }
        if other.field != own.field { type.field = "" }
        if other.text != own.text { type.text = nil }
      }
      return type
    }
  }

  /// Looks at what runs at another time than what stands around it.
  mutating func elsewhere(_ body: (inout ScriptChecker) -> Void) {
    let here = place
    // What stands in a rule is run by the rule.
    if place == .file { place = nil }
    body(&self)
    place = here
  }
}
