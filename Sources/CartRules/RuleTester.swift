import CartEngine
import CartModel
import CartScripting
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
  /// Small changes that were tried, and those that no test noticed.
  public var mutants = 0
  public var survivors: [ScriptMutant] = []
}

extension RuleBook {
  /// Runs the tests of the rule files, as they are now.
  ///
  /// - Parameters:
  ///   - only: a file's name, or a rule's; nil for all.
  ///   - mutates: whether files whose tests pass are also changed here and there, to see whether a test
  ///     notices.
  /// - Throws: `notFound` where no file is meant.
  public func test(_ only: String?, mutates: Bool = false) throws -> (
    results: [RuleTestResult], qualities: [RuleTestQuality]
  ) {
    var (results, qualities) = ([RuleTestResult](), [RuleTestQuality]())
    var isFound = false
    for file in Files.list(folder).sorted() where file.hasSuffix(".lua") {
      let text = try Files.text(folder + "/" + file)
      let session: ScriptSession
      do { session = try open(text, file, handler) } catch {
        if only == nil || only == file {
          isFound = true
          results.append(.init(file: file, name: "loads", failure: Self.message(error)))
        }
        continue
      }
      let names = Self.names(session)
      let isMeant = only.map { $0 == file || $0 + ".lua" == file || names.contains($0) } ?? true
      guard isMeant else { continue }
      isFound = true
      let tester = RuleTester(self, file)
      let count = text.split(separator: "\n", omittingEmptySubsequences: false).count
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

  static func names(_ session: ScriptSession) -> [String] {
    session.rules.map(\.name) + session.policies.map(\.name)
  }

  /// A session of a file as it is now.
  func open(_ text: String, _ file: String, _ handler: CommandHandler, noting: LuaLines? = nil)
    throws -> ScriptSession
  {
    let session = try ScriptSession(handler, profile: .rule, seed: 0) { [weak self] in
      self?.say($0)
    }
    session.libraryFolder = folder + "/lib"
    session.limit(.report)
    session.isFenced = true
    if let noting { session.note(noting) }
    _ = try session.run(text, name: "@" + file)
    return session
  }
}

/// Runs the tests of one file, and of small changes of it.
private final class RuleTester {
  private let book: RuleBook
  private let file: String
  /// Fixtures are the same for each change: their shops are made once.
  private var shops: [String: (shop: FixtureShop, cart: Int64)] = [:]

  private static let mostMutants = 200

  init(_ book: RuleBook, _ file: String) {
    self.book = book
    self.file = file
  }

  /// - Parameter names: of the tests, in their order.
  func run(_ text: String, _ names: [String], noting lines: LuaLines? = nil) throws
    -> [RuleTestResult]
  {
    try names.indices.compactMap { place in
      var result = RuleTestResult(file: file, name: names[place])
      // Each in an instance of its own: what one left behind must not help the next.
      let fresh = try book.open(text, file, book.handler)
      guard place < fresh.tests.count else { return nil }
      do throws(ScriptError) {
        try fresh.run(fresh.tests[place]) { [unowned self] name, fixture in
          try judge(name, fixture, text, lines)
        }
      } catch { result.failure = error.message }
      return result
    }
  }

  /// Asks a rule of a file about a fixture, in a shop of its own.
  private func judge(_ name: String, _ fixture: JSONValue, _ text: String, _ lines: LuaLines?)
    throws
    -> ScriptTestVerdict
  {
    var writer = JSONWriter()
    writer.value(nil, fixture)
    let key = writer.text
    let made: (shop: FixtureShop, cart: Int64)
    if let known = shops[key] {
      made = known
    } else {
      let shop = try FixtureShop(book.handler.shop.settings, now: book.handler.now)
      made = (shop, try shop.make(fixture))
      shops[key] = made
    }
    let session = try book.open(text, file, made.shop.handler, noting: lines)
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (wish, facts) = try session.trace(policy, made.cart, [:])
      return .init(reason: wish?.reason, facts: facts, terms: wish?.terms)
    }
    guard let rule = session.rules.first(where: { $0.name == name }) else {
      throw EngineError(
        .notFound,
        "judge: \(file) defines no rule or policy \(quoted(name))"
          + didYouMean(name, among: RuleBook.names(session)))
    }
    let (reason, facts) = try session.trace(rule, made.cart, [:], changed: [:])
    return .init(reason: reason.map { $0.isEmpty ? rule.reason : $0 }, facts: facts)
  }

  /// Tries small changes, and notes those that all tests let pass.
  func mutate(_ text: String, _ quality: inout RuleTestQuality) throws {
    let all = ScriptMutants.all(of: text)
    let step = max(1, (all.count + Self.mostMutants - 1) / Self.mostMutants)
    for index in stride(from: 0, to: all.count, by: step) {
      if book.handler.shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
      let mutant = all[index]
      // One that does not even load was noticed.
      guard let session = try? book.open(mutant.text, file, book.handler) else { continue }
      quality.mutants += 1
      let names = session.tests.map(\.name)
      if try run(mutant.text, names).allSatisfy({ $0.failure == nil }) {
        quality.survivors.append(mutant)
      }
    }
  }
}
