import CartEngine
import CartExchange
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// Imports a file of events or a table, or any file through an importer script.
public struct FileImport {
  /// The result of an import.
  public struct Result {
    public var report: ImportReport
    public var lines: Int
    public var rejectsPath: String
  }

  private let question: ImportQuestion
  private let home: Home
  private let interrupt = InterruptFlag()
  /// Takes what an importer script prints.
  public var output: (String) -> Void = { _ in }
  /// Told what a user should know, a line each.
  public var messages: (String) -> Void = { _ in }
  /// Told the columns of a table that set nothing, where there are such, once for the file.
  public var ignoring: ([String], TableKind) -> Void = { _, _ in }
  /// Told now and then how many lines were read.
  public var progress: (Int) -> Void = { _ in }

  /// - Parameter question: about events or a table.
  public init(_ question: ImportQuestion, _ home: Home) {
    (self.question, self.home) = (question, home)
  }

  /// Imports the file over a connection of its own; what was accepted before an error stays.
  ///
  /// - Parameter body: is given the result, within the time of the command.
  /// - Throws: what the body throws; `partly` where events were imported before it failed; `failed` where a strict import has
  ///   rejects, before anything is imported.
  public func run<T>(_ body: (Result) throws -> T) throws -> T {
    try Timeout(home).run { try body(try take()) }
  }

  private func take() throws -> Result {
    // What cannot be read makes no database.
    try Files.checkReadable(question.path, allowsStreams: true)
    if let script = question.script { try Files.checkReadable(script) }
    let shop = try home.openShop()
    defer { shop.close() }
    // Read twice, what a pipe gives must be kept.
    let bytes =
      question.isStrict && !Files.isRegular(question.path)
      ? try Files.read(question.path, wait: wait) : nil
    let target = question.rejectsPath ?? RejectsFile.path(for: question.path, home)
    try home.checkTarget(target, reading: [question.path, question.script].compactMap { $0 })
    let rejects = try RejectsFile(
      target, isAskedFor: question.rejectsPath != nil, wait: wait)
    if question.isStrict { try tryOut(shop, bytes, rejects) }
    do {
      let result = try pass(shop, bytes, dry: false, rejects)
      try rejects.close()
      return result
    } catch let failure as Interrupted {
      try rejects.close()
      throw failure.shown
    }
  }

  /// - Throws: `failed` where a line would be rejected.
  private func tryOut(_ shop: Shop, _ bytes: [UInt8]?, _ rejects: RejectsFile) throws {
    let trial: ImportReport
    do { trial = try pass(shop, bytes, dry: true, rejects).report } catch let failure as Interrupted
    { throw failure.error }
    guard trial.rejects > 0 else { return }
    try rejects.close()
    throw ApplicationError(
      .failed,
      "\(CountText.count(trial.rejects, "line")) \(trial.rejects == 1 ? "is" : "are") rejected; nothing was imported; see \(rejects.path)"
        + trial.reasonLines)
  }

  /// A failure in the middle of the file, with what was imported before it.
  private struct Interrupted: Error {
    let error: any Error
    let report: ImportReport

    var shown: any Error {
      guard report.operation != nil, report.total > 0 else { return error }
      let undos = report.saved.numbers.map { "'cartio undo \($0)'" }
      let shown = ApplicationError(error)
      return ApplicationError(
        shown.code == .interrupted ? .interrupted : .partly,
        shown.message
          + "; before it, \(report.countText) \(report.saved.text); "
          + undos.joined(separator: " and ")
          + " \(undos.count == 1 ? "undoes" : "undo") them, importing again goes on")
    }
  }

  // MARK: Reading

  /// How long a pipe is waited for.
  private var wait: StreamWait {
    StreamWait(until: home.readingDeadline) { [interrupt] in interrupt.isSet }
  }

  private func pass(_ shop: Shop, _ bytes: [UInt8]?, dry: Bool, _ rejects: RejectsFile) throws
    -> Result
  {
    func open(_ encoding: TextEncoding?) throws(SupportError) -> LineReader {
      if let bytes { return LineReader(bytes: bytes, encoding: encoding) }
      return try LineReader(question.path, encoding: encoding, wait: wait)
    }
    var options = EventImport.Options()
    options.lenient = question.isLenient
    options.dry = dry
    options.live = question.isLive
    let target = try EventImport(shop, source: question.name, options: options) {
      (reject: Reject) throws(EngineError) in
      try EngineError.mapping { try rejects.add(reject) }
    }
    do {
      let reader: LineReader
      if let script = question.script {
        reader = try read(open, through: script, target)
      } else {
        reader = try open(question.encoding)
        if case .table(let kind) = question.kind {
          // A strict import reads twice.
          try read(reader, kind, target, isFirst: dry || !question.isStrict)
        } else {
          try target.accept(reader, each: step())
        }
      }
      return Result(
        report: try target.finish(), lines: reader.number, rejectsPath: rejects.path)
    } catch {
      // What was accepted before stays: it is history, and importing again goes on.
      throw Interrupted(error: error, report: target.abandon())
    }
  }

  /// Called at each line: ends an import that is to end, and counts.
  private func step() -> (Int) throws -> Void {
    var count = 0
    return { line in
      if interrupt.isSet {
        throw ApplicationError(.interrupted, "interrupted after line \(line)")
      }
      if RunDeadline.isPast {
        throw ApplicationError(.failed, "time limit reached after line \(line)")
      }
      count += 1
      if count % 100_000 == 0 { progress(count) }
    }
  }

  private func read(
    _ open: (TextEncoding?) throws(SupportError) -> LineReader, through script: String,
    _ target: EventImport
  ) throws -> LineReader {
    // What the script asks for goes over a connection of its own: the import's writes on another
    // thread.
    var reading = home
    reading.access.isReadOnly = true
    let shop = try reading.openShop()
    defer { shop.close() }
    let handler = CommandHandler(shop, mode: .sandbox, actor: .importer)
    let session = try ScriptSession(
      handler, profile: .rule, seed: home.sources.seed ?? 0, capacity: .importer, output: output)
    session.messages = { [messages] in messages(printable($0)) }
    session.libraryFolder = Files.folder(script) + "/lib"
    session.limit(.report)
    // Ctrl-C ends a row that does not end, and not only what comes between two rows.
    session.interrupt(on: interrupt)
    _ = try session.run(try Files.text(script), name: "@" + Files.name(script))
    guard let importer = session.importers.values.first, session.importers.count == 1 else {
      throw EngineError(
        .malformed,
        "\(script): expected one importer \"name\" { … }, got \(session.importers.count)")
    }
    let reader = try open(question.encoding ?? importer.encoding)
    try session.read(
      reader, file: question.name, through: importer, into: target, each: step())
    return reader
  }

  private func read(
    _ reader: LineReader, _ table: TableKind, _ target: EventImport, isFirst: Bool
  ) throws {
    var rows = TableImport(table, reader, into: target)
    defer { if isFirst, !rows.ignored.isEmpty { ignoring(rows.ignored, rows.kind) } }
    do { try rows.read(each: step()) } catch let error as EngineError
      where error.code == .malformed
    {
      throw EngineError(.malformed, "\(question.path): \(error.message)")
    }
  }
}

extension ImportReport {
  /// The reasons of rejected lines with their counts, each on a line of its own behind a line end.
  public var reasonLines: String {
    let left = reasons.count - 12
    return reasons.prefix(12).map {
      "\n  \(CellWidth.padded(String($0.count), to: 8, right: true))  \(printable($0.reason))"
    }.joined() + (left > 0 ? "\n  and \(left) more reasons" : "")
  }
}
