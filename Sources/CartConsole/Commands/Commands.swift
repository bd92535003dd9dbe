import CartApplication
import CartEngine
import CartModel
import CartExchange
import CartReports
import CartSupport
import LineEditor
import LuaKit

/// What the subcommands do, apart from reading their arguments.
public enum Commands {
  /// The console: at a terminal a conversation, else the lines of standard input.
  public static func console(_ home: Home, keepGoing: Bool) throws
    -> ConsoleError.Exit
  {
    let interrupt = InterruptFlag()
    var io = ConsoleIO.standard()
    guard Terminal.isInteractive else {
      return try consume(home, io, interrupt, keepGoing: keepGoing)
    }
    if !home.historyPath.isEmpty {
      try? Files.makeFolder(Files.folder(home.historyPath))
    }
    guard
      let editor = LineEditor(
        program: "cartio", historyPath: home.historyPath,
        redact: HistoryRedaction.redacted)
    else {
      throw ConsoleError(.failed, "the prompt: libedit cannot use this terminal")
    }
    ProgramEnd.first(LineEditor.restoreTerminal)
    io.readAnswers(interrupt) { prompt in
      switch editor.read(prompt) {
      case .line(let answer): .line(answer)
      case .interrupted: .interrupted
      case .end: .end
      }
    }
    var isFirst = true
    while try converse(home, io, interrupt, editor, isFirst: isFirst) {
      io.messages(restarted)
      isFirst = false
    }
    return InterruptFlag.isEnding ? .interrupted : .done
  }

  /// Runs the lines of standard input; after a restore another console takes those that follow.
  private static func consume(
    _ home: Home, _ io: ConsoleIO, _ interrupt: InterruptFlag, keepGoing: Bool
  ) throws -> ConsoleError.Exit {
    let reader = try LineReader("-", wait: StreamWait { interrupt.isSet })
    while true {
      let console = try Console(home, io: io, interrupt: interrupt)
      defer { console.close() }
      try console.consume(reader, keepGoing: keepGoing)
      console.end(hasFailed: !keepGoing && console.exit != .done)
      guard console.isOutdated, keepGoing else {
        return InterruptFlag.isEnding && console.exit == .done ? .interrupted : console.exit
      }
      io.messages(restarted)
    }
  }

  /// - Returns: whether the database was restored, so that another console must go on.
  private static func converse(
    _ home: Home, _ io: ConsoleIO, _ interrupt: InterruptFlag, _ editor: LineEditor,
    isFirst: Bool
  ) throws -> Bool {
    let console = try Console(home, io: io, interrupt: interrupt)
    defer { console.close() }
    console.lendTerminal = { body in
      editor.release()
      return try body()
    }
    if isFirst { console.welcomeToPractice() }
    do { try console.runStartFile() } catch {
      // The prompt comes all the same.
      console.report(error)
    }
    console.converse(editor)
    console.end()
    return console.isOutdated
  }

  /// Said when a console starts anew after a restore.
  private static let restarted =
    "Everything is read again. Variables, @, #N and unsaved changes of before are gone."

  /// `-e`: chunks or verbs one after the other, their values raw, up to the first error.
  public static func evaluate(_ chunks: [String], _ home: Home) throws
    -> ConsoleError.Exit
  {
    let console = try batch(home)
    defer { console.close() }
    for chunk in chunks where console.exit == .done {
      console.refreshSettings()
      if Console.isVerb(chunk) {
        console.take(chunk)
      } else {
        do { try console.run(chunk: chunk, name: "=-e", raw: true) } catch { console.report(error) }
      }
    }
    console.end(hasFailed: console.exit != .done)
    return console.exit
  }

  /// A script file.
  ///
  /// - Parameter target: where its plan goes, for a home that plans.
  public static func run(
    _ path: String, _ arguments: [String], plan target: String? = nil, _ home: Home
  ) throws -> ConsoleError.Exit {
    let console = try batch(home)
    defer { console.close() }
    console.planTarget = target
    do { try console.run(file: path, arguments: arguments, allowsPipe: true) } catch {
      console.report(error)
    }
    return console.exit
  }

  /// A verb's line, for subcommands that do what a verb does.
  public static func verb(_ line: String, _ home: Home) throws -> ConsoleError.Exit {
    let console = try batch(home)
    defer { console.close() }
    console.take(line)
    return console.exit
  }

