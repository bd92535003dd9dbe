import CartEngine
import CartModel
import CartRules
import CartScripting
import CartSupport
import LuaKit

/// What is wrong with rules, in their files and over the shop's carts and lists.
public struct RuleCheck {
  /// One thing that was found.
  public struct Line {
    /// Where, as `rules/x.lua:3:`; empty for what stands in no file.
    public var place: String
    public var isError: Bool
    public var message: String
  }

  private let home: Home
  private let now: Timestamp
  private let report: (Line) -> Void
  public private(set) var files = 0
  public private(set) var errors = 0
  public private(set) var warnings = 0
  /// What was said of modules.
  private var said: Set<String> = []
  /// Files of which an error was said.
  private var wrong: Set<String> = []

  /// - Parameters:
  ///   - now: the moment that the files see.
  ///   - report: told each thing that was found, as it is found.
  public init(_ home: Home, now: Timestamp, report: @escaping (Line) -> Void) {
    (self.home, self.now, self.report) = (home, now, report)
  }

  /// Checks the files, rules and policies that are named, by themselves; without a name all files, and
  /// what a shop says of them.
  ///
  /// - Parameter shop: looks at the rules over carts and lists; nil without a shop.
  /// - Throws: `notFound`, naming what there is.
  public mutating func check(_ names: [String], over shop: (() throws -> [RuleFinding])?) throws {
    let folder = home.rulesFolder
    guard names.isEmpty else { return try read(try names.map(path), isNamed: true, loads: true) }
    try read([folder], isNamed: false, loads: shop == nil)
    for finding in try shop?() ?? [] {
      // That it cannot be loaded follows from what was said.
      if finding.isError, wrong.contains("\(folder)/\(finding.file)") { continue }
      let place = finding.file.isEmpty ? "" : "\(folder)/\(finding.file):\(finding.line): "
      say(place, isError: finding.isError, finding.message)
    }
  }

  /// Compiles and lints files, and those in folders.
  ///
  /// - Parameters:
  ///   - isNamed: whether they were named, and there must be one.
  ///   - loads: whether each is loaded by itself too, as nothing else loads it.
  private mutating func read(_ paths: [String], isNamed: Bool, loads: Bool) throws {
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
      } catch { say("\(path):1: ", isError: true, ApplicationError(error).message) }
    }
  }

  /// The file of a path, or the one that defines a rule or policy of that name.
  private func path(_ word: String) throws -> String {
    if Files.exists(word) || word.contains("/") || word.hasSuffix(".lua") { return word }
    let folder = home.rulesFolder
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

  private mutating func say(_ place: String, isError: Bool, _ message: String) {
    if isError { errors += 1 } else { warnings += 1 }
    report(Line(place: place, isError: isError, message: message))
  }

  private static func luaFiles(_ path: String) -> [String] {
    guard !path.hasSuffix(".lua"), Files.isFolder(path) || !Files.exists(path) else {
      return [path]
    }
    return Files.list(path).filter { $0.hasSuffix(".lua") }.map { path + "/" + $0 }
  }
}

extension RuleCheck {
  /// Checks over the shop of an open home, once its rules are read again.
  ///
  /// - Parameter command: what was asked for.
  public mutating func check(
    _ names: [String], over application: Application, as command: String
  ) throws {
    application.beginReading(command)
    if names.isEmpty { try RuleFolder(application).preview() }
    try check(names) { try application.book.check() }
  }

  /// Checks as `cartio rules check` does: over the shop of the home where it has one, without a change.
  ///
  /// - Parameters:
  ///   - interrupt: ends what runs.
  ///   - messages: takes what a user should know, a line each.
  public mutating func check(
    _ names: [String], interrupt: InterruptFlag, messages: @escaping (String) -> Void
  ) throws {
    guard names.isEmpty, Files.exists(home.databasePath) else { return try check(names, over: nil) }
    var looking = home
    looking.access.isReadOnly = true
    try check(names) {
      let application = try Application(
        looking, interrupt: interrupt, output: messages, messages: messages)
      defer { application.close() }
      return try Timeout(looking).run { try application.book.check() }
    }
  }
}
