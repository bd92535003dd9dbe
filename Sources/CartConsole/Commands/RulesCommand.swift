import CartEngine
import CartModel
import CartScripting
import LuaKit

extension Commands {
  /// `cartio rules WORD …`; `check` of files that are named looks at them alone.
  public static func rules(_ words: [String], _ workplace: Workplace) throws -> ConsoleError.Exit {
    if words.first == "check" {
      return try checkRules(Array(words.dropFirst()), workplace, .standard())
    }
    let console = try Console(workplace, io: .interactive(), interrupt: InterruptFlag())
    let line = (["rules"] + words).joined(separator: " ")
    do { try console.rules(words, line: line) } catch { console.report(error) }
    return console.exit
  }

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
      let findings: [ScriptFinding]
      do {
        findings = try ScriptLint.check(try Files.text(path), name: "@" + Files.name(path))
      } catch {
        errors += 1
        io.output(printable("\(path):1: error: \(ConsoleError(error).message)") + "\n")
        continue
      }
      for finding in findings {
        if finding.isError { errors += 1 } else { warnings += 1 }
        io.output(
          printable("\(path):\(finding.line): \(finding.isError ? "error" : "warning"): ")
            + printable(finding.message) + "\n")
      }
    }
    // Over the shop's carts and lists, where there is a shop.
    if paths.isEmpty, Files.exists(workplace.databasePath) {
      var looking = workplace
      looking.isReadOnly = true
      let console = try Console(looking, io: io, interrupt: InterruptFlag())
      for finding in try console.book.check() {
        warnings += 1
        let place =
          finding.file.isEmpty ? "" : "\(workplace.rulesFolder)/\(finding.file):\(finding.line): "
        io.output(printable("\(place)warning: \(finding.message)") + "\n")
      }
    }
    io.messages(
      "\(files.count) \(files.count == 1 ? "file" : "files"): \(errors) "
        + "\(errors == 1 ? "error" : "errors"), \(warnings) "
        + "\(warnings == 1 ? "warning" : "warnings")")
    return errors == 0 ? .done : .failed
  }

  private static func luaFiles(_ path: String) throws -> [String] {
    let inside = Files.list(path)
    guard !path.hasSuffix(".lua"), Files.isFolder(path) || !Files.exists(path) else {
      return [path]
    }
    return inside.filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }

  /// The Lua API for a reader, or for an editor.
  public static func api(definitions: Bool) -> String {
    definitions ? ScriptDefinitions.text : ScriptHelp.reference
  }
}
