import ArgumentParser
import CartApplication
import CartConsole

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "Rules: list them, enforce them, judge all open carts.",
    discussion: """
      list; run [NAME]; enforce, shadow, off, show, diff, backtest, what-if, rollback or new NAME; set NAME KEY=VALUE…; \
      try NAME CART; test [NAME]; fixture CART [NAME]; check [FILE…]. A new or changed rule or policy is in shadow until it is enforced.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "What to do, and with which rule.")
  var words: [String] = []
  @Option(help: "With backtest and what-if: how far back, as 30d.")
  var since: String?
  @Option(help: "With backtest: the version to compare with.")
  var against: String?
  @Option(help: "With backtest: a file of cart,label lines; a practice store has its own.")
  var labels: String?
  @Option(help: "With backtest: the label that the rule is after (else all but human).")
  var label: String?
  @Option(help: "With test: tap or junit; with what-if: table, csv, json, html.")
  var format: String?
  @Option(help: "With what-if: another version of the rule, or off.")
  var version: String?
  @Flag(help: "With run: show what would be held and ordered, and do nothing.")
  var plan = false
  @Option(parsing: .upToNextOption, help: .hidden) var from: [String] = []
  @Option(parsing: .upToNextOption, help: .hidden) var good: [String] = []

  func run() throws {
    let options = [
      since.map { "since=\($0)" }, against.map { "against=\($0)" }, format.map { "format=\($0)" },
      labels.map { "labels=\($0)" }, label.map { "label=\($0)" }, version.map { "version=\($0)" },
      plan ? "--plan" : nil,
    ].compactMap { $0 }
    try finish {
      guard from.isEmpty, good.isEmpty else { throw Later.refusal(of: "rules new --from") }
      return try Commands.rules(words + options, try global.selectedHome())
    }
  }
}

enum APIFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case luacats
}

struct APICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "api", abstract: "The Lua API, as text or as a definition file for editors.")

  @OptionGroup var global: GlobalOptions
  @Option(help: "text or luacats.")
  var format = APIFormat.text

  func run() throws {
    try finish {
      ConsoleIO.standard().output(Commands.api(definitions: format == .luacats))
      return .done
    }
  }
}
