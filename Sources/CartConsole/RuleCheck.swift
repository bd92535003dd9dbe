import CartEngine
import CartModel
import CartRules
import CartScripting

/// What `rules check` finds, in files and over the shop's carts and lists, a line each.
struct RuleCheck {
  private let io: ConsoleIO
  private let now: Timestamp
  private var files = 0
  private(set) var errors = 0
  private var warnings = 0

  /// - Parameter now: the moment that the files see.
  init(_ io: ConsoleIO, now: Timestamp) { (self.io, self.now) = (io, now) }

  /// Compiles and lints files, and those in folders.
  ///
  /// - Parameters:
  ///   - isNamed: whether they were named, and there must be one.
  ///   - loads: whether each is loaded by itself too, as nothing else loads it.
  /// - Throws: `notFound`.
  mutating func read(_ paths: [String], isNamed: Bool = true, loads: Bool = true) throws {
    let found = paths.flatMap(Self.luaFiles)
    guard !found.isEmpty || !isNamed else {
      throw EngineError(.notFound, "rules: no .lua file in \(paths.joined(separator: ", "))")
    }
    files = found.count
    for path in found {
      do {
        let found = try Self.findings(path)
        for finding in found {
          say("\(path):\(finding.line): ", isError: finding.isError, finding.message)
        }
        // What its text does not show, its definitions may.
        let text = try Files.text(path)
        if loads, !found.contains(where: \.isError), ScriptLint.isDefining(text),
          let failure = try RuleFile.failure(of: text, at: path, now: now)
        {
          say("\(path):\(failure.line): ", isError: true, failure.message)
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
