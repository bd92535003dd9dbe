import CartEngine
import CartModel
import CartRules
import CartScripting

/// What `rules check` finds, in files and over the shop's carts and lists, a line each.
struct RuleCheck {
  private let io: ConsoleIO
  private var files = 0
  private(set) var errors = 0
  private var warnings = 0

  init(_ io: ConsoleIO) { self.io = io }

  /// Compiles and lints files, and those in folders.
  ///
  /// - Parameter isNamed: whether somebody named them, and there must be one.
  /// - Throws: `notFound`.
  mutating func read(_ paths: [String], isNamed: Bool = true) throws {
    let found = paths.flatMap(Self.luaFiles)
    guard !found.isEmpty || !isNamed else {
      throw EngineError(.notFound, "rules: no .lua file in \(paths.joined(separator: ", "))")
    }
    files = found.count
    for path in found {
      do {
        for finding in try Self.findings(path) {
          say("\(path):\(finding.line): ", isError: finding.isError, finding.message)
        }
      } catch { say("\(path):1: ", isError: true, ConsoleError(error).message) }
    }
  }

  /// What the text of a file shows, with the lists beside it.
  static func findings(_ path: String) throws -> [ScriptFinding] {
    try ScriptLint.check(try Files.text(path), name: "@" + Files.name(path)) { name in
      name.contains("/") ? nil : try? Files.text(Files.folder(path) + "/lists/" + name)
    }
  }

  /// Shows what was found over carts and lists.
  mutating func show(_ findings: [RuleFinding], in folder: String) {
    for finding in findings {
      let place = finding.file.isEmpty ? "" : "\(folder)/\(finding.file):\(finding.line): "
      say(place, isError: finding.isError, finding.message)
    }
  }

  private mutating func say(_ place: String, isError: Bool, _ message: String) {
    if isError { errors += 1 } else { warnings += 1 }
    io.output(
      safe(printable("\(place)\(isError ? "error" : "warning"): \(message)"), io) + "\n")
  }

  /// - Returns: `failed` where a file does not compile.
  func finish() -> ConsoleError.Exit {
    func count(_ number: Int, _ word: String) -> String {
      "\(number) \(word)\(number == 1 ? "" : "s")"
    }
    io.messages(
      "\(count(files, "file")): \(count(errors, "error")), \(count(warnings, "warning"))")
    return errors == 0 ? .done : .failed
  }

  private static func luaFiles(_ path: String) -> [String] {
    guard !path.hasSuffix(".lua"), Files.isFolder(path) || !Files.exists(path) else {
      return [path]
    }
    return Files.list(path).filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }
}
