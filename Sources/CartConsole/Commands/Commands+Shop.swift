import CartApplication
import CartExchange
import CartModel
import CartSupport

/// Commands about a whole shop: copies, checks, exports, reports.
extension Commands {
  /// Copies the database while others may write; the copy is checked before it has its name.
  public static func backup(to path: String, _ home: Home, _ io: ConsoleIO) throws {
    let events = try DatabaseCopies(home).backUp(to: path)
    io.messages("\(events) events of \(home.databasePath) copied to \(path)")
  }

  /// Puts a backup in the place of the database.
  public static func restore(_ backup: String, _ home: Home, _ io: ConsoleIO) throws {
    try DatabaseRestore(backup, home, ask: io.ask, messages: io.messages).run()
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

  /// Shows a report, or writes it to a file.
  public static func report(
    _ name: String?, _ words: [String], _ options: [String: String], format: OutputMode,
    to path: String?, _ home: Home
  ) throws -> ConsoleError.Exit {
    // What stands behind the name is read as the verb reads it.
    let (plain, own) = try ReportVerbs.report.split(words.map { try TypedWord(whole: $0) })
    let options = try options.merging(own) { _, _ in
      throw ConsoleError.usage("report: an option is given twice")
    }
    let console = try batch(home)
    defer { console.close() }
    console.screen.mode = format
    console.application.beginReading("report")
    guard let path else {
      try ReportVerbs(console.workspace).report(name.map { [TypedWord($0)] + plain } ?? [], options)
      return .done
    }
    guard let name else { throw ConsoleError.usage("report: -o needs the name of a report") }
    try home.checkTarget(path)
    let table = try ReportLibrary(console.application).run(name, plain, options)
    let file = try OutputFile(path, wait: console.application.wait)
    try file.write(TableView(console.workspace).text(of: table))
    try file.commit()
    for note in table.notes { console.io.messages("note: " + note) }
    return .done
  }
}
