import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartSupport

/// `cartio import` and `.import`: runs an import and says what it did.
public enum ImportCommand {
  /// The command: a list goes into a console of its own.
  public static func run(_ question: ImportQuestion, _ home: Home, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    guard case .list(let list) = question.kind else { return try take(question, home, io) }
    let console = try Commands.batch(home)
    defer { console.close() }
    return try run(question, list, console.workspace)
  }

  private static func take(_ question: ImportQuestion, _ home: Home, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    var file = FileImport(question, home)
    file.output = { io.output(safe($0, io)) }
    file.messages = io.messages
    file.progress = { io.messages("\($0) lines …") }
    file.ignoring = { columns, kind in
      io.messages(
        "\(question.path): a table of \(kind.rawValue) does not set these columns, and they are not "
          + "imported: " + columns.joined(separator: ", "))
    }
    return try file.run { result in
      describe(result, question, io)
      let operations = result.report.saved.numbers
      if question.isLive, !operations.isEmpty {
        let console = try Console(home, io: io)
        defer { console.close() }
        for number in operations {
          try RulePass(console.application).judge(importedBy: number)
        }
      }
      return result.report.rejects == 0 ? .done : .partly
    }
  }

  /// Imports entries of a list into an open home.
  static func run(
    _ question: ImportQuestion, _ list: ListEntry.List, _ workspace: Workspace
  ) throws -> ConsoleError.Exit {
    let path = question.path
    var entries = ListImport(question, list, workspace.application)
    entries.showing = {
      let entries = CountText.count($1, "blacklist entry", "blacklist entries")
      ListVerbs(workspace).say($0, "the \(entries) of \(path) \($1 == 1 ? "matches" : "match")")
    }
    let result = try entries.run()
    workspace.screen.io.messages(
      "\(path): \(result.added) entries added, \(result.known) skipped (already there)"
        + (result.expired > 0 ? ", \(result.expired) skipped (expired)" : "")
        + (result.refused > 0
          ? ", \(result.refused) lines rejected, see \(result.rejectsPath)" : ""))
    return result.refused == 0 ? .done : .partly
  }

  // MARK: Saying

  private static func describe(
    _ result: FileImport.Result, _ question: ImportQuestion, _ io: ConsoleIO
  ) {
    let report = result.report
    let name = question.path == "-" ? "standard input" : question.path
    let places = report.saved.text
    io.messages(
      "\(name): \(result.lines) lines, \(report.countText)" + (places.isEmpty ? "" : " " + places))
    describe(report.imported, io)
    describe(report.saved.made, of: ", made for them", io)
    if report.held > 0 {
      io.messages("\(report.held) carts were held; see .carts status=held")
    }
    if !report.unchecked.isEmpty {
      io.messages(
        "unchecked: \(report.unchecked.text), kept as in the file; lists and rules compare nothing "
          + "of them but an e-mail's domain")
    }
    // Events add to a line by its id; a table may mean what the line holds.
    if question.kind == .table(.lines) {
      for text in report.lines.texts { io.messages(text) }
    }
    for text in report.kept.texts { io.messages(text) }
    if report.ahead.count > 0 { io.messages(report.ahead.text) }
    describe(report.ignored, io)
    if report.known > 0 { io.messages("\(report.known) skipped (already there)") }
    if report.skipped > 0 { io.messages("\(report.skipped) of unknown types were skipped") }
    if report.rejects > 0 {
      io.messages("\(report.rejects) rejected, see \(result.rejectsPath)" + report.reasonLines)
    }
  }

  private static func describe(
    _ counts: [String: Int], of kind: String = "", _ io: ConsoleIO
  ) {
    for (type, count) in counts.sorted(by: { $0.key < $1.key }) {
      io.messages("  \(CellWidth.padded(String(count), to: 8, right: true))  \(type)\(kind)")
    }
  }

  private static func describe(_ ignored: IgnoredKeys, _ io: ConsoleIO) {
    let (keys, most) = (ignored.keys, 20)
    for key in keys.prefix(most) { io.messages(key.text) }
    let left = keys.count - most
    if left > 0 {
      io.messages(
        "and \(left)\(ignored.others > 0 ? " or more" : "") other unknown keys; "
          + "'cartio help events' lists the known ones")
    }
  }
}
