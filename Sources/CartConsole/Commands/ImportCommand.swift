import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartScripting
import CartSupport
import Glibc
import LuaKit

/// `cartio import`: a file of events, or any file through an importer script.
public struct ImportCommand {
  public var path: String
  /// An importer script.
  public var script: String?
  /// Of the file; nil for UTF-8, or UTF-16 with a byte order mark.
  public var encoding: TextEncoding?
  /// What the rows of the file are; nil for events.
  public var table: TableKind?
  public var rejectsPath: String?
  public var isStrict = false
  public var isLenient = false
  /// Judge carts by the lists, as if it happened now.
  public var isLive = false

  public init(path: String) { self.path = path }

  /// - Returns: `done`, or `partly` where some lines could not be taken in.
  /// - Throws: `ConsoleError`; with `--strict`, before anything is imported.
  public func run(_ home: Home, _ io: ConsoleIO) throws -> ConsoleError.Exit {
    try Timeout(home).run { try take(home, io) }
  }

  private func take(_ home: Home, _ io: ConsoleIO) throws -> ConsoleError.Exit {
    // What cannot be read makes no database.
    try Files.checkReadable(path, allowsStreams: true)
    if let script { try Files.checkReadable(script) }
    let shop = try home.openShop()
    defer { shop.close() }
    // Read twice, what a pipe gives must be kept.
    let bytes =
      isStrict && !Files.isRegular(path)
      ? try Files.read(path, wait: StreamWait(until: home.readingDeadline)) : nil
    let target = rejectsPath ?? defaultRejectsPath(home)
    try home.checkTarget(target, reading: [path, script].compactMap { $0 })
    let rejects = try RejectsFile(target, isAskedFor: rejectsPath != nil)
    if isStrict {
      let trial = try pass(shop, home, io, bytes, dry: true, rejects)
      guard trial.rejects == 0 else {
        try rejects.close()
        throw ConsoleError(
          .failed,
          "\(trial.rejects) lines cannot be taken in; nothing was imported; see \(rejects.path)"
            + Self.reasons(trial))
      }
    }
    let report: ImportReport
    let lines: Int
    do {
      (report, lines) = try passCounting(shop, home, io, bytes, dry: false, rejects)
    } catch let failure as Interrupted {
      try rejects.close()
      guard let operation = failure.report.operation else { throw failure.error }
      let shown = ConsoleError(failure.error)
      throw ConsoleError(
        shown.exit == .interrupted ? .interrupted : .partly,
        shown.message
          + "; \(failure.report.total) events were imported before it as operation \(operation); "
          + "'cartio undo \(operation)' undoes them, importing again goes on")
    }
    try rejects.close()
    describe(report, lines, rejects.path, io)
    if isLive, let operation = report.operation {
      let console = try Console(home, io: io)
      defer { console.close() }
      try RulePass(console.application).judge(importedBy: operation)
    }
    return report.rejects == 0 ? .done : .partly
  }

  /// A failure in the middle of the file, with what was imported before it.
  private struct Interrupted: Error {
    let error: any Error
    let report: ImportReport
  }

  private func pass(
    _ shop: Shop, _ home: Home, _ io: ConsoleIO, _ bytes: [UInt8]?, dry: Bool,
    _ rejects: RejectsFile
  ) throws -> ImportReport {
    do {
      return try passCounting(shop, home, io, bytes, dry: dry, rejects).0
    } catch let failure as Interrupted { throw failure.error }
  }

  private func passCounting(
    _ shop: Shop, _ home: Home, _ io: ConsoleIO, _ bytes: [UInt8]?, dry: Bool,
    _ rejects: RejectsFile
  ) throws -> (ImportReport, Int) {
    let interrupt = InterruptFlag()
    let wait = StreamWait(until: home.readingDeadline) { interrupt.isSet }
    func open(_ encoding: TextEncoding?) throws(SupportError) -> LineReader {
      if let bytes { return LineReader(bytes: bytes, encoding: encoding) }
      return try LineReader(path, encoding: encoding, wait: wait)
    }
    var options = EventImport.Options()
    options.lenient = isLenient
    options.dry = dry
    options.live = isLive
    let name = path == "-" ? "standard input" : Files.name(path)
    let target = try EventImport(shop, source: name, options: options) {
      (reject: Reject) throws(EngineError) in
      try EngineError.mapping { try rejects.add(reject) }
    }
    var count = 0
    func progress(_ line: Int) throws {
      if interrupt.isSet {
        throw ConsoleError(.interrupted, "interrupted after line \(line)")
      }
      if RunDeadline.isPast {
        throw ConsoleError(.failed, "time limit reached after line \(line)")
      }
      count += 1
      if count % 100_000 == 0 { io.messages("\(count) lines …") }
    }
    do {
      let reader: LineReader
      if let script {
        reader = try read(open, script, home, io, target, progress)
      } else if let table {
        reader = try open(encoding)
        try read(reader, table, io, target, progress)
      } else {
        reader = try open(encoding)
        try target.accept(reader, each: progress)
      }
      return (try target.finish(), reader.number)
    } catch {
      // What was accepted before stays: it is history, and importing again goes on.
      throw Interrupted(error: error, report: target.abandon())
    }
  }

