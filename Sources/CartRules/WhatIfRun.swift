import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Replays a time range under another rule or policy.
struct WhatIfRun: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Replays the time since a moment under another rule or policy.
  ///
  /// It judges each change in the order of the log, and the consequences are replayed: a held cart takes
  /// no more changes and no order, its order counts for no later question, a ban holds the carts that it
  /// matches, and another enforced rule whose answer differs acts by it. All else stays as it was. No
  /// band ends it.
  /// - Throws: `refused` where the rule fails again and again.
  /// - Complexity: O(events of the event log), and for a policy O(its runs × open carts).
  func run(_ change: WhatIf.Change, since: Timestamp) throws -> WhatIf {
    var place: (folder: String, file: String)?
    let names: [String]
    switch change {
    case .version(let version): names = [version.rule]
    case .nothing(let name): names = [try rule(name).name]
    case .file(let path):
      let (folder, file) = Self.split(path)
      place = (folder, file)
      names = try RuleFiles(RuleCatalogue(handler, folder: folder)).definitions(file).definitions
        .map(\.name)
      guard !names.isEmpty else {
        throw EngineError(.notFound, "file \(path): defines no rule and no policy")
      }
    }
    let result = try WhatIf(names, change, since: since, of: handler)
    let book = RuleBook(result.handler, folder: place?.folder ?? folder)
    book.messages = catalogue.messages
    let judge = WhatIfJudge(book, handler, result.replay, replacing: names)
    result.handler.judge = judge
    var policies: [DuePolicy]?
    var passes: WhatIfPasses?
    try result.replay.run(
      start: { run in try start(change, file: place?.file, in: book, run) },
      next: { time in
        if passes == nil { passes = try Self.passes(result, judge, book) }
        try passes?.advance(to: time)
        var due = try policies ?? Self.duePolicies(result, before: time, book)
        try Self.runPolicies(&due, through: time, result, book)
        policies = due
      },
      rules: { event in
        judge.take(event)
        passes?.note(event)
      }, keeps: judge.keeps)
    result.clock = passes?.clock
    book.refresh()
    // Its judge goes; the figures need none.
    result.handler.judge = nil
    for state in try book.rules() {
      guard state.setting.mode != .shadow else {
        throw EngineError(.refused, "rules what-if: \(state.name): \(state.setting.reason)")
      }
      let counts = try result.handler.shop.store.decisions(
        of: state.name, version: state.current.number)
      guard counts.errors > 0 else { continue }
      let last = try result.handler.shop.store.decisions(since: since, until: nil).last { event in
        guard case .decisionMade(let decision) = event.body else { return false }
        return decision.rule == state.name && decision.outcome == .error
      }
      guard case .decisionMade(let decision)? = last?.body else { continue }
      result.errors.append((state.name, counts.errors, decision.reason))
    }
    return result
  }

  private static func passes(_ result: WhatIf, _ judge: WhatIfJudge, _ book: RuleBook) throws
    -> WhatIfPasses
  {
    book.refresh()
    let rules = try book.rules().filter {
      $0.current.kind == .rule && $0.setting.mode == .enforce && result.names.contains($0.name)
    }.map(\.current).filter { try mayReadClock($0, book.handler) }
    return try WhatIfPasses(
      result.replay, judge, try rules.map { try RuleInstance($0, book.handler) { _ in } },
      since: result.since)
  }

  /// Whether its texts have a word by which a rule reads the clock; only then it is asked to find out.
  private static func mayReadClock(_ version: RuleVersion, _ handler: CommandHandler) throws
    -> Bool
  {
    try version.sources.contains { source in
      let text = try handler.ruleText(source.digest) ?? ""
      return ["idle", "status", "matches", "now", "date", "time"].contains { text.contains($0) }
    }
  }

  private static func split(_ path: String) -> (folder: String, file: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  /// Enforces what is asked for in the scratch database.
  private func start(_ change: WhatIf.Change, file: String?, in book: RuleBook, _ run: Run) throws {
    switch change {
    case .nothing: return
    case .file:
      let scan = try book.scan(only: file, in: run)
      if let error = scan.errors.first {
        throw EngineError(.malformed, "\(error.file): \(error.message)")
      }
      run.guard.record(
        rules: scan.added.map {
          .ruleSet(RuleSetting(rule: $0.rule, mode: .enforce, version: $0.number))
        })
    case .version(let version):
      var events: [EventBody] = []
      for source in version.sources {
        guard let text = try handler.ruleText(source.digest) else {
          throw EngineError(
            .notFound, "rule \(version.rule): the text of \(source.path) is not in the database")
        }
        events.append(.sourceRecorded(digest: source.digest, text: text))
      }
      events.append(.ruleVersioned(version))
      events.append(
        .ruleSet(RuleSetting(rule: version.rule, mode: .enforce, version: version.number)))
      run.guard.record(rules: events)
    }
  }

  // MARK: Policies

  /// A policy, and when it runs next.
  private struct DuePolicy {
    var name: String
    var every: Int64
    var next: Timestamp
  }

  private static func duePolicies(
    _ result: WhatIf, before time: Timestamp, _ book: RuleBook
  ) throws -> [DuePolicy] {
    book.refresh()
    // Before the first cart there is nothing to run over.
    let idle = result.replay.isEmpty ? time.milliseconds - result.since.milliseconds : 0
    return try book.rules().filter { $0.current.kind == .policy }.map { state in
      let every = try PolicyInstance(state.current, book.handler) { _ in }.policy.every
      if every == nil { result.usualRuns = true }
      let interval = max(every?.milliseconds ?? WhatIf.usualInterval, 1)
      return DuePolicy(
        name: state.name, every: interval,
        next: result.since.advanced(by: (idle + interval - 1) / interval * interval))
    }
  }

  private static func runPolicies(
    _ policies: inout [DuePolicy], through time: Timestamp, _ result: WhatIf, _ book: RuleBook
  ) throws {
    while let index = policies.indices.min(by: { policies[$0].next < policies[$1].next }),
      policies[index].next <= time
    {
      let due = policies[index]
      let next = due.next.advanced(by: due.every)
      // At the end of time no moment follows.
      if next > due.next { policies[index].next = next } else { policies.remove(at: index) }
      guard result.runs < WhatIf.mostRuns else {
        throw EngineError(
          .refused,
          "what-if: policies would run more than \(WhatIf.mostRuns) times; begin later: since=30d")
      }
      try result.replay.run(at: due.next) { run in
        result.runs += 1
        return try book.runPolicies(due.name, in: run).flatMap { $0.ordered.map(\.cart) }
      }
    }
  }
}
