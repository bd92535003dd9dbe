import CartApplication
import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// The console: lines of Lua and verbs over one shop.
public final class Console {
  /// What verbs and chunks work with.
  let workspace: Workspace
  let teller: RunTeller
  let recorder = LuaRecorder()
  let tour: TourGuide
  var lastError: (line: String, error: ConsoleError)?
  /// The chunk that ran last: `.edit`.
  var lastChunk = ""
  /// What was typed of an unfinished chunk.
  private var pending = ""
  /// Whether it was said that a `local` ends with its chunk.
  var hasSaidLocal = false
  /// Whether each command says how long it took.
  var hasTiming = false
  var wantsToQuit = false
  /// How many files are being read, one by another.
  var reading = 0 { didSet { screen.isReading = reading > 0 } }
  /// How many views are being run, one by another.
  var viewing = 0

  public init(_ home: Home, io: ConsoleIO, interrupt: InterruptFlag? = nil) throws {
    let screen = Screen(io, interrupt: interrupt)
    let application = try Application(
      home, ask: io.ask, interrupt: interrupt,
      output: {
        screen.output(safe: $0)
        // A script that prints without end would go on although nobody can read it.
        if screen.io.failure() != nil { interrupt?.set() }
      }, messages: io.messages)
    // What verbs say may be captured; what rules and scripts say is not.
    application.messages = { screen.io.messages($0) }
    let workspace = Workspace(application, screen)
    self.workspace = workspace
    teller = RunTeller(workspace)
    tour = TourGuide(workspace)
    application.session.shownLine = { [unowned workspace] in
      try Targets(workspace).line($0, of: $1, isBulk: true)
    }
    teller.observe()
  }

  /// The shop, and what works on it.
  public var application: Application { workspace.application }
  public var home: Home { application.home }
  public var shop: Shop { application.shop }
  public var handler: CommandHandler { application.handler }
  public var session: ScriptSession { application.session }
  var screen: Screen { workspace.screen }
  public var io: ConsoleIO { screen.io }
  /// What ended with the last error; for the exit code.
  public var exit: ExitStatus { workspace.exit }

  /// Closes the database.
  public func close() { application.close() }

  // MARK: Lines

  /// Whether an unfinished chunk waits for its next line.
  public var isContinuing: Bool { !pending.isEmpty }
  /// What was typed of a chunk so far.
  public var chunk: String { pending }

  /// Drops an unfinished chunk: Ctrl-C.
  public func drop() { pending = "" }

  /// Runs one line of input.
  ///
  /// - Returns: whether it was fine, or is to be continued.
  @discardableResult
  public func take(_ line: String) -> Bool {
    screen.interrupt?.clear()
    application.refreshSettings()
    let start = ContinuousClock.now
    let typed = pending.isEmpty ? line : pending + "\n" + line
    do {
      try command(line)
      if pending.isEmpty {
        try endCommand()
        if hasTiming {
          say(time: ContinuousClock.now - start, hasRunLua: !Self.isVerb(line.trimmingBlanks))
        }
        tour.goOn(typed.trimmingBlanks)
      }
      return true
    } catch {
      pending = ""
      report(error, of: typed)
      do { try endCommand(hasFailed: true) } catch { report(error, of: typed) }
      return false
    }
  }

  private func command(_ line: String) throws {
    if pending.isEmpty {
      let trimmed = line.trimmingBlanks
      guard !trimmed.isEmpty else { return }
      if let verb = Self.isVerb(trimmed) ? trimmed : Self.bareWords[trimmed] {
        return try self.verb(verb)
      }
    }
    let chunk = pending.isEmpty ? line : pending + "\n" + line
    do {
      lastChunk = chunk
      try run(chunk: chunk, name: "=prompt")
      pending = ""
      recorder.note(chunk: chunk, isStatement: Self.isStatement(chunk))
    } catch let error as ScriptError where error.code == .incomplete {
      pending = chunk
    }
  }

  /// Whether a chunk runs as it stands; the others are expressions.
  private static func isStatement(_ chunk: String) -> Bool {
    let findings = try? ScriptLint.check(chunk, name: "=record")
    return findings.map { !$0.contains(where: \.isError) } ?? false
  }

  private func endCommand(hasFailed: Bool = false) throws {
    // A file's lines are part of the command that reads it.
    guard reading == 0 else { return }
    if let kept = try screen.sink.endCommand(hasFailed: hasFailed) {
      io.messages("\(printable(kept)): the command failed; the file is as it was")
    }
    try screen.sink.check()
  }

  /// Ends the session: the file of `.output` is written, unless a run of lines ended with an error.
  func end(hasFailed: Bool = false) {
    guard let path = screen.sink.path else { return }
    if hasFailed {
      screen.sink.discard()
      io.messages("\(printable(path)): a line failed before .output off; the file is as it was")
    } else {
      do { try screen.sink.close() } catch { report(error) }
    }
  }

  private func say(time: Duration, hasRunLua: Bool) {
    let (seconds, attoseconds) = time.components
    let tenths = (Int(seconds) * 10_000) + Int(attoseconds / 100_000_000_000_000)
    let instructions = hasRunLua ? session.instructions : 0
    io.messages(
      "time \(CountText.grouped(tenths / 10)).\(tenths % 10) ms"
        + (instructions > 0
          ? ", \(CountText.grouped(Int(instructions))) Lua instructions" : ""))
  }

  /// The end of the input: an unfinished chunk is an error.
  public func finish() -> Bool {
    guard isContinuing else { return true }
    defer { pending = "" }
    do {
      try run(chunk: pending, name: "=prompt")
      return true
    } catch {
      report(error)
      return false
    }
  }

  static let bareWords = [
    "help": ".help", "?": ".help", "quit": ".quit", "exit": ".quit",
  ]

  // MARK: Errors

  /// Shows an error and remembers its exit code.
  ///
  /// - Parameter line: what was typed.
  public func report(_ error: any Error, of line: String = "") {
    // Output that cannot be written is told at the end of the program, once.
    guard io.failure() == nil else {
      workspace.exit = .failed
      return
    }
    let shown = ConsoleError(error)
    workspace.exit = shown.exit
    lastError = (line, shown)
    if io.ask != nil, let mark = Self.mark(shown.message, in: line) { io.messages(mark) }
    io.messages(
      shown.exit == .interrupted ? "interrupted" : "error: " + printableLines(shown.message))
  }

  /// The line with a caret under what an error quotes of it; nil where it quotes nothing of it.
  private static func mark(_ message: String, in line: String) -> String? {
    guard !line.contains("\n"), line.count <= 200 else { return nil }
    for match in message.matches(of: /'([^']+)'/) {
      guard let place = line.firstRange(of: String(match.output.1)) else { continue }
      let before = CellWidth.of(String(line[..<place.lowerBound]))
      let width = max(1, CellWidth.of(String(line[place])))
      return "  " + printable(line) + "\n  " + String(repeating: " ", count: before)
        + String(repeating: "^", count: width)
    }
    return nil
  }
}
