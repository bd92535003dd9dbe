import CartModel

/// Follows what the values of a chunk certainly are, and finds names that do not exist and comparisons
/// that can never be true.
///
/// Says nothing of what it does not know: a variable that is assigned again is of no known type.
struct ScriptChecker {
  private(set) var findings: [ScriptFinding] = []
  /// The text of a file of `lists/`; nil where there is none.
  let list: (String) -> String?
  /// The files of `lists` and of `lib`; nil where that is not known.
  let folders: ((String) -> [String])?
  /// Reads filters and times as the store would; what is right does not depend on its zone.
  let parser = FilterParser(zone: .utc, now: Timestamp(milliseconds: 1_700_000_000_000))
  /// Texts that stand in place of parameters, by the rule or policy and their names.
  let settings: [String: [String: String]]
  /// The rule or policy that is looked at.
  var definition: String?
  /// What bounds the calls that are looked at; nil where any function may be called.
  var place: ScriptPlace?
  /// Functions of the file and of its modules, with the names that each sees.
  var bodies: [KnownBody] = []
  /// What each function is called with, by its place; from an earlier pass.
  var calls: [BodyPlace: [[ScriptType]]] = [:]
  /// The module that is looked at, as `lib/x.lua`; empty for the file itself.
  var file = ""
  /// The text of a file of `lib` by its module's name; nil where there is none.
  let module: (String) -> String?
  /// What modules give, by their names, and those that are being read.
  var modules: [String: ScriptType] = [:]
  var loading: [String] = []
  /// What the file and its modules assign, each by its file.
  var names: [String: FileNames] = [:]
  /// Whether this pass only finds out what functions are called with.
  var isGathering = true
  /// What the function that is looked at tests of its variables.
  var tested: TestedPaths
  /// Functions that test the type of a value.
  var predicates: Set<String> { names[file]?.predicates ?? [] }
  /// Whether an expression may be true although the comparison within it is not.
  var isAlternative = false
  /// Names of parameters of the functions that were looked at.
  var given: Set<String> = []
  /// Lines that compare what is no money, or may be another thing.
  var settled: Set<Int> = []
  /// Functions that are being followed, and how many were.
  var calling: Set<Int> = []
  var followed = 0
  var scopes: [[String: ScriptType]] = [[:]]
  /// Names of variables that are assigned somewhere, or of functions that take them in their turn.
  var assigned: Set<String> { names[file]?.assigned ?? [] }
  /// Whether it is a file of rules, reports, importers or tests, which may set no globals.
  let isDefining: Bool

  /// Whether a file defines rules, policies, reports, importers or tests: another is a script.
  static func isDefining(_ tokens: [LuaToken]) -> Bool {
    tokens.indices.contains { index in
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      return ["rule", "policy", "report", "importer", "test"].contains(tokens[index].text)
        && tokens[index].kind == .name && (next?.kind == .text || next?.text == "(")
    }
  }

  init(
    _ tree: [LuaStatement], _ tokens: [LuaToken], list: @escaping (String) -> String?,
    folders: ((String) -> [String])?, settings: [String: [String: String]],
    module: @escaping (String) -> String?
  ) {
    (self.list, self.folders, self.settings) = (list, folders, settings)
    self.module = module
    let own = FileNames(tree)
    let predicates = own.predicates
    names[""] = own
    tested = TestedPaths(tree, entersFunctions: false, predicates: predicates)
    isDefining = Self.isDefining(tokens)
    place = isDefining ? .file : nil
  }

  /// - Parameter tree: nil where it could not be read; then there is nothing to say.
  static func checked(
    _ tokens: [LuaToken], list: @escaping (String) -> String?,
    folders: ((String) -> [String])? = nil, settings: [String: [String: String]] = [:],
    module: @escaping (String) -> String? = { _ in nil }
  ) -> ScriptChecker? {
    guard let tree = LuaParser.parse(tokens) else { return nil }
    let new = ScriptChecker(
      tree, tokens, list: list, folders: folders, settings: settings, module: module)
    var (first, second) = (new, new)
    first.check(tree)
    (second.calls, second.isGathering) = (first.calls, false)
    second.check(tree)
    return second
  }

