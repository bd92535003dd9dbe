import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// Runs the tests of one file, and of small changes of it.
final class RuleTester {
  private let catalogue: RuleCatalogue
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

  init(_ catalogue: RuleCatalogue, _ file: String, _ scratch: CommandHandler) {
    self.catalogue = catalogue
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
    try catalogue.handler.hooks.checkInterruption()
    let fresh = try RuleTests.open(text, file, scratch, catalogue)
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
      made = try FixtureShop.make(fixture, now: catalogue.handler.now) { outer.isExpired }
      shops[key] = made
    }
    loads += 1
    let session = try RuleTests.open(
      text, file, made.shop.handler, catalogue, noting: lines, within: outer)
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (proposal, facts) = try session.trace(policy, made.cart, [:])
      return .init(reason: proposal?.reason, facts: facts, terms: proposal?.terms)
    }
    guard let rule = session.rules.first(where: { $0.name == name }) else {
      throw EngineError(
        .notFound,
        "judge: \(file) defines no rule or policy \(quoted(name))"
          + didYouMean(name, among: RuleTests.names(session)))
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
      try catalogue.handler.hooks.checkInterruption()
      let mutant = all[index]
      let changed = mutant.text(of: text)
      // One that does not even load was noticed.
      guard let session = try? RuleTests.open(changed, file, scratch, catalogue) else { continue }
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
