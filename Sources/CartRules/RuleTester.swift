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
    // What a test sees of a shop is in its fixtures.
    let scratch = try FixtureShop(now: handler.now).handler
    for file in Files.list(folder).sorted() where file.hasSuffix(".lua") {
      let text = try Files.text(folder + "/" + file)
      let session: ScriptSession
      do { session = try open(text, file, scratch) } catch {
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
      let tester = RuleTester(self, file, scratch)
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

  static func isInterrupted(_ error: any Error) -> Bool {
    (error as? any AnyCodedError)?.isInterruption == true
  }

  static func names(_ session: ScriptSession) -> [String] {
    session.rules.map(\.name) + session.policies.map(\.name)
  }

  /// A session of a file as it is now.
  ///
  /// - Parameter outer: the session whose run asks it.
  func open(
    _ text: String, _ file: String, _ handler: CommandHandler, noting: LuaLines? = nil,
    within outer: ScriptSession? = nil
  ) throws -> ScriptSession {
    let session = try ScriptSession(handler, profile: .rule, seed: 0) { [weak self] in
      self?.say($0)
    }
    session.outer = outer
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
  private let scratch: CommandHandler
  /// Fixtures are the same for each change: their shops are made once.
  private var shops: [String: (shop: FixtureShop, cart: Int64)] = [:]
  /// What the tests of the file as it is took; Lua instructions, by their place.
  private var costs: [UInt64] = []
  /// How often a file is loaded to run its tests.
  private var loads = 0

  private static let mostMutants = 200
  /// Bytes of source that are compiled for changes.
  private static let mostSource = 6 << 20
  /// A changed test may take so many times what it took before.
  private static let patience: UInt64 = 10

  init(_ book: RuleBook, _ file: String, _ scratch: CommandHandler) {
    self.book = book
    self.file = file
    self.scratch = scratch
  }

  /// - Parameter names: of the tests, in their order.
  func run(_ text: String, _ names: [String], noting lines: LuaLines) throws -> [RuleTestResult] {
    (costs, loads) = ([], 0)
    return try names.indices.compactMap { place in
      let (result, cost) = try run(text, names[place], place, .report, lines)
      costs.append(cost)
      return result
    }
  }

  /// Each in an instance of its own: what one left behind must not help the next.
  private func run(
    _ text: String, _ name: String, _ place: Int, _ budget: LuaVM.Budget, _ lines: LuaLines?
  ) throws -> (result: RuleTestResult?, cost: UInt64) {
    try book.handler.hooks.checkInterruption()
    let fresh = try book.open(text, file, scratch)
    loads += 1
    guard place < fresh.tests.count else { return (nil, 0) }
    var result = RuleTestResult(file: file, name: name)
    do throws(ScriptError) {
      try fresh.run(fresh.tests[place], budget) { [unowned self, unowned fresh] name, fixture in
        try judge(name, fixture, text, lines, within: fresh)
      }
    } catch {
      guard error.code != .interrupted else { throw error }
      result.failure = error.message
    }
    return (result, fresh.instructions)
  }

  /// Asks a rule of a file about a fixture, in a shop of its own.
  private func judge(
    _ name: String, _ fixture: JSONValue, _ text: String, _ lines: LuaLines?,
    within outer: ScriptSession
  ) throws -> ScriptTestVerdict {
    var writer = JSONWriter()
    writer.value(nil, fixture)
    let key = writer.text
    let made: (shop: FixtureShop, cart: Int64)
    if let known = shops[key] {
      made = known
    } else {
      made = try FixtureShop.make(fixture, now: book.handler.now) { outer.isExpired }
      shops[key] = made
    }
    loads += 1
    let session = try book.open(text, file, made.shop.handler, noting: lines, within: outer)
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (proposal, facts) = try session.trace(policy, made.cart, [:])
      return .init(reason: proposal?.reason, facts: facts, terms: proposal?.terms)
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
    quality.changes = all.count
    let affordable = Self.mostSource / max(1, text.utf8.count * max(1, loads))
    let most = min(Self.mostMutants, max(1, affordable))
    let step = max(1, (all.count + most - 1) / most)
    for index in stride(from: 0, to: all.count, by: step) {
      try book.handler.hooks.checkInterruption()
      let mutant = all[index]
      let changed = mutant.text(of: text)
      // One that does not even load was noticed.
      guard let session = try? book.open(changed, file, scratch) else { continue }
      quality.mutants += 1
      if try passes(changed, session.tests.map(\.name)) { quality.survivors.append(mutant) }
    }
  }

  /// Whether all tests pass; one that takes far longer than before has noticed the change.
  private func passes(_ text: String, _ names: [String]) throws -> Bool {
    for (place, name) in names.enumerated() {
      var budget = LuaVM.Budget.report
      let cost = place < costs.count ? costs[place] : 0
      budget.instructions = min(budget.instructions, 1_000_000 + cost * Self.patience)
      budget.cpu = 2_000_000_000
      if try run(text, name, place, budget, nil).result?.failure != nil { return false }
    }
    return true
  }
}
