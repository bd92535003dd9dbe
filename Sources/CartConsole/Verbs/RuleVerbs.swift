import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartSupport

/// Rules: listing them, setting them, and passes over all carts.
struct RuleVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "rules",
      "[list|run|enforce|shadow|off|set|show|diff|test|backtest|what-if|rollback|new|fixture|check|try NAME [KEY=VALUE…]]",
      0...20,
      kind: .own(
        valued: ["since", "against", "labels", "label", "version", "format"], flags: ["plan"]),
      pages: .words(["", "list", "show", "diff"]),
      "Rules and policies: .rules run judges all open carts and runs the policies that are due, with --plan "
        + "it only shows; .rules enforce NAME enforces one.", RuleVerbs.rules),
    Verb(
      "try", "NAME ID", 2...2, pages: .always,
      "Judges one cart by the newest version of a rule or policy; nothing is recorded or changed.",
      RuleTrialVerbs.tryOut),
  ]

  /// What may stand behind `rules`, with what follows it where that is not one name.
  static let words: [(name: String, usage: String)] = [
    ("list", "nothing more"), ("run", "[NAME] [--plan]"), ("enforce", "NAME [confirm=N]"),
    ("shadow", "one NAME"), ("off", "one NAME"), ("set", "NAME KEY=VALUE…"),
    ("show", "one NAME"), ("diff", "NAME [VERSION VERSION]"), ("test", "[NAME] [format=tap|junit]"),
    ("backtest", "NAME [since=30d] [against=VERSION] [labels=FILE] [label=WORD]"),
    ("what-if", "NAME|FILE [since=30d] [version=N|off] [format=MODE]"),
    ("rollback", "one NAME"), ("new", "one NAME"), ("fixture", "CART [NAME]"),
    ("check", "one NAME"), ("try", "NAME CART"),
  ]

  private func rules(_ call: VerbCall) throws { try run(call.words, line: call.line) }

  /// What `cartio rules` and `.rules` do.
  func run(_ words: [String], line: String) throws {
    let word = words.first ?? "list"
    let names = Array(words.dropFirst())
    // A person who is asked may take their time.
    if word == "enforce" { return try run(word, names, line) }
    try Timeout(home).run { try run(word, names, line) }
  }

  private func run(_ word: String, _ names: [String], _ line: String) throws {
    let (setting, trials) = (RuleSettingVerbs(workspace), RuleTrialVerbs(workspace))
    switch (word, names.count) {
    case ("list", 0): try list(line)
    case ("run", 0...2): try pass(names, line)
    case ("enforce", 1...2): try setting.enforce(names[0], Array(names.dropFirst()), line)
    case ("shadow", 1): try setting.set(names[0], .shadow, line)
    case ("off", 1): try setting.set(names[0], .off, line)
    case ("set", 2...): try setting.set(names[0], Array(names.dropFirst()), line)
    case ("show", 1): try show(names[0], line)
    case ("diff", 1): try diff(names[0], [], line)
    case ("diff", 3): try diff(names[0], Array(names.dropFirst()), line)
    case ("test", 0...2): try trials.test(names, line)
    case ("backtest", 1...5): try trials.backtest(names[0], Array(names.dropFirst()), line)
    case ("what-if", 1...4): try trials.whatIf(names[0], Array(names.dropFirst()), line)
    case ("fixture", 1...2): try trials.cutFixture(names, line)
    case ("check", _): try check(names, line)
    case ("try", 2): try trials.tryOut(names[0], names[1], line)
    case ("rollback", 1): try setting.rollBack(names[0], line)
    case ("new", 1): io.output(try RuleFolder(application).writeSample(names[0]) + "\n")
    default:
      try Later.check(rulesWord: word)
      guard let usage = Self.words.first(where: { $0.name == word })?.usage else {
        let known = Self.words.map(\.name)
        throw ConsoleError.usage(
          "rules: expected \(known.joined(separator: ", ")), got \(quoted(word))"
            + didYouMean(word, among: known))
      }
      throw ConsoleError.usage("rules \(word): expected \(usage)")
    }
  }

  // MARK: Lists and texts

  private func list(_ line: String) throws {
    show(
      ReportTable(
        name: "rules", title: "Rules", asOf: shop.now(),
        columns: [
          .init("rule", "id"), .init("kind"), .init("mode"), .init("version", "integer"),
          .init("newest", "integer"), .init("hits", "integer"), .init("errors", "integer"),
          .init("cost", "integer"), .init("band"), .init("file"), .init("set by"),
          .init("since", "time"), .init("why"),
        ],
        rows: try RuleStudy(application).entries(as: line).map { entry in
          let rule = entry.rule
          return [
            .text(rule.name), .text("\(rule.current.kind)"), .text(rule.mode),
            .integer(rule.current.number), .integer(rule.newest.number), .integer(entry.hits),
            .integer(entry.errors), entry.cost.map { .integer($0) } ?? .empty,
            .text(rule.setting.band.map { "\($0.rounded)%" } ?? ""), .text(rule.current.file),
            .text(rule.setBy?.actor.description ?? ""),
            rule.setBy.map { .time($0.at) } ?? .empty, .text(rule.setting.reason),
          ]
        }))
  }

  private func show(_ name: String, _ line: String) throws {
    let (rule, source) = try RuleStudy(application).source(of: name, as: line)
    show(
      ReportTable(
        name: "versions", title: "Versions", asOf: shop.now(),
        columns: [
          .init("version", "integer"), .init("at", "time"), .init("actor"), .init("file"),
          .init("params"), .init("enforced"),
        ],
        rows: rule.versions.reversed().map {
          [
            .integer($0.version.number), .time($0.at), .text($0.actor.description),
            .text($0.version.file),
            .text($0.version.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")),
            .text(
              rule.setting.mode == .enforce && rule.current.number == $0.version.number ? "yes" : ""
            ),
          ]
        }))
    io.output(safe(source, io))
  }

  private func diff(_ name: String, _ words: [String], _ line: String) throws {
    let numbers = try words.map { word in
      guard let number = Int64(word), number > 0 else {
        throw ConsoleError.usage(
          "rules diff: expected a version's number, got \(quoted(word)); example: rules diff "
            + "\(name) 1 2")
      }
      return number
    }
    let study = RuleStudy(application)
    let (before, after) =
      try numbers.count == 2
      ? study.versions(of: name, numbers[0], numbers[1], as: line)
      : study.versions(of: name, as: line)
    let new = after.version
    guard let before else {
      io.messages(
        numbers.isEmpty
          ? "rule \(name): version \(new.number) is the newest; nothing differs"
          : "rule \(name): both are version \(new.number); nothing differs")
      return
    }
    let old = before.version
    io.output("--- version \(old.number)\n+++ version \(new.number)\n")
    let lines = LineDifference.between(before.text, after.text)
    io.output(safe(lines.map { $0 + "\n" }.joined(), io))
    for version in [old, new] where old.parameters != new.parameters {
      io.output(
        safe(
          "version \(version.number) sets "
            + (version.parameters.isEmpty
              ? "nothing"
              : version.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
            + "\n", io))
    }
    for source in new.sources where source.path != new.file {
      if !old.sources.contains(source) { io.output(safe("\(source.path) differs\n", io)) }
    }
  }

  // MARK: Passes and checks

  /// `rules run [NAME] [--plan]`: one pass over all open carts, then the policies that are due.
  private func pass(_ words: [String], _ line: String) throws {
    let names = words.filter { $0 != "--plan" }
    guard names.count <= 1, words.count - names.count <= 1 else {
      throw ConsoleError.usage("rules run: expected [NAME] [--plan]")
    }
    var pass = RulePass(application)
    pass.hasProgress = io.terminal.width != nil
    let run = try pass.run(names.first, isTrial: names.count < words.count, as: line)
    if run.judged > 0 || run.policies.isEmpty {
      io.output(
        "\(CountText.carts(run.judged)) judged, \(run.held.count) held"
          + (run.flagged > 0 ? ", \(run.flagged) flagged" : "") + "\n")
    }
    for (name, failure) in run.failures.sorted(by: { $0.key < $1.key }) {
      io.messages(
        "rule \(name) failed on \(CountText.carts(failure.carts)) and did not judge them: "
          + printable(failure.message))
    }
    if !run.unchecked.isEmpty {
      io.messages(
        "\(run.unchecked.text) of these carts cannot be compared with the blacklist; 'cartio export "
          + "carts' shows them")
    }
    PolicyView(workspace).show(run.policies)
    if let plan = run.plan, !plan.changes.isEmpty { show(plan) }
  }

  /// `.rules check [NAME…]`: the files, and over the shop's carts and lists; of names only their files.
  private func check(_ names: [String], _ line: String) throws {
    var check = RuleCheck(home, now: handler.now) { [io] in RuleCheckView.show($0, io) }
    try check.check(names, over: application, as: line)
    if RuleCheckView.conclude(check, io) == .failed { workspace.exit = .failed }
  }
}