  /// Does a plan of a file.
  public static func apply(
    _ path: String, only: [String], except: [String], _ home: Home
  ) throws -> ConsoleError.Exit {
    func names(_ list: [String]) -> [String] {
      list.flatMap { $0.split(separator: ",").map(String.init) }
    }
    let console = try batch(home)
    defer { console.close() }
    do {
      try console.apply(
        path, .init(only: names(only), except: names(except)), confirmed: nil, line: "apply " + path
      )
    } catch { console.report(error) }
    return console.exit
  }

  /// Lists bulk runs, or goes on with one.
  public static func jobs(_ words: [String], _ home: Home) throws -> ConsoleError.Exit {
    let console = try batch(home)
    defer { console.close() }
    do {
      try console.verb(
        ([".jobs"] + words).map(TypedWord.init(_:)), line: "jobs " + words.joined(separator: " "))
    } catch {
      console.report(error)
    }
    return console.exit
  }

  /// Copies the database while others may write; the copy is checked before it has its name.
  public static func backup(to path: String, _ home: Home, _ io: ConsoleIO) throws {
    let events = try DatabaseCopies(home).backUp(to: path)
    io.messages("\(events) events of \(home.databasePath) copied to \(path)")
  }

  /// Puts a backup in the place of the database.
  public static func restore(_ backup: String, _ home: Home, _ io: ConsoleIO) throws {
    try DatabaseRestore(backup, home, ask: io.ask, messages: io.messages).run()
  }

  static func batch(_ home: Home) throws -> Console {
    let interrupt = InterruptFlag()
    return try Console(home, io: .interactive(interrupt), interrupt: interrupt)
  }

  /// Fills the practice store and says where it is.
  public static func practice(_ practice: PracticeStore, _ home: Home, _ io: ConsoleIO) throws {
    let made = try practice.make()
    let path = home.databasePath
    io.messages(
      made.events.map {
        "practice store \(path): \(practice.carts) shoppers, \($0) events, seed \(practice.seed); who is "
          + "behind each cart is in \(made.labelsPath)"
      } ?? "practice store \(path): is there already")
    io.messages("open it with: cartio --db \(path)")
  }

  /// Rebuilds and compares; says what it found.
  public static func check(_ home: Home, _ io: ConsoleIO) throws -> ConsoleError.Exit {
    let report = try DatabaseCopies(home).check()
    for problem in report.problems { io.output(printable(problem) + "\n") }
    if !report.isClean {
      io.messages("\(report.problems.count) problems in \(home.databasePath)")
      return .failed
    }
    io.output(
      "clean: \(report.carts) carts, \(report.events) events, \(report.commits) commits\n")
    return .done
  }

  /// Exports from the shop of a home.
  public static func export(
    _ kind: Export.Kind, _ format: Export.Format, columns: String?, to path: String?,
    _ words: [String], _ home: Home, _ io: ConsoleIO
  ) throws {
    var export = DataExport(kind, messages: io.messages)
    (export.format, export.columns, export.path) = (format, columns, path)
    try export.run(words, home)
  }

  /// The verbs of the console, for the manual page.
  public static var verbs: [(usage: String, help: String)] {
    Verb.all.map { ($0.line, $0.help) }
  }

  public static func report(
    _ name: String?, _ words: [String], _ options: [String: String], format: OutputMode,
    to path: String?, _ home: Home
  ) throws -> ConsoleError.Exit {
    guard let verb = ReportVerbs.all.first else { return .failed }
    // What stands behind the name is read as the verb reads it.
    let (plain, own) = try verb.split(words.map { try TypedWord(whole: $0) })
    let options = try options.merging(own) { _, _ in
      throw ConsoleError.usage("report: an option is given twice")
    }
    let console = try batch(home)
    defer { console.close() }
    console.mode = format
    guard let path else {
      console.handler.begin("report")
      try console.report(name.map { [TypedWord($0)] + plain } ?? [], options)
      return .done
    }
    console.handler.begin("report")
    guard let name else { throw ConsoleError.usage("report: -o needs the name of a report") }
    try home.checkTarget(path)
    let table = try ReportLibrary(console.application).run(name, plain, options)
    let file = try OutputFile(path, wait: console.wait)
    try file.write(console.text(of: table))
    try file.commit()
    for note in table.notes { console.io.messages("note: " + note) }
    return .done
  }
}
