import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// What became of one test.
public struct RuleTestResult: Sendable {
  public var file: String
  public var name: String
  /// Nil where it passed.
  public var failure: String?
}

/// How much of what a file decides its tests look at.
public struct RuleTestQuality: Sendable {
  public var file: String
  /// Lines that can run.
  public var lines = 0
  public var notRun: [Int] = []
  /// Small changes that there are.
  public var changes = 0
  /// Those that were tried, and those that no test noticed.
  public var mutants = 0
  public var survivors: [ScriptMutant] = []
}

/// Runs the tests of the rule files.
struct RuleTests: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Runs the tests of the rule files, as they are now.
  ///
  /// - Parameters:
  ///   - only: a file's name, or a rule's; nil for all.
  ///   - mutates: whether files whose tests pass are also changed here and there, to see whether a test
  ///     notices.
  /// - Throws: `notFound` where no file is meant.
  func run(_ only: String?, mutates: Bool = false) throws -> (
    results: [RuleTestResult], qualities: [RuleTestQuality]
  ) {
    var (results, qualities) = ([RuleTestResult](), [RuleTestQuality]())
    var isFound = false
    // What a test sees of a shop is in its fixtures.
    let scratch = try FixtureShop(now: handler.now).handler
    for file in Files.list(folder).sorted() where file.hasSuffix(".lua") {
      let text = try Files.text(folder + "/" + file)
      let session: ScriptSession
      do { session = try Self.open(text, file, scratch, catalogue) } catch {
        if Self.isInterrupted(error) { throw error }
        if only == nil || only == file {
          isFound = true
          results.append(.init(file: file, name: "loads", failure: "\(error)"))
        }
        continue
      }
      let names = Self.names(session)
      let isMeant = only.map { $0 == file || $0 + ".lua" == file || names.contains($0) } ?? true
      guard isMeant else { continue }
      isFound = true
      let tester = RuleTester(catalogue, file, scratch)
      let count = text.lines.count
      let ran = LuaLines(of: "@" + file, count: count)
      let own = try tester.run(text, session.tests.map(\.name), noting: ran)
      results += own
      guard !names.isEmpty, !own.isEmpty else { continue }
      var quality = RuleTestQuality(file: file)
      let deciding = try session.decidingLines(of: "@" + file, count: count).numbers
      quality.lines = deciding.count
      quality.notRun = deciding.filter { !ran.numbers.contains($0) }
      if mutates, own.allSatisfy({ $0.failure == nil }) { try tester.mutate(text, &quality) }
      qualities.append(quality)
    }
    guard isFound || only == nil else {
      throw EngineError(
        .notFound, "rules test: no file or rule \(quoted(only ?? "")) in \(folder)")
    }
    return (results, qualities)
  }

  static func isInterrupted(_ error: any Error) -> Bool {
    (error as? any AnyCodedError)?.isInterruption == true
  }

  static func names(_ session: ScriptSession) -> [String] {
    session.rules.map(\.name) + session.policies.map(\.name)
  }

  /// A session of a file as it is now.
  ///
  /// - Parameter outer: the session whose run asks it.
  static func open(
    _ text: String, _ file: String, _ handler: CommandHandler, _ catalogue: RuleCatalogue,
    noting: LuaLines? = nil, within outer: ScriptSession? = nil
  ) throws -> ScriptSession {
    let session = try ScriptSession(handler, profile: .rule, seed: 0) {
      catalogue.say($0)
    }
    session.outer = outer
    session.libraryFolder = catalogue.folder + "/lib"
    session.limit(.report)
    session.isFenced = true
    if let noting { session.note(noting) }
    _ = try session.run(text, name: "@" + file)
    return session
  }
}
