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
    if ["enforce", "shadow", "off", "set"].contains(word), handler.mode != .live {
      throw EngineError(.refused, "rules \(word): a rule is set in live mode; see .live")
    }
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
    try refreshRules(line)
    let store = shop.store
    handler.begin(line)
    // In Lua instructions a cart.
    let carts = try book.sample(20)
    show(
      ReportTable(
        name: "rules", title: "Rules", asOf: shop.now(),
        columns: [
          .init("rule", "id"), .init("kind"), .init("mode"), .init("version", "integer"),
          .init("newest", "integer"), .init("hits", "integer"), .init("errors", "integer"),
          .init("cost", "integer"), .init("band"), .init("file"), .init("set by"),
          .init("since", "time"), .init("why"),
        ],
        rows: try book.rules().map { rule in
          let version = rule.current.number
          let counts = try store.decisions(of: rule.name, version: version)
          return [
            .text(rule.name), .text("\(rule.current.kind)"), .text(rule.mode),
            .integer(version),
            .integer(rule.newest.number), .integer(counts.hits), .integer(counts.errors),
            try book.cost(of: rule.name, over: carts).map { .integer($0) } ?? .empty,
            .text(rule.setting.band.map { "\($0.rounded)%" } ?? ""), .text(rule.current.file),
            .text(rule.setBy?.actor.description ?? ""),
            rule.setBy.map { .time($0.at) } ?? .empty, .text(rule.setting.reason),
          ]
        }))
  }

  private func showRule(_ name: String, _ line: String) throws {
    try refreshRules(line)
    let rule = try book.rule(name)
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
    io.output(safe(try book.source(rule.current), io))
  }

  private func diffRule(_ name: String, _ line: String) throws {
    try refreshRules(line)
    let rule = try book.rule(name)
    let old = rule.setting.version > 0 ? rule.current : rule.versions.dropLast().last?.version
    guard let old, old.number != rule.newest.number else {
      io.messages("rule \(name): version \(rule.current.number) is the newest; nothing differs")
      return
    }
    io.output("--- version \(old.number)\n+++ version \(rule.newest.number)\n")
    let lines = LineDifference.between(try book.source(old), try book.source(rule.newest))
    io.output(safe(lines.map { $0 + "\n" }.joined(), io))
    for version in [old, rule.newest] where old.parameters != rule.newest.parameters {
      io.output(
        safe(
          "version \(version.number) sets "
            + (version.parameters.isEmpty
              ? "nothing"
              : version.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
            + "\n", io))
    }
    for source in rule.newest.sources where source.path != rule.newest.file {
      if !old.sources.contains(source) { io.output(safe("\(source.path) differs\n", io)) }
    }
  }

  private func newRule(_ name: String) throws {
    io.output(
      try writeRule(
        name,
        """
        -- In shadow until `cartio rules enforce \(name)`: what it would do is counted, nothing is done.
        rule "\(name)" {
          params = { max = 50 },
          reason = "more pieces than a shopper buys",
          when = function(c, p)
            return c.quantity > p.max
          end,
        }

        """) + "\n")
  }

  /// Makes the file of a new rule.
  ///
  /// - Returns: its path.
  func writeRule(_ name: String, _ text: String) throws -> String {
    let path = "\(home.rulesFolder)/\(name).lua"
    guard !name.isEmpty, name.utf8.count <= 60, !name.hasPrefix("-"),
      name.utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
      })
    else {
      throw ConsoleError.usage(
        "rule \(quoted(name)): expected a name of small letters, digits, - and _")
    }
    guard !Files.exists(path) else {
      throw EngineError(.file, "file \(path): is there already")
    }
    guard RuleFolder(application).canRecord else {
      throw EngineError(.refused, "rule \(name): is written in live mode only, and not read-only")
    }
    if let known = try? book.rule(name) {
      throw EngineError(
        .conflict, "rule \(name): \(known.newest.file) defines it already; choose another name")
    }
    try Files.makeFolder(home.rulesFolder)
    let file = try OutputFile(path)
    try file.write(text)
    try file.commit()
    return path
  }
}
