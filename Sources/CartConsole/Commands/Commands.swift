import CartApplication
import CartEngine
import CartModel
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
    console.screen.lendTerminal = { body in
      editor.release()
      return try body()
    }
    if isFirst { console.tour.welcomeToPractice() }
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
      console.application.refreshSettings()
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
    console.workspace.planTarget = target
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

  /// Applies a plan of a file.
  public static func apply(
    _ path: String, only: [String], except: [String], _ home: Home
  ) throws -> ConsoleError.Exit {
    func names(_ list: [String]) -> [String] {
      list.flatMap { $0.split(separator: ",").map(String.init) }
    }
    let console = try batch(home)
    defer { console.close() }
    do {
      try ModeVerbs(console.workspace).apply(
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

  static func batch(_ home: Home) throws -> Console {
    let interrupt = InterruptFlag()
    return try Console(home, io: .interactive(interrupt), interrupt: interrupt)
  }

  /// The verbs of the console, for the manual page.
  public static var verbs: [(usage: String, help: String)] {
    Verb.all.map { ($0.line, $0.help) }
  }
}
