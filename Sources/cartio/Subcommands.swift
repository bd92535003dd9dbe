import ArgumentParser
import CartApplication
import CartConsole
import CartEngine
import CartExchange
import CartModel
import CartPractice
import CartSupport

struct ConsoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "The console; without a terminal it runs the lines of standard input.")

  @OptionGroup var global: GlobalOptions
  @Option(
    name: .customShort("e"), parsing: .unconditionalSingleValue,
    help: "Run one chunk of Lua, or one verb, and end; several run in their order.")
  var chunks: [String] = []
  @Flag(help: "Go on after an error in a line of standard input.")
  var keepGoing = false

  func run() throws {
    try finish {
      let home = try global.selectedHome(mayCreate: true)
      if !chunks.isEmpty { return try Commands.evaluate(chunks, home) }
      return try Commands.console(home, keepGoing: keepGoing)
    }
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a Lua script over the carts.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The script.", completion: .file(extensions: ["lua"]))
  var file: String
  @Argument(parsing: .remaining, help: "What the script finds in arg[1], arg[2], …")
  var arguments: [String] = []
  @Flag(help: "Work out what it would do, and do nothing.")
  var plan = false
  @Option(name: .shortAndLong, help: "With --plan: the file that keeps the plan.")
  var output: String?

  func validate() throws {
    guard plan || output == nil else { throw ValidationError("-o: goes with --plan") }
  }

  func run() throws {
    try finish {
      var home = try global.selectedHome(mayCreate: true)
      if plan { home.access.mode = .plan }
      return try Commands.run(file, arguments, plan: output, home)
    }
  }
}

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take events in as history.",
    discussion: "Importing a file twice changes nothing.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "A file of events, one JSON object a line; - for standard input.")
  var file: String
  @Option(help: "Read the file through an importer script.")
  var using: String?
  @Option(
    name: .customLong("as-type"),
    help: ArgumentHelp(
      "What the file holds: events, carts, lines, products, customers, blacklist or allowlist; all but "
        + "events as CSV with the columns of an export, or JSON Lines."))
  var type = "events"
  @Option(help: "The file's encoding, as cp1252 or utf-16le (else UTF-8, or UTF-16 with its mark).")
  var encoding: String?
  @Option(help: "Where rejected lines go (else FILE.rejects.jsonl).")
  var rejects: String?
  @Flag(help: "Take in all lines or none.")
  var strict = false
  @Flag(help: "Skip events of unknown types.")
  var lenient = false
  @Flag(help: "Judge the carts by the blacklist, as if it happened now.")
  var live = false

  func validate() throws {
    do throws(ApplicationError) { _ = try question } catch {
      throw ValidationError(error.message)
    }
  }

  private var question: ImportQuestion {
    get throws(ApplicationError) {
      try ImportQuestion(file, type: type, script: using, encoding: encoding)
    }
  }

  func run() throws {
    try finish {
      try global.refuseSandbox("import")
      var question = try question
      question.rejectsPath = rejects
      (question.isStrict, question.isLenient, question.isLive) = (strict, lenient, live)
      return try ImportCommand.run(
        question, try global.selectedHome(mayCreate: true), .standard())
    }
  }
}

extension Export.Kind: ExpressibleByArgument {}
extension Export.Format: ExpressibleByArgument {}
extension OutputMode: ExpressibleByArgument {}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write carts, lines, events, orders, products, customers or a list out.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "What to write.")
  var kind: Export.Kind
  @Option(help: "jsonl or csv.")
  var format = Export.Format.jsonl
  @Option(
    help: ArgumentHelp(
      "Only these columns, in this order: id,email,attr.utm_source (see cartio help fields)."))
  var columns: String?
  @Option(name: .shortAndLong, help: "The file to write; - for standard output.")
  var output = "-"
  @Option(name: .customLong("where"), parsing: .upToNextOption, help: "Only matching carts.")
  var words: [String] = []

  func run() throws {
    try finish {
      try Commands.export(
        kind, format, columns: columns, to: output, words, try global.selectedHome(), .standard())
      return .done
    }
  }
}

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show a report, or the list of reports.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The report's name.")
  var name: String?
  @Argument(help: "Which carts: field=value, or words to search for.")
  var words: [String] = []
  @Option(help: "From then on: 30d, 2026-11-01.")
  var since: String?
  @Option(help: "Up to then.")
  var until: String?
  @Option(help: "How to group: day, week, month, country, product, …")
  var by: String?
  @Option(help: "A span by its name: last-week, this-month, 2026-11, 2026-W45, 2026-11-01.")
  var period: String?
  @Flag(help: "Beside the time range before, just as long.")
  var compare = false
  @Flag(help: "What the figures mean, instead of them.")
  var explain = false
  @Option(help: "table, vertical, json, csv, md or html.")
  var format = OutputMode.table
  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String?

  func run() throws {
    try finish {
      var options: [String: String] = [:]
      options["since"] = since
      options["until"] = until
      options["by"] = by
      options["period"] = period
      if compare { options["compare"] = "yes" }
      if explain { options["explain"] = "yes" }
      return try Commands.report(
        name, words, options, format: format, to: output, try global.selectedHome())
    }
  }
}

struct PracticeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "practice", abstract: "Make a practice store: seeded, made-up shoppers.",
    discussion: "The same arguments give the same content. It is made in practice.db.")

  @OptionGroup var global: GlobalOptions
  @Option(help: "How many shoppers.")
  var carts = 400
  @Option(help: "Over how many days.")
  var days = 14
  @Option(help: "When the last of them acts: ISO 8601 (else now).")
  var until: String?
  @Flag(help: "Run a simulated store with shoppers, and the service beside it, until Ctrl-C.")
  var live = false

  func run() throws {
    try finish {
      try global.refuseSandbox("practice")
      if live { return try ServiceProgram.become(liveWords) }
      var home = try global.selectedHome()
      if global.db == nil, Home.environment("CARTIO_DB") == nil {
        home.databasePath = home.folder + "/practice.db"
      }
      var practice = PracticeStore(home) {
        try Practice.fill(
          $0, carts: $1.carts, days: $1.days, seed: $1.seed, until: $2,
          isUntilGiven: $1.until != nil, shouldStop: $3)
      }
      (practice.carts, practice.days, practice.until) = (carts, days, until)
      practice.seed = global.seed ?? 1
      try Commands.practice(practice, home, .standard())
      return .done
    }
  }

  /// The words of the program that runs the simulated store.
  private var liveWords: [String] {
    var words = ["practice", "--live", "--carts", String(carts)]
    for (option, value) in [("--home", global.home), ("--db", global.db)] {
      if let value { words += [option, value] }
    }
    if let seed = global.seed { words += ["--seed", String(seed)] }
    return words
  }
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Rebuild everything from the event log and compare.")

  @OptionGroup var global: GlobalOptions
  @Option(help: .hidden) var proof: String?
  @Option(help: .hidden) var key: String?
  @Option(help: .hidden) var against: String?

  func run() throws {
    try finish {
      if proof != nil || key != nil { throw Later.refusal(of: "check --proof") }
      if against != nil { throw Later.refusal(of: "check --against") }
      return try Commands.check(try global.selectedHome(), .standard())
    }
  }
}

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Where things live, and what is missing.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    try finish { DoctorCommand.run(try global.selectedHome(), .standard()) }
  }
}
