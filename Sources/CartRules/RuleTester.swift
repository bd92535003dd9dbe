import CartEngine
import CartModel
import CartScripting

/// What became of one test.
public struct RuleTestResult: Sendable {
  public var file: String
  public var name: String
  /// Nil where it passed.
  public var failure: String?
}

extension RuleBook {
  /// Runs the tests of the rule files, as they are now.
  ///
  /// - Parameter only: a file's name, or a rule's; nil for all.
  /// - Throws: `notFound` where no file is meant.
  public func test(_ only: String?) throws -> [RuleTestResult] {
    var results: [RuleTestResult] = []
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
      for (place, test) in session.tests.enumerated() {
        var result = RuleTestResult(file: file, name: test.name)
        // Each in an instance of its own: what one left behind must not help the next.
        let fresh = try open(text, file, handler)
        guard place < fresh.tests.count else { continue }
        do throws(ScriptError) {
          try fresh.run(fresh.tests[place]) { [unowned self] name, fixture in
            try judge(name, fixture, text, file)
          }
        } catch { result.failure = error.message }
        results.append(result)
      }
    }
    guard isFound || only == nil else {
      throw EngineError(
        .notFound, "rules test: no file or rule \(quoted(only ?? "")) in \(folder)")
    }
    return results
  }

  private static func names(_ session: ScriptSession) -> [String] {
    session.rules.map(\.name) + session.policies.map(\.name)
  }

  func open(_ text: String, _ file: String, _ handler: CommandHandler) throws
    -> ScriptSession
  {
    let session = try ScriptSession(handler, profile: .rule, seed: 0) { [weak self] in
      self?.messages(printable($0))
    }
    session.libraryFolder = folder + "/lib"
    session.limit(.report)
    session.isFenced = true
    _ = try session.run(text, name: "@" + file)
    return session
  }

  /// Asks a rule of a file about a fixture, in a shop of its own.
  private func judge(_ name: String, _ fixture: JSONValue, _ text: String, _ file: String) throws
    -> ScriptTestVerdict
  {
    let shop = try FixtureShop(handler.shop.settings, now: handler.now)
    let key = try shop.make(fixture)
    let session = try open(text, file, shop.handler)
    if let policy = session.policies.first(where: { $0.name == name }) {
      let (wish, facts) = try session.trace(policy, key, [:])
      return .init(reason: wish?.reason, facts: facts, terms: wish?.terms)
    }
    guard let rule = session.rules.first(where: { $0.name == name }) else {
      throw EngineError(
        .notFound,
        "judge: \(file) defines no rule or policy \(quoted(name))"
          + didYouMean(name, among: Self.names(session)))
    }
    let (reason, facts) = try session.trace(rule, key, [:], changed: [:])
    return .init(reason: reason.map { $0.isEmpty ? rule.reason : $0 }, facts: facts)
  }
}
