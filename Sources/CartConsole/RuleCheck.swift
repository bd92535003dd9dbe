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
        for finding in try Self.findings(path, loadedAt: loads ? now : nil) {
          if finding.isError { wrong.insert(path) }
          let place = Self.place(of: finding, in: path)
          // Several files may require one module.
          guard finding.file.isEmpty || said.insert(place + finding.message).inserted else {
            continue
          }
          say(place + " ", isError: finding.isError, finding.message)
        }
      } catch { say("\(path):1: ", isError: true, ConsoleError(error).message) }
    }
  }

  /// Where a finding stands, as `rules/lib/x.lua:3:`.
  static func place(of finding: ScriptFinding, in path: String) -> String {
    let file = finding.file.isEmpty ? path : Files.folder(path) + "/" + finding.file
    return "\(file):\(finding.line):"
  }

  /// What the text of a file shows, with the lists and modules beside it, and then what its definitions
  /// say when it is loaded.
  ///
  /// - Parameter now: the moment that the file sees; nil where it is not loaded.
  static func findings(_ path: String, loadedAt now: Timestamp? = nil) throws -> [ScriptFinding] {
    let text = try Files.text(path)
    let folder = Files.folder(path)
    let isDefining = ScriptLint.isDefining(text)
    let found = try ScriptLint.check(
      text, name: "@" + Files.name(path),
      list: { $0.contains("/") ? nil : try? Files.text(folder + "/lists/" + $0) },
      // A script finds its modules elsewhere.
      folders: isDefining ? { Files.list(folder + "/" + $0) } : nil,
      module: { isDefining ? try? Files.text("\(folder)/lib/\($0).lua") : nil })
    guard let now, isDefining, !found.contains(where: \.isError),
      let failure = try RuleFile.failure(of: text, at: path, now: now)
    else { return found }
    return found + [ScriptFinding(line: failure.line, isError: true, message: failure.message)]
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
      "\(Self.count(files, "file")): \(Self.count(errors, "error")), "
        + Self.count(warnings, "warning"))
    return errors == 0 ? .done : .failed
  }

  static func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }

  private static func luaFiles(_ path: String) -> [String] {
    guard !path.hasSuffix(".lua"), Files.isFolder(path) || !Files.exists(path) else {
      return [path]
    }
    return Files.list(path).filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }
}

extension Console {
  /// Refuses to put a rule into a mode that has errors, or whose file cannot be loaded, and shows them.
  ///
  /// - Throws: `refused`.
  func requireSound(_ name: String, _ word: String) throws {
    let defined = RuleFile.definitions(inFolder: home.rulesFolder, now: handler.now)
    let file =
      try defined.first(where: { $0.name == name })?.file ?? book.rule(name).newest.file
    let path = home.rulesFolder + "/" + file
    // What no file defines any more stands in the database.
    guard Files.exists(path) else { return }
    let all = try RuleCheck.findings(path, loadedAt: handler.now).filter(\.isError)
    let errors = all.filter { $0.concerns(name) }
    guard !errors.isEmpty else {
      if !all.isEmpty {
        io.messages(
          "note: \(file) has \(RuleCheck.count(all.count, "error")) in other rules; 'cartio rules "
            + "check' shows what to correct")
      }
      return
    }
    for error in errors {
      io.messages(
        "\(RuleCheck.place(of: error, in: path)) error: \(printable(error.message))")
    }
    throw EngineError(
      .refused,
      "rules \(word): \(file) has \(RuleCheck.count(errors.count, "error")), and \(name) stays as it "
        + "is; 'cartio rules check \(name)' shows what to correct")
  }
}
