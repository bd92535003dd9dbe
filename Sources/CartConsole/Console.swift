import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartReports
import CartRules
import CartScripting
import CartStore
import CartSupport
import LuaKit

/// The console: lines of Lua and verbs over one shop.
public final class Console {
  /// The shop, and what works on it.
  public let application: Application
  public var home: Home { application.home }
  public var shop: Shop { application.shop }
  public var handler: CommandHandler { application.handler }
  public var session: ScriptSession { application.session }
  var book: RuleBook { application.book }
  let sink: OutputSink
  public var io: ConsoleIO { sink.io }
  public var mode = OutputMode.table
  /// What ended with the last error; for the exit code.
  public internal(set) var exit = ConsoleError.Exit.done

  /// What `@`, `@3` and `#2` mean.
  var shown = Shown()
  var wantsToQuit = false
  /// How many files are being read, one by another.
  var reading = 0
  /// How many views are being run, one by another.
  var viewing = 0
  /// The key of the plan last shown: it is not shown twice.
  var shownPlan: String?
  var saidLocal = false
  /// Where `run --plan` writes its plan.
  var planTarget: String?
  /// Whether the terminal shows how far a bulk run is.
  var hasStatus = false
  /// Whether each command says how long it took.
  var hasTiming = false
  var lastError: (line: String, error: ConsoleError)?
  /// The Lua of the last verb; nil where it has none.
  var lastLua: LuaCode?
  var recording: LuaRecording?
  /// Tables that are not shown but kept, while a listing is watched.
  var watching: [ReportTable]?
  /// The chunk that ran last: `.edit`.
  var lastChunk = ""
  /// Gives the terminal to another program for the length of a call; nil without one.
  var lendTerminal: ((() throws -> Int32) throws -> Int32)?
  /// Whether the command under way has sent output to a file.
  var isOpening = false
  /// What `.drill` opens.
  var lastReport: ReportTable?
  /// Shows products on terminals that can; nil while the person wants none.
  var pictures: Pictures?
  /// Whether what is longer than the screen goes through the pager.
  var hasPager = true
  /// Whether what is said is kept for the pager.
  var isPaging = false
  /// The tour under way.
  var tour: Tour?
  private var pending = ""
  let interrupt: InterruptFlag?

