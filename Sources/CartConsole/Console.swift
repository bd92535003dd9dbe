import CartEngine
import CartModel
import CartReports
import CartScripting
import LuaKit

/// The console: lines of Lua and verbs over one shop.
public final class Console {
  public let workplace: Workplace
  public let shop: Shop
  public let handler: CommandHandler
  public let session: ScriptSession
  public let io: ConsoleIO
  public var mode = OutputMode.table
  /// What ended with the last error; for the exit code.
  public private(set) var exit = ConsoleError.Exit.done

  /// The keys of the last list, in its order: `@3`.
  var list: [Int64] = []
  /// The cart last shown: `@`.
  var current: Int64?
  /// Carts as this person last saw them: a change of a line that somebody else changed since is
  /// refused.
  var seen: [Int64: Cart] = [:]
  var wantsToQuit = false
  /// How many files are being read, one by another.
  var reading = 0
  private var saidLocal = false
  private var pending = ""
  private let interrupt: InterruptFlag?

  public init(_ workplace: Workplace, io: ConsoleIO, interrupt: InterruptFlag? = nil) throws {
    self.workplace = workplace
    self.io = io
    self.interrupt = interrupt
    shop = try workplace.openShop()
    handler = CommandHandler(
      shop, actor: try workplace.actor(),
      consent: workplace.consent(interactive: io.ask != nil))
    let seed = workplace.seed ?? UInt64.random(in: .min ... .max)
    session = try ScriptSession(
      handler, profile: .console, seed: seed, capacity: workplace.capacity
    ) { io.output(safe($0, io)) }
    session.limit(workplace.budget)
    session.messages = { io.messages(printable($0)) }
    session.libraryFolder = workplace.rulesFolder + "/lib"
    if let interrupt { session.interrupt(on: interrupt) }
    if let ask = io.ask {
      session.ask = { question in Self.isYes(ask(question + " [y/N] ")) }
    }
  }

  static func isYes(_ answer: String?) -> Bool {
    ["y", "yes"].contains(answer?.lowercased() ?? "")
  }

  // MARK: Lines

  /// Whether an unfinished chunk waits for its next line.
  public var isContinuing: Bool { !pending.isEmpty }
  /// What was typed of a chunk so far.
  public var chunk: String { pending }

  /// Drops an unfinished chunk: Ctrl-C.
  public func drop() { pending = "" }

