import CartApplication
import CartEngine
import CartModel
import CartRules
import CartSupport

/// What rules and policies would say and do, without anything that follows from it.
struct RuleTrialVerbs: VerbGroup {
  let workspace: Workspace
  private var study: RuleStudy { RuleStudy(application) }
  init(_ workspace: Workspace) { self.workspace = workspace }

  func backtest(_ name: String, _ words: [String], _ line: String) throws {
    _ = try study.begin(line)
    var backtest = RuleBacktest(application)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("since", 2):
        backtest.since = try times.time(parts[1])
      case ("against", 2):
        guard let number = Int64(parts[1]), number > 0 else {
          throw ModelError(
            .malformed, "against: expected a version's number, got \(quoted(parts[1]))")
        }
        backtest.against = number
      case ("labels", 2): backtest.labels = parts[1]
      case ("label", 2): backtest.label = parts[1]
      default:
        throw ConsoleError.usage(
          "rules backtest: expected since=, against=, labels= and label=, got \(quoted(word))")
      }
    }
    BacktestView(workspace).show(try backtest.run(name))
  }

  // MARK: What if

  /// `rules what-if NAME|FILE [since=30d] [version=N|off] [format=]`.
  func whatIf(_ name: String, _ words: [String], _ line: String) throws {
    _ = try study.begin(line)
    let outer = mode
    defer { screen.mode = outer }
    var whatIf = RuleWhatIf(application)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("since", 2):
        whatIf.since = try times.time(parts[1])
      case ("version", 2): whatIf.version = parts[1]
      case ("format", 2):
        screen.mode = try OutputMode(parts[1], for: "rules what-if: format")
      default:
        throw ConsoleError.usage(
          "rules what-if: expected since=, version= and format=, got \(quoted(word))")
      }
    }
    showWithNotes(try whatIf.table(name))
  }

  // MARK: Tests

  func test(_ words: [String], _ line: String) throws {
    var (name, format) = (String?.none, "tap")
    for word in words {
      if word.hasPrefix("format=") {
        format = String(word.dropFirst("format=".count))
      } else {
        name = word
      }
    }
    guard format == "tap" || format == "junit" else {
      throw ConsoleError.usage("rules test: format: expected tap or junit, got \(quoted(format))")
    }
    let (results, qualities) = try study.test(name, as: line)
    let report = TestReport(results: results, qualities: qualities)
    io.output(format == "tap" ? report.tap : report.junit)
    let failed = results.count { $0.failure != nil }
    guard failed == 0 else {
      throw ConsoleError(.failed, "\(failed) of \(results.count) tests failed")
    }
    if results.isEmpty {
      io.messages("no tests; write test(\"name\", function() … end) beside a rule")
    }
  }

  /// `rules fixture CART [RULE]`: a test cut from a real cart, as Lua.
  func cutFixture(_ words: [String], _ line: String) throws {
    let fixture = try study.fixture(
      of: words.dropFirst().first, { try cart(words[0]) }, as: line)
    io.output(safe(fixture.text, io))
    for words in fixture.notes { io.messages("note: " + printable(words)) }
  }

  // MARK: One cart

  func tryOut(_ call: VerbCall) throws { try tryOut(call[0], call[1], call.line) }

  /// `.try NAME ID`, `rules try NAME CART`.
  func tryOut(_ name: String, _ word: String, _ line: String) throws {
    let (version, cart, trial) = try study.trial(
      of: name, { try self.cart(word) }, as: line)
    workspace.shown.name(cart)
    let head = "\(version.kind) \(name), version \(version.number)"
    guard let outcome = trial.outcome else {
      io.output(safe(printable("\(head): does not match the \(cart.fullLabel)"), io) + "\n")
      if let note = trial.note { io.output(safe(printable("  " + note), io) + "\n") }
      for line in FactLines.lines(trial.facts) { io.output(safe(printable(line), io) + "\n") }
      return
    }
    guard outcome != .error else {
      throw EngineError(.refused, "\(head): fails on the \(cart.fullLabel): \(trial.reason)")
    }
    let verb = outcome == .left ? "would not order" : "would \(outcome.name)"
    let text =
      "\(head): \(verb) the \(cart.fullLabel)"
      + (trial.reason.isEmpty ? "" : ": \(trial.reason)")
    io.output(safe(printable(text), io) + "\n")
    for line in FactLines.lines(trial.facts) { io.output(safe(printable(line), io) + "\n") }
    if version.kind == .rule {
      io.output(safe(printable(FactLines.words(trial.way)), io) + "\n")
    }
  }
}
