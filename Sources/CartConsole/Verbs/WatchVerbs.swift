import CartApplication
import CartEngine
import CartModel
import CartReports
import CartStorage
import CartSupport
import Glibc
import LineEditor
import LuaKit

/// `.watch`: a listing that is drawn again whenever something changed.
struct WatchVerbs: WorkspacePart {
  let workspace: Workspace
  /// Runs the listing's verb.
  private let console: Console

  static let all: [Verb] = [
    Verb(
      "watch", "[SECONDS] VERB… [bell=on] [as rule NAME]", 1...300, options: ["bell"], kind: .verb,
      traits: .isOfConsole,
      "Draws a listing again when something changed, at most so often; a key ends it: "
        + ".watch 2 .carts total>300; as rule NAME makes a rule of it, in shadow.",
      console: { try WatchVerbs($0).watch($1) })
  ]

  private init(_ console: Console) { (self.console, workspace) = (console, console.workspace) }

  private func watch(_ call: VerbCall) throws {
    var words = call.typed
    var seconds = 2.0
    if let number = words.first.flatMap({ Double($0.text) }) {
      guard (0.2...3600).contains(number) else {
        throw ModelError(
          .outOfRange, "watch: expected 0.2 to 3600 seconds, got \(quoted(words[0].text))")
      }
      seconds = number
      words.removeFirst()
    }
    guard let first = words.first else {
      throw ConsoleError.usage("watch: expected a verb, as .watch 2 .carts total>300")
    }
    let bell = call.options["bell"] ?? "off"
    guard ["on", "off"].contains(bell) else {
      throw ConsoleError.usage("watch: bell: expected on or off, got \(quoted(bell))")
    }
    words[0] = TypedWord(first.text.hasPrefix(".") ? first.text : "." + first.text)
    if words.count > 3, words[words.count - 3] == TypedWord("as"),
      words[words.count - 2] == TypedWord("rule")
    {
      let name = words.removeLast().text
      words.removeLast(2)
      try makeRule(name, of: words, line: call.line)
      // A script wants the rule only.
      guard canWatch else { return }
    }
    try watch(words, every: seconds, hasBell: bell == "on")
  }

  /// Whether there is a terminal that can draw in place.
  private var canWatch: Bool {
    screen.lendTerminal != nil && io.terminal.width != nil && screen.sink.path == nil
      && Home.environment("TERM") ?? "dumb" != "dumb"
  }

  /// Writes a rule whose condition is that of a listing of carts; it is in shadow.
  private func makeRule(_ name: String, of words: [TypedWord], line: String) throws {
    guard words[0].text == ".carts" else {
      throw ConsoleError.usage("watch: only .carts can become a rule, got \(quoted(words[0].text))")
    }
    application.beginReading(line)
    let filter = try filter(words.dropFirst(), Set(FilterOption.allCases), for: "watch")
    let path = try RuleFolder(application).write(name, matching: filter)
    io.messages("\(path): 'rules backtest \(name)' says what it would have done")
    try RuleFolder(application).refresh(line)
  }

  private func watch(_ words: [TypedWord], every seconds: Double, hasBell: Bool) throws {
    guard let lendTerminal = screen.lendTerminal, canWatch else {
      throw ConsoleError.usage(
        "watch: needs a terminal that can draw in place; a script asks again by itself")
    }
    let line = words.map(\.text).joined(separator: " ")
    // What is wrong with it is said before the screen is taken.
    var version = try shop.store.revision()
    var text = try watched(words, line)
    var seen = WatchedTable()
    var width = io.terminal.width
    // Said when the screen is left.
    var notes: [String] = []
    defer { for words in notes { io.messages(printable(words)) } }
    _ = try lendTerminal {
      try Keys.raw {
        LineEditor.showsAlternateScreen(true)
        io.control("\u{1b}[?1049h\u{1b}[H\u{1b}[2J")
        defer {
          io.control("\u{1b}[?1049l")
          LineEditor.showsAlternateScreen(false)
        }
        while true {
          // The window may be another now.
          screen.sink.measure()
          if io.terminal.width != width { text = try watched(words, line) }
          width = io.terminal.width
          draw(text, &seen, "every \(Self.text(seconds)) s: \(line)", hasBell)
          StoreLooks(workspace).keepFirst(workspace.shown.listed)
          guard try wait(seconds, &version) else { return 0 }
          if let words = application.settings.refresh() { notes.append(words) }
          text = try watched(words, line)
        }
      }
    }
    // What was seen last stays.
    for table in text.tables { show(table) }
    if text.tables.isEmpty { io.output(text.words) }
  }

  private typealias Drawn = (tables: [ReportTable], words: String)

  /// What a verb that looks would show.
  private func watched(_ words: [TypedWord], _ line: String) throws -> Drawn {
    screen.watching = []
    defer { screen.watching = nil }
    let words = try screen.sink.captured { try console.verb(words, line: line) { $0.looks } }
    return (screen.watching ?? [], words)
  }

  private func draw(
    _ drawn: Drawn, _ seen: inout WatchedTable, _ title: String, _ hasBell: Bool
  ) {
    let height = Terminal.height
    var lines = [
      io.terminal.styled(
        CellWidth.cut(
          "\(printable(title)) · \(shop.zone.text(shop.now())) · a key ends it",
          to: (io.terminal.width ?? 80) - 1), .dim)
    ]
    var hasNews = false
    for table in drawn.tables {
      let news = seen.news(table)
      hasNews = hasNews || !news.rows.isEmpty || !news.cells.isEmpty
      let text = TableText(terminal: io.terminal, news: news).text(
        table.withPrintableHeaders
      ) { [zone = shop.zone] in
        zone.text($0)
      }
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
    }
    lines += drawn.words.split(separator: "\n").map(String.init)
    // A line that is wider takes several rows; its colours are left out, as they could be cut in two.
    let width = io.terminal.width ?? 80
    lines = lines.map { line in
      let plain = line.replacing(/\u{1b}\[[0-9;]*m/, with: "")
      return CellWidth.of(plain) > width ? CellWidth.cut(plain, to: width) : line
    }
    if lines.count > height - 1 {
      lines = lines.prefix(height - 2) + ["… \(lines.count - height + 2) more lines"]
    }
    io.control(
      "\u{1b}[H" + lines.map { TerminalText.guarded($0) + "\u{1b}[K\n" }.joined() + "\u{1b}[J"
        + (hasBell && hasNews ? "\u{7}" : ""))
  }

  /// Waits until something changed, but no shorter than it may be drawn again; once a minute times are
  /// drawn anew.
  ///
  /// - Returns: false once a key was pressed.
  private func wait(_ seconds: Double, _ version: inout ChangeToken) throws -> Bool {
    let start = ContinuousClock.now
    let size = (Terminal.standard(Home.environment).width, Terminal.height)
    while true {
      if (Terminal.standard(Home.environment).width, Terminal.height) != size { return true }
      if Keys.isPressed(within: 200) || screen.interrupt?.isSet == true { return false }
      let passed = ContinuousClock.now - start
      guard passed >= .seconds(seconds) else { continue }
      // Another process's commit changes a number that is read without reading the database.
      let now = try shop.store.revision()
      if now != version || passed > .seconds(60) {
        version = now
        return true
      }
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