  /// Takes one line of input.
  ///
  /// - Returns: whether it was fine, or is to be continued.
  @discardableResult
  public func take(_ line: String) -> Bool {
    interrupt?.clear()
    do {
      if pending.isEmpty {
        let trimmed = trimmed(line)
        guard !trimmed.isEmpty else { return true }
        if Self.isVerb(trimmed) {
          try verb(trimmed)
          return true
        }
        if let bare = Self.bareWords[trimmed] {
          try verb(bare)
          return true
        }
      }
      try run(chunk: pending.isEmpty ? line : pending + "\n" + line, name: "=prompt")
      pending = ""
    } catch let error as ScriptError where error.code == .incomplete {
      pending += (pending.isEmpty ? "" : "\n") + line
    } catch {
      pending = ""
      report(error)
      return false
    }
    return true
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

  private static let bareWords = [
    "help": ".help", "?": ".help", "quit": ".quit", "exit": ".quit",
  ]

  static func isVerb(_ line: String) -> Bool {
    guard line.hasPrefix("."), let second = line.dropFirst().first else { return false }
    return second.isASCII && second.isLetter
  }

  /// Shows an error and remembers its exit code.
  public func report(_ error: any Error) {
    let shown = ConsoleError(error)
    exit = shown.exit
    io.messages(
      shown.exit == .interrupted ? "interrupted" : "error: " + printableLines(shown.message))
  }

  // MARK: Runs

  /// Runs a chunk of Lua as one operation and shows its values.
  public func run(chunk: String, name: String, raw: Bool = false) throws {
    if !raw, io.ask != nil, let finding = ScriptLint.moneyComparisons(chunk).first {
      io.messages("note: " + finding.message)
    }
    if !raw, !saidLocal, chunk.hasPrefix("local "), io.ask != nil {
      saidLocal = true
      io.messages("note: a 'local' ends with its chunk; without 'local' the name stays")
    }
    var values: [LuaValue] = []
    try perform(chunk) {
      values = try session.run(chunk, name: name, isExpression: true)
      if raw {
        io.output(
          values.isEmpty ? "" : values.map { session.text($0) }.joined(separator: "\t") + "\n")
      } else {
        try show(values)
      }
    }
  }

  /// Runs a script file; its values are not printed.
  public func run(file path: String, arguments: [String]) throws {
    let source = try Files.text(path)
    session.libraryFolder = Files.folder(path) + "/lib"
    try session.set(
      "arg",
      .table(
        [LuaValue.Pair(.integer(0), .string(path))]
          + arguments.enumerated().map { .init(.integer(Int64($0) + 1), .string($1)) }))
    let person = handler.actor
    handler.actor = person.via(script: Files.name(path))
    defer { handler.actor = person }
    do {
      try perform((["run", path] + arguments).joined(separator: " ")) {
        _ = try session.run(source, name: "@" + Files.name(path))
      }
    } catch let error as ScriptError where error.code == .incomplete {
      // A file has no next line that could finish it.
      throw ScriptError(.failed, error.message)
    }
  }

  /// Does work as one operation: saves it at the end, or says what was saved before it failed.
  func perform(_ command: String, _ body: () throws -> Void) throws {
    handler.begin(command)
    do {
      try body()
      if handler.needsConfirmation { try confirmMany() }
      try announce(try handler.finish())
    } catch let error as ScriptError where error.code == .incomplete {
      _ = handler.abandon()
      throw error
    } catch {
      let outcome = handler.abandon()
      guard let operation = outcome.operation else { throw error }
      throw ConsoleError(
        .partly,
        ConsoleError(error).message
          + "; \(outcome.carts) carts were changed before it: .undo \(operation) takes that back")
    }
  }

  private func confirmMany() throws {
    let count = handler.changedCarts
    let answer = io.ask?("This changes \(count) carts. Type \(count) to go on: ")
    guard answer == String(count) else {
      throw EngineError(.unconfirmed, "not confirmed; nothing was changed")
    }
  }

  /// Says what an operation did.
  func announce(_ outcome: Outcome) throws {
    for failure in outcome.failures.prefix(20) {
      io.messages("not done: " + printable(failure.message))
    }
    if let operation = outcome.operation, outcome.carts > 0 {
      let carts = outcome.carts == 1 ? "1 cart" : "\(outcome.carts) carts"
      io.messages(
        "operation \(operation): \(carts) changed; "
          + (outcome.isFinal
            ? "an order cannot be undone" : ".undo \(operation) takes it back"))
    }
    guard !outcome.failures.isEmpty else { return }
    let message = "\(outcome.failures.count) carts were changed by somebody else and left alone"
    throw ConsoleError(outcome.carts > 0 ? .partly : .failed, message)
  }

  // MARK: Showing

  /// A chunk's values: a cart or a query alone in full, else all on one line.
  private func show(_ values: [LuaValue]) throws {
    if values.isEmpty || values == [.nil] { return }
    switch values.count == 1 ? try session.shown(values[0]) : .text("") {
    case .cart(let cart): show(cart)
    case .carts(let keys): try show(carts: keys)
    case .text:
      io.output(safe(values.map { session.text($0) }.joined(separator: "\t"), io) + "\n")
    }
  }

  func show(_ cart: Cart) {
    current = cart.key
    seen[cart.key] = cart
    if mode == .json {
      var writer = JSONWriter()
      CartJSON.write(
        cart, status: cart.status(at: handler.now, shop.settings), shop.settings, &writer)
      io.output(writer.text + "\n")
      return
    }
    let page = CartPage(terminal: io.terminal, context: handler.context, zone: shop.zone)
    io.output(page.text(cart))
  }

  func show(_ table: ReportTable) {
    io.output(mode.text(table, io.terminal) { [zone = shop.zone] in zone.text($0) })
  }

  private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

/// A script's text: on a terminal nothing in it acts; only line ends and tabs pass.
private func safe(_ text: String, _ io: ConsoleIO) -> String {
  io.terminal.width == nil ? text : printableLines(text)
}

private func printableLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\t")
  }.joined(separator: "\n")
}
