/// A function, with what it sees, and where it stands.
struct KnownBody {
  var body: LuaBody
  var scopes: [[String: ScriptType]]
  var tested: TestedPaths
  var file: String

  var place: BodyPlace { BodyPlace(file: file, place: body.place) }
}

/// Where a function stands: the same for no other.
struct BodyPlace: Hashable {
  var file: String
  var place: Int
}

/// The names that one file assigns, and its functions that test a type.
struct FileNames {
  let assigned: Set<String>
  let predicates: Set<String>

  init(_ tree: [LuaStatement]) {
    assigned = AssignedNames.all(in: tree)
    predicates = TestedPaths.predicates(in: tree)
  }
}

/// Modules that a file requires: their functions are looked at as the file calls them.
extension ScriptChecker {
  /// What `require "name"` gives.
  mutating func type(ofModule name: String) -> ScriptType {
    if let known = modules[name] { return known }
    guard !loading.contains(name), let text = module(name),
      let tree = LuaParser.parse(LuaTokens.split(ScriptSession.withoutShebang(text)))
    else { return .unknown }
    loading.append(name)
    let here = (file, scopes, tested, place, definition)
    file = "lib/\(name).lua"
    let own = FileNames(tree)
    names[file] = own
    (scopes, definition) = ([[:]], nil)
    tested = TestedPaths(tree, entersFunctions: false, predicates: own.predicates)
    place = isDefining ? .file : nil
    check(tree)
    var given = ScriptType.unknown
    if case .result(let values)? = tree.last, let value = values.first { given = type(of: value) }
    (file, scopes, tested, place, definition) = here
    loading.removeLast()
    modules[name] = given
    return given
  }

  /// Notes the function that a table's member is from here on.
  mutating func set(member target: LuaExpression, _ type: ScriptType) {
    guard case .index(let owner, let key) = target.kind, case .name(let name) = owner.kind,
      case .text(let member) = key.kind,
      let scope = scopes.lastIndex(where: { $0[name] != nil }), scopes[scope][name]?.base == .table
    else { return }
    scopes[scope][name]?.members[member] = type.base == .function ? type : nil
  }
}