  private func read(
    _ open: (TextEncoding?) throws(SupportError) -> LineReader, _ script: String,
    _ home: Home, _ io: ConsoleIO, _ target: EventImport,
    _ progress: (Int) throws -> Void
  ) throws -> LineReader {
    // What the script asks for goes over a connection of its own: the import's writes on another
    // thread.
    var reading = home
    reading.isReadOnly = true
    let shop = try reading.openShop()
    defer { shop.close() }
    let handler = CommandHandler(shop, mode: .sandbox, actor: .importer)
    let session = try ScriptSession(
      handler, profile: .rule, seed: home.seed ?? 0, capacity: .importer
    ) { io.output(safe($0, io)) }
    session.messages = { io.messages(printable($0)) }
    session.libraryFolder = Files.folder(script) + "/lib"
    session.limit(.report)
    // Ctrl-C ends a row that does not end, and not only what comes between two rows.
    session.interrupt(on: InterruptFlag())
    _ = try session.run(try Files.text(script), name: "@" + Files.name(script))
    guard let importer = session.importers.values.first, session.importers.count == 1 else {
      throw EngineError(
        .malformed,
        "\(script): expected one importer \"name\" { … }, got \(session.importers.count)")
    }
    let reader = try open(encoding ?? importer.encoding)
    try session.read(
      reader, file: path == "-" ? "standard input" : Files.name(path), through: importer,
      into: target, each: progress)
    return reader
  }

  private func read(
    _ reader: LineReader, _ table: TableKind, _ io: ConsoleIO, _ target: EventImport,
    _ progress: (Int) throws -> Void
  ) throws {
    var rows = TableImport(table, reader, into: target)
    do { try rows.read(each: progress) } catch let error as EngineError
      where error.code == .malformed
    {
      throw EngineError(.malformed, "\(path): \(error.message)")
    }
    if !rows.ignored.isEmpty {
      io.messages(
        "\(path): a table of \(rows.kind.rawValue) does not set these columns, and they are not imported: "
          + rows.ignored.joined(separator: ", "))
    }
  }

  private func describe(
    _ report: ImportReport, _ lines: Int, _ rejectsPath: String, _ io: ConsoleIO
  ) {
    let name = path == "-" ? "standard input" : path
    let imported = report.operation.map { " as operation \($0)" } ?? ""
    io.messages("\(name): \(lines) lines, \(report.total) events imported\(imported)")
    for (type, count) in report.imported.sorted(by: { $0.key < $1.key }) {
      io.messages("  \(CellWidth.padded(String(count), to: 8, right: true))  \(type)")
    }
    if report.held > 0 {
      io.messages("\(report.held) carts were held; see .carts status=held")
    }
    if !report.unchecked.isEmpty {
      io.messages(
        "unchecked: \(report.unchecked.text), kept as in the file; lists and rules compare nothing "
          + "of them but an e-mail's domain")
    }
    // Events add to a line by its id; a table may mean what the line holds.
    if table == .lines, report.grownLines.count > 0 { io.messages(report.grownLines.text) }
    if table == .lines, report.cartsOfLines > 0 {
      io.messages(
        report.cartsOfLines == 1
          ? "1 open cart was made for its lines: there was none of that id"
          : "\(report.cartsOfLines) open carts were made for their lines: there were none of these ids"
      )
    }
    if report.keptPrices.count > 0 { io.messages(report.keptPrices.text) }
    if report.ahead.count > 0 { io.messages(report.ahead.text) }
    describe(report.ignored, io)
    if report.known > 0 { io.messages("\(report.known) skipped (already there)") }
    if report.skipped > 0 { io.messages("\(report.skipped) of unknown types were skipped") }
    if report.rejects > 0 {
      io.messages("\(report.rejects) rejected, see \(rejectsPath)" + Self.reasons(report))
    }
  }

  private func describe(_ ignored: IgnoredKeys, _ io: ConsoleIO) {
    let (keys, most) = (ignored.keys, 20)
    for key in keys.prefix(most) { io.messages(key.text) }
    let left = keys.count - most
    if left > 0 {
      io.messages(
        "and \(left)\(ignored.others > 0 ? " or more" : "") other unknown keys; "
          + "'cartio help events' lists the known ones")
    }
  }

  private static func reasons(_ report: ImportReport) -> String {
    let left = report.reasons.count - 12
    return report.reasons.prefix(12).map {
      "\n  \(CellWidth.padded(String($0.count), to: 8, right: true))  \(printable($0.reason))"
    }.joined() + (left > 0 ? "\n  and \(left) more reasons" : "")
  }

  private func defaultRejectsPath(_ home: Home) -> String {
    Self.rejectsPath(for: path, home)
  }

  static func rejectsPath(for path: String, _ home: Home) -> String {
    if !Files.isDescriptor(path), Files.isWritableFolder(of: path) {
      return path + ".rejects.jsonl"
    }
    let name = Files.isDescriptor(path) ? "import" : Files.name(path)
    return Files.folder(home.databasePath) + "/" + name + ".rejects.jsonl"
  }
}
