import CartEngine
import CartModel
import CartScripting

extension Commands {
  /// Compiles and lints rule files.
  ///
  /// - Returns: `failed` where one does not compile.
  public static func checkRules(_ paths: [String], _ workplace: Workplace, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    let files = try (paths.isEmpty ? [workplace.rulesFolder] : paths).flatMap(luaFiles)
    guard !files.isEmpty else {
      throw EngineError(
        .notFound,
        "rules: no .lua file in \(paths.isEmpty ? workplace.rulesFolder : paths.joined(separator: ", "))"
      )
    }
    var (errors, warnings) = (0, 0)
    for path in files {
      for finding in try ScriptLint.check(try Files.text(path), name: "@" + Files.name(path)) {
        if finding.isError { errors += 1 } else { warnings += 1 }
        io.output(
          printable("\(path):\(finding.line): \(finding.isError ? "error" : "warning"): ")
            + printable(finding.message) + "\n")
      }
    }
    io.messages(
      "\(files.count) \(files.count == 1 ? "file" : "files"): \(errors) "
        + "\(errors == 1 ? "error" : "errors"), \(warnings) "
        + "\(warnings == 1 ? "warning" : "warnings")")
    return errors == 0 ? .done : .failed
  }

  private static func luaFiles(_ path: String) throws -> [String] {
    guard !path.hasSuffix(".lua") else { return [path] }
    return Files.list(path).filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }

  /// The Lua API for a reader, or for an editor.
  public static func api(definitions: Bool) -> String {
    definitions ? ScriptDefinitions.text : ScriptHelp.reference
  }
}
