import CartApplication
import CartReports
import CartSupport
import LuaKit

/// Where a console's words go: the screen, its pager, a file; and how tables are drawn.
final class Screen {
  let sink: OutputSink
  var io: ConsoleIO { sink.io }
  var mode = OutputMode.table
  let interrupt: InterruptFlag?
  /// Shows products on terminals that can; nil while the person wants none.
  var pictures: Pictures?
  /// Whether what is longer than the screen goes through the pager.
  var hasPager = true
  /// Gives the terminal to another program for the length of a call; nil without one.
  var lendTerminal: ((() throws -> Int32) throws -> Int32)?
  /// Tables that are not shown but kept, while a listing is watched.
  var watching: [ReportTable]?
  /// Whether lines come from a file.
  var isReading = false
  /// Whether what is said is kept for the pager.
  private var isPaging = false
  /// Whether the terminal shows how far a bulk run is.
  private var hasStatus = false

  init(_ io: ConsoleIO, interrupt: InterruptFlag?) {
    sink = OutputSink(io)
    self.interrupt = interrupt
  }

  /// A script's text: on a terminal nothing in it acts.
  func output(safe text: String) { io.output(CartConsole.safe(text, io)) }

  // MARK: The pager

  /// Shows what a body says, through the pager where that is longer than the screen.
  ///
  /// Where nobody sits at a terminal, the body just runs.
  func paged(_ body: () throws -> Void) throws {
    // A pager knows no pictures.
    guard !isPaging, pictures == nil, let lendTerminal, io.ask != nil, io.terminal.width != nil,
      sink.path == nil, watching == nil, !isReading, hasPager,
      Home.environment("TERM") ?? "dumb" != "dumb", let pager = Pager(Home.environment)
    else { return try body() }
    isPaging = true
    defer { isPaging = false }
    var failure: (any Error)?
    let text = sink.captured { do { try body() } catch { failure = error } }
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
    if lines < Terminal.height {
      io.output(text)
    } else {
      let status = try lendTerminal { pager.show(TerminalText.guarded(text)) ? 0 : 1 }
      if status != 0 { io.output(text) }
    }
    if let failure { throw failure }
  }

  // MARK: Progress

  /// Shows how far a bulk run is.
  func show(status: String) {
    hasStatus = true
    io.status?(status)
  }

  func clearStatus() {
    if hasStatus { io.status?("") }
    hasStatus = false
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
