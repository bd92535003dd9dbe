/// The variables and fields whose value a block tests, each as the file writes it: `x`, `c.total`.
struct TestedPaths {
  /// Asked for their type: `type(x)`, `math.type(x)`.
  private(set) var types: Set<String> = []
  /// Asked whether they are nil: `x == nil`, `not x`, `x or …`, `if x then`.
  private(set) var nils: Set<String> = []
  /// Compared with a value that stands in the file, or asked for their length.
  private(set) var values: Set<String> = []

  /// The functions that give the type of a value, or test it.
  private var predicates: Set<String>

  private init(predicates: Set<String>) { self.predicates = predicates }

  /// - Parameters:
  ///   - entersFunctions: whether tests in functions of the block count as well.
  ///   - predicates: functions of the file that test a type.
  init(_ block: [LuaStatement], entersFunctions: Bool, predicates: Set<String>) {
    var found = TestedPaths(predicates: predicates)
    LuaWalk(
      entersFunctions: entersFunctions, expression: { found.add($0, isCondition: $1) }
    ).visit(block)
    self = found
  }

  /// `type`, `math.type`, and functions of the file that only give a result of them, as
  /// `local function isText(x) return type(x) == "string" end`.
  static func predicates(in block: [LuaStatement]) -> Set<String> {
    let own: Set<String> = ["type", "math.type"]
    var names = own
    func add(_ name: String, _ body: LuaBody) {
      guard body.block.count == 1, case .result? = body.block.first,
        let parameter = body.parameters.first
      else { return }
      let tested = TestedPaths(body.block, entersFunctions: false, predicates: own)
      if tested.types.contains(parameter) { names.insert(name) }
    }
    LuaWalk(statement: { statement in
      if case .localFunction(let name, let body) = statement { add(name, body) }
      if case .local(let variables, let values) = statement {
        for (name, value) in zip(variables, values) {
          if case .function(let body) = value.kind { add(name, body) }
        }
      }
    }).visit(block)
    return names
  }

  func union(_ other: TestedPaths) -> TestedPaths {
    var both = self
    both.types.formUnion(other.types)
    both.nils.formUnion(other.nils)
    both.values.formUnion(other.values)
    return both
  }

  private mutating func add(_ expression: LuaExpression, isCondition: Bool) {
    if isCondition, let path = expression.path { nils.insert(path) }
    switch expression.kind {
    case .call(let function, let given):
      guard let name = function.path, predicates.contains(name), let path = given.first?.path else {
        return
      }
      types.insert(path)
    case .unary("not", let inner):
      if let path = inner.path { nils.insert(path) }
    case .unary("#", let inner):
      if let path = inner.path { values.insert(path) }
    case .binary("and", let left, let right), .binary("or", let left, let right):
      for path in [left.path, right.path].compactMap({ $0 }) { nils.insert(path) }
    case .binary("==", let left, let right), .binary("~=", let left, let right):
      add(left, comparedWith: right)
      add(right, comparedWith: left)
    default: break
    }
  }

  private mutating func add(_ side: LuaExpression, comparedWith other: LuaExpression) {
    guard let path = side.path else { return }
    switch other.kind {
    case .nil: nils.insert(path)
    case .boolean, .number, .text: values.insert(path)
    default: break
    }
  }
}

extension LuaExpression {
  /// A variable, or a field of one by a fixed key, as the file writes it; nil for what is worked out.
  var path: String? {
    switch kind {
    case .name(let name): return name
    case .group(let inner): return inner.path
    case .index(let owner, let key):
      guard let path = owner.path else { return nil }
      switch key.kind {
      case .text(let name): return "\(path).\(name)"
      case .number(let place): return "\(path)[\(place)]"
      default: return key.path.map { "\(path)[\($0)]" }
      }
    default: return nil
    }
  }
}
