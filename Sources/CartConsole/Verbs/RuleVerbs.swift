import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartScripting
import CartSupport

/// Rules: listing them, enforcing them, and what they did.
enum RuleVerbs {
  static let all: [Verb] = [
    Verb(
      "rules",
      "[list|run|enforce|shadow|off|set|show|diff|test|backtest|what-if|rollback|new|fixture|check|try NAME [KEY=VALUE…]]",
      0...20,
      kind: .own(
        valued: ["since", "against", "labels", "label", "version", "format"], flags: ["plan"]),
      pages: .words(["", "list", "show", "diff"]),
      "Rules and policies: .rules run judges all open carts and runs the policies that are due, with --plan "
        + "it only shows; .rules enforce NAME enforces one."
    ) { console, call in
      try console.rules(call.words, line: call.line)
    }
  ]
}

extension Console {
  static let ruleWords = [
    "list", "run", "enforce", "shadow", "off", "set", "show", "diff", "test", "backtest",
    "what-if", "rollback", "new", "fixture", "check", "try",
  ]

  /// What `cartio rules` and `.rules` do.
  public func rules(_ words: [String], line: String) throws {
    let word = words.first ?? "list"
    let names = Array(words.dropFirst())
    // A person who is asked may take their time.
    if word == "enforce" { return try rules(word, names, line) }
    try Timeout(home).run { try rules(word, names, line) }
  }

  private func rules(_ word: String, _ names: [String], _ line: String) throws {
    switch (word, names.count) {
    case ("list", 0): try listRules(line)
    case ("run", 0...2): try runRules(names, line)
    case ("enforce", 1...2): try enforce(names[0], Array(names.dropFirst()), line)
    case ("shadow", 1): try setRule(names[0], .shadow, line)
    case ("off", 1): try setRule(names[0], .off, line)
    case ("set", 2...): try setRule(names[0], Array(names.dropFirst()), line)
    case ("show", 1): try showRule(names[0], line)
    case ("diff", 1): try diffRule(names[0], line)
    case ("test", 0...2): try testRules(names, line)
    case ("backtest", 1...5): try backtestRule(names[0], Array(names.dropFirst()), line)
    case ("what-if", 1...4): try whatIf(names[0], Array(names.dropFirst()), line)
    case ("fixture", 1...2): try cutFixture(names, line)
    case ("check", _): try checkRules(names, line)
    case ("try", 2): try tryRule(names[0], names[1], line)
    case ("rollback", 1): try rollBackRule(names[0], line)
    case ("new", 1): try newRule(names[0])
    default:
      guard Self.ruleWords.contains(word) else {
        throw ConsoleError.usage(
          "rules: expected \(Self.ruleWords.joined(separator: ", ")), got \(quoted(word))"
            + didYouMean(word, among: Self.ruleWords))
      }
      throw ConsoleError.usage(
        "rules \(word): expected "
          + (word == "set"
            ? "NAME KEY=VALUE…"
            : word == "fixture" || word == "try"
              ? (word == "try" ? "NAME CART" : "CART [NAME]")
              : word == "backtest"
                ? "NAME [since=30d] [against=VERSION] [labels=FILE] [label=WORD]"
                : word == "what-if"
                  ? "NAME|FILE [since=30d] [version=N|off] [format=MODE]"
                  : word == "run"
                    ? "[NAME] [--plan]" : word == "list" ? "nothing more" : "one NAME"))
    }
  }

  func refreshRules(_ line: String) throws { try RuleFolder(application).refresh(line) }

  private func listRules(_ line: String) throws {
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

  private func showRule(_ name: String, _ line: String) throws {
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

  private func diffRule(_ name: String, _ line: String) throws {
    let (before, after) = try RuleStudy(application).versions(of: name, as: line)
    let new = after.version
    guard let before else {
      io.messages("rule \(name): version \(new.number) is the newest; nothing differs")
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

  private func newRule(_ name: String) throws {
    io.output(try RuleFolder(application).writeSample(name) + "\n")
  }
}