  public init(_ home: Home, io: ConsoleIO, interrupt: InterruptFlag? = nil) throws {
    let sink = OutputSink(io)
    self.sink = sink
    self.interrupt = interrupt
    application = try Application(
      home, ask: io.ask, interrupt: interrupt,
      output: {
        sink.io.output(safe($0, sink.io))
        // A script that prints without end would go on although nobody can read it.
        if sink.io.failure() != nil { interrupt?.set() }
      }, messages: io.messages)
    // What verbs say may be captured; what rules and scripts say is not.
    application.messages = { sink.io.messages($0) }
    handler.hooks.onProgress = progress()
    session.shownLine = { [unowned self] in try line($0, of: $1, isBulk: true) }
    observe()
  }

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
    interrupt?.clear()
    refreshSettings()
    let start = ContinuousClock.now
    let typed = pending.isEmpty ? line : pending + "\n" + line
    do {
      try command(line)
      if pending.isEmpty {
        try endCommand()
        if hasTiming {
          say(time: ContinuousClock.now - start, hasRunLua: !Self.isVerb(line.trimmingBlanks))
        }
        if tour != nil { goOnWithTour(typed.trimmingBlanks) }
      }
      return true
    } catch {
      pending = ""
      report(error, of: typed)
      do { try endCommand(hasFailed: true) } catch { report(error, of: typed) }
      return false
    }
  }

  /// Lets what runs next have the database and the settings as they are now.
  func refreshSettings() { application.refreshSettings() }

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
      if recording != nil { recording?.add(chunk: chunk, isStatement: Self.isStatement(chunk)) }
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
    defer { isOpening = false }
    if let kept = try sink.endCommand(isOpening: isOpening, hasFailed: hasFailed) {
      io.messages("\(printable(kept)): the command failed; the file is as it was")
    }
    try sink.check()
  }

  /// Ends the session: the file of `.output` is written, unless a run of lines ended with an error.
  func end(hasFailed: Bool = false) {
    guard let path = sink.path else { return }
    if hasFailed {
      sink.discard()
      io.messages("\(printable(path)): a line failed before .output off; the file is as it was")
    } else {
      do { try sink.close() } catch { report(error) }
    }
  }

  private func say(time: Duration, hasRunLua: Bool) {
    let (seconds, attoseconds) = time.components
    let tenths = (Int(seconds) * 10_000) + Int(attoseconds / 100_000_000_000_000)
    let instructions = hasRunLua ? session.instructions : 0
    io.messages(
      "time \(Self.grouped(tenths / 10)).\(tenths % 10) ms"
        + (instructions > 0 ? ", \(Self.grouped(Int(instructions))) Lua instructions" : ""))
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

  static func isVerb(_ line: String) -> Bool { JobOrigin.isVerb(line) }

  /// Shows an error and remembers its exit code.
  ///
  /// - Parameter line: what was typed.
  public func report(_ error: any Error, of line: String = "") {
    // Output that cannot be written is told at the end of the program, once.
    guard io.failure() == nil else {
      exit = .failed
      return
    }
    let shown = ConsoleError(error)
    exit = shown.exit
    lastError = (line, shown)
    if io.ask != nil, let mark = Self.mark(shown.message, in: line) { io.messages(mark) }
    io.messages(
      shown.exit == .interrupted ? "interrupted" : "error: " + printableLines(shown.message))
  }

  /// The line with a caret under what an error quotes of it; nil where it quotes nothing of it.
  static func mark(_ message: String, in line: String) -> String? {
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

  // MARK: Showing

  /// A chunk's values: a cart or a query alone in full, else all on one line.
  func show(_ values: [LuaValue]) throws {
    if values.isEmpty || values == [.nil] { return }
    if values.count == 1, case .table = values[0], let plan = session.lastPlan,
      plan.key != shownPlan
    {
      show(plan)
      return
    }
    switch values.count == 1 ? try session.shown(values[0]) : .text("") {
    case .cart(let cart, let moment): handler.reader.at(moment) { show(cart) }
    case .carts(let keys, let moment): _ = try handler.reader.at(moment) { try show(carts: keys) }
    case .text:
      io.output(safe(values.map { session.text($0) }.joined(separator: "\t"), io) + "\n")
    }
  }

  func show(_ cart: Cart) {
    // Lines of an earlier moment are no places of the cart as it is.
    if handler.reader.moment == nil { shown.page(cart) } else { shown.name(cart) }
    if mode == .json {
      var writer = JSONWriter()
      let settings = handler.settings
      CartJSON.write(cart, status: cart.status(at: handler.now, settings), settings, &writer)
      io.output(writer.text + "\n")
      return
    }
    let page = CartPage(
      terminal: io.terminal, context: handler.reader.context, zone: shop.zone,
      note: note(on: cart.key))
    io.output(page.text(cart))
    showPictures(of: cart)
  }

  func show(_ table: ReportTable) {
    guard watching == nil else {
      watching?.append(table)
      return
    }
    io.output(text(of: table))
  }

  /// A table as the mode shows it. CSV has room for the figures only: what they are about is a message.
  func text(of table: ReportTable) -> String {
    var table = table
    if table.scope.shop.isEmpty { table.scope.shop = handler.settings.name }
    let time = { [zone = shop.zone] (at: Timestamp) in zone.text(at) }
    switch mode {
    case .html:
      return ReportPage(table, cart: { [self] in words(ofCart: $0, at: table.asOf) }, time: time)
        .html
    case .table:
      let table = table.withPrintableHeaders
      guard let columns = io.terminal.width else { return mode.text(table, io.terminal, time) }
      return mode.text(Bars.drawn(table, in: columns), io.terminal, time)
        + (Bars.lines(table) ?? "")
    case .csv:
      if table.scope.range != nil {
        io.messages(table.statement(time).joined(separator: ", "))
      }
      return io.terminal.width == nil ? table.csv : table.csvForTerminal
    default: return mode.text(table, io.terminal, time)
    }
  }

  /// A cart in a list behind a row: id, status, shopper.
  private func words(ofCart key: Int64, at time: Timestamp) -> [String] {
    guard let cart = try? handler.reader.cart(key) else { return ["", "", ""] }
    return [cart.id, cart.status(at: time, handler.settings).rawValue, cart.shopper.who]
  }
}

/// A script's text: on a terminal nothing in it acts; only line ends and tabs pass.
func safe(_ text: String, _ io: ConsoleIO) -> String {
  io.terminal.width == nil ? text : printableLines(text)
}

func printableLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\t")
  }.joined(separator: "\n")
}