  /// - Parameter isWarning: whether the script may still be right.
  mutating func say(
    _ line: Int, _ message: String, isWarning: Bool = false, isOfList: Bool = false
  ) {
    var finding = ScriptFinding(line: line, isError: !isWarning, message: message)
    finding.rules = Set(definition.map { [$0] } ?? [])
    finding.isOfFile = place == .file
    (finding.isOfList, finding.file) = (isOfList, file)
    guard let known = findings.firstIndex(where: finding.isSame) else {
      return findings.append(finding)
    }
    // A function may be found to be wrong by itself, and then to be used by a rule.
    findings[known].rules.formUnion(finding.rules)
    findings[known].isOfFile = findings[known].isOfFile || finding.isOfFile
  }

  // MARK: Scopes

  mutating func declare(_ name: String, _ type: ScriptType) {
    scopes[scopes.count - 1][name] = assigned.contains(name) ? .unknown : type
  }

  func local(_ name: String) -> ScriptType? {
    for scope in scopes.reversed() { if let type = scope[name] { return type } }
    return nil
  }

  mutating func scoped(_ body: (inout ScriptChecker) -> Void) {
    scopes.append([:])
    body(&self)
    scopes.removeLast()
  }

  // MARK: Statements

  mutating func check(_ block: [LuaStatement]) {
    for statement in block { check(statement) }
  }

  mutating func check(_ statement: LuaStatement) {
    switch statement {
    case .local(let names, let values):
      let types = values.map { type(of: $0) }
      for (index, name) in names.enumerated() {
        // A call at the end may give several values.
        declare(name, index < types.count ? types[index] : .unknown)
      }
    case .assign(let targets, let values):
      let types = values.map { type(of: $0) }
      for (index, target) in targets.enumerated() {
        check(target: target)
        set(member: target, index < types.count ? types[index] : .unknown)
      }
    case .call(let call): _ = type(of: call)
    case .block(let inner): scoped { $0.check(inner) }
    case .loop(let condition, let inner, let isRepeat):
      if !isRepeat { check(condition: condition) }
      scoped {
        $0.check(inner)
        if isRepeat { $0.check(condition: condition) }
      }
    case .branch(let parts):
      for part in parts {
        if let condition = part.condition { check(condition: condition) }
        scoped { $0.check(part.block) }
      }
    case .numeric(let name, let values, let inner):
      for value in values { _ = type(of: value) }
      scoped {
        $0.declare(name, ScriptType(base: .number))
        $0.check(inner)
      }
    case .generic(let names, let values, let inner):
      let types = values.map { type(of: $0) }
      let item = item(of: values.first, types.first ?? .unknown)
      scoped {
        for (index, name) in names.enumerated() {
          $0.declare(name, index < item.count ? item[index] : .unknown)
        }
        $0.check(inner)
      }
    case .localFunction(let name, let body):
      declare(name, ScriptType(base: .function))
      let known = function(body)
      declare(name, known)
      // A function sees its own name.
      bodies[bodies.count - 1].scopes = scopes
      elsewhere { $0.check(body, []) }
    case .function(let target, let body):
      if case .name(let name) = target.kind, local(name) == nil, isDefining {
        say(target.line, "global '\(name)' cannot be set here; use 'local function \(name)'")
      }
      set(member: target, function(body))
      elsewhere { $0.check(body, []) }
    case .result(let values): for value in values { _ = type(of: value) }
    case .jump: break
    }
  }

  /// What a loop's variables are: `for c in carts{…}`, `for i, line in ipairs(c.lines)`.
  func item(of source: LuaExpression?, _ type: ScriptType) -> [ScriptType] {
    if type.base == .object(.query) { return [ScriptType(base: .object(.cart))] }
    guard case .call(let function, let given)? = source?.kind,
      case .name(let name) = function.kind, local(name) == nil, let first = given.first
    else { return [] }
    var quiet = self
    let list = quiet.type(of: first)
    let kind: ScriptType.Base? = list.base == .object(.lines) ? .object(.line) : list.items
    let value = kind.map { ScriptType(base: $0) } ?? .unknown
    switch name {
    case "ipairs": return [ScriptType(base: .number), value]
    case "pairs": return [.unknown, value]
    default: return []
    }
  }
}
