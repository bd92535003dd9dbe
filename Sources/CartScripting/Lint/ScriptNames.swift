import LuaKit

/// Everything that a script can name, from the environment itself.
enum ScriptNames {
  /// Globals, and what stands in them: `string`, `string.byte`.
  static let all: Set<String> = {
    var names = Set(ScriptAPI.functions.map(\.name))
    for function in ScriptAPI.functions where function.name.contains(".") {
      names.insert(String(function.name.prefix { $0 != "." }))
    }
    guard let vm = try? LuaVM(.report, seed: 0, host: { _, _ in }),
      let environment = try? vm.environment(sealed: true),
      let found = try? vm.inventory(of: environment)
    else { return names }
    for line in found where !line.hasPrefix("(") {
      names.insert(String(line.prefix { $0 != " " }))
    }
    return names.union(["carts", "_G", "_ENV"])
  }()

  static let globals = all.filter { !$0.contains(".") }.sorted()

  static let ofConsole = Set(Dispatch.consoleNames + ["arg"])

  /// What stands in a library: `byte` of `string`.
  static func members(of library: String) -> [String] {
    all.filter { $0.hasPrefix(library + ".") }.map { String($0.dropFirst(library.count + 1)) }
      .sorted()
  }

  static let functions: [String: ScriptFunction] = Dictionary(
    ScriptAPI.functions.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  /// What methods of texts give.
  static let textMethods: [String: ScriptType.Base] = [
    "byte": .unknown, "find": .unknown, "format": .text, "gmatch": .function, "gsub": .text,
    "len": .number, "lower": .text, "match": .unknown, "rep": .text, "reverse": .text, "sub": .text,
    "upper": .text,
  ]
}
