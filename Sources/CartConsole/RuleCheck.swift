import CartApplication
import CartEngine
import CartModel
import CartRules
import CartScripting
import CartSupport

/// What `rules check` finds, in files and over the shop's carts and lists, a line each.
struct RuleCheck {
  private let io: ConsoleIO
  private let now: Timestamp
  private var files = 0
  private(set) var errors = 0
  private var warnings = 0
  /// What was said of modules.
  private var said: Set<String> = []
  /// Files of which an error was said.
  private var wrong: Set<String> = []

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
        for finding in try RuleFolder.findings(path, loadedAt: loads ? now : nil) {
          if finding.isError { wrong.insert(path) }
          let place = RuleFolder.place(of: finding, in: path)
          // Several files may require one module.
          guard finding.file.isEmpty || said.insert(place + finding.message).inserted else {
            continue
          }
          say(place + " ", isError: finding.isError, finding.message)
        }
      } catch { say("\(path):1: ", isError: true, ConsoleError(error).message) }
    }
  }

  /// The file of a path, or the one that defines a rule or policy of that name.
  ///
  /// - Parameter now: the moment that the files see.
  /// - Throws: `notFound`, naming what there is.
  static func path(_ word: String, in folder: String, now: Timestamp) throws -> String {
    if Files.exists(word) || word.contains("/") || word.hasSuffix(".lua") { return word }
    let known = RuleFile.definitions(inFolder: folder, now: now)
    if let file = known.first(where: { $0.name == word })?.file { return folder + "/" + file }
    let names = known.map(\.name).sorted()
    throw EngineError(
      .notFound,
      "rules check: no file, rule or policy \(quoted(word))\(didYouMean(word, among: names))"
        + (names.isEmpty
          ? "; no file of \(folder) defines a rule"
          : "; the rules and policies are \(names.joined(separator: ", "))"))
  }

  /// Shows what was found over carts and lists.
  mutating func show(_ findings: [RuleFinding], in folder: String) {
    for finding in findings {
      // That it cannot be loaded follows from what was said.
      if finding.isError, wrong.contains("\(folder)/\(finding.file)") { continue }
      let place = finding.file.isEmpty ? "" : "\(folder)/\(finding.file):\(finding.line): "
      say(place, isError: finding.isError, finding.message)
    }
  }

  private mutating func say(_ place: String, isError: Bool, _ message: String) {
    if isError { errors += 1 } else { warnings += 1 }
    io.output(
      safe(printable("\(place)\(isError ? "error" : "warning"): \(message)"), io) + "\n")
  }

  /// - Returns: `failed` where there are errors.
  func finish() -> ConsoleError.Exit {
    io.messages(
      "\(CountText.count(files, "file")): \(CountText.count(errors, "error")), "
        + CountText.count(warnings, "warning"))
    return errors == 0 ? .done : .failed
  }

  private static func luaFiles(_ path: String) -> [String] {
    guard !path.hasSuffix(".lua"), Files.isFolder(path) || !Files.exists(path) else {
      return [path]
    }
    return Files.list(path).filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }
}
