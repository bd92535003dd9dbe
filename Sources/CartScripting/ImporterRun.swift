import CartEngine
import CartExchange
import CartModel
import CartSupport
import LuaKit

/// One file on its way through an importer.
final class ImporterRun {
  private let session: ScriptSession
  private let importer: ScriptImporter
  private let reader: LineReader
  /// The file's name, as messages begin with it.
  private let file: String
  private let bridge: ImportBridge
  private let emit: LuaFunction
  private let reject: LuaFunction
  private var failures = 0

  /// So many rows may raise; then the import ends.
  static let failureLimit = 1000
  /// So many of them are shown at once.
  private static let shownFailures = 5

  init(
    _ session: ScriptSession, _ importer: ScriptImporter, _ reader: LineReader, file: String,
    into target: EventImport
  ) throws {
    self.session = session
    self.importer = importer
    self.reader = reader
    self.file = file
    bridge = ImportBridge(target, decimal: importer.decimal)
    emit = try session.hold("return emit")
    reject = try session.hold("return reject")
    session.bridge = bridge
  }

  deinit {
    session.bridge = nil
    session.release(.function(emit))
    session.release(.function(reject))
  }

  /// - Parameter each: called with the line of each row.
  func read(each: (Int) throws -> Void) throws {
    switch importer.format {
    case .csv: try readCSV(each)
    case .jsonl: try readJSON(each)
    }
    guard let finish = importer.finish else { return }
    bridge.begin(line: reader.number, text: "")
    bridge.isDirect = true
    try run("finish") {
      _ = try session.callFresh(finish, [.function(emit)], Self.finishBudget)
    }
  }

  private func readJSON(_ each: (Int) throws -> Void) throws {
    while let line = try reader.next() {
      guard !line.isBlank else { continue }
      let shown = shownText(textPrefix(line.bytes, 4096))
      guard let text = line.text else {
        try bridge.target.reject(line.number, reader.input.invalidReason, shown)
        continue
      }
      let json: JSONValue
      do throws(SupportError) { json = try JSONParser.parse(text) } catch {
        try bridge.target.reject(line.number, error.message, shown)
        continue
      }
      try row(Self.value(json), isRow: false, line.number, shown)
      try each(line.number)
    }
  }

  private func readCSV(_ each: (Int) throws -> Void) throws {
    var table = ImporterTable(importer, reader)
    do throws(EngineError) { try table.begin() } catch {
      throw EngineError(error.code, in: file, error)
    }
    if !table.unnamed.isEmpty {
      session.messages(
        "\(file): \(table.unnamed.count == 1 ? "column" : "columns") "
          + table.unnamed.map(String.init).joined(separator: ", ")
          + " of the header have no name and are not read")
    }
    bridge.isRagged = importer.isRagged
    while let record = try table.next() {
      bridge.columns = table.columns
      switch table.row(record) {
      case .success(let value): try row(value, isRow: true, record.line, record.text)
      case .failure(let refusal): try bridge.target.reject(record.line, refusal.reason, record.text)
      }
      try each(record.line)
    }
  }

  /// The record that a row of a file with columns is.
  static let rowName = "r"

  private func row(_ value: LuaValue, isRow: Bool, _ line: Int, _ text: String) throws {
    bridge.begin(line: line, text: text)
    try run("\(line)") {
      _ = try session.callFresh(
        importer.row, [value, .integer(Int64(line)), .function(emit), .function(reject)],
        Self.rowBudget, record: isRow ? Self.rowName : nil)
      try bridge.commit()
    }
  }

  /// Runs the script on a row; what it raises rejects the row.
  private func run(_ place: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as ScriptError where error.code == .failed {
      if let failure = bridge.failure { throw failure }
      let message = "\(file):\(place): \(error.message)"
      if bridge.mistake != nil { throw ScriptError(.failed, message) }
      failures += 1
      if failures <= Self.shownFailures { session.messages(message) }
      try bridge.target.reject(bridge.line, message, bridge.text, kind: error.message)
      guard failures < Self.failureLimit else {
        throw ScriptError(
          .failed, "\(Self.failureLimit) rows raised an error; the last one is \(message)")
      }
    }
    if let failure = bridge.failure { throw failure }
  }

  /// Per row: a row that loops for ever must not hang the import, nor fill the disk with rejects.
  private static let rowBudget = LuaVM.Budget(
    instructions: 50_000_000, cpu: 5_000_000_000, output: 1 << 20)
  /// Of the end, which may emit what the rows gathered.
  private static let finishBudget = {
    var budget = rowBudget
    budget.output = 64 << 20
    return budget
  }()

  private static func value(_ json: JSONValue) -> LuaValue {
    switch json {
    case .null: .nil
    case .bool(let flag): .boolean(flag)
    case .number(let text): Int64(text).map(LuaValue.integer) ?? .string(text)
    case .string(let text): .string(text)
    case .array(let items): .list(items.map(value))
    case .object(let members): .record(members.map { ($0.key, value($0.value)) })
    }
  }
}

extension ScriptSession {
  /// Reads a file through an importer.
  ///
  /// - Parameters:
  ///   - file: its name, as messages begin with it.
  ///   - each: called with the line of each row.
  /// - Throws: `file`; for an unknown column or key, and where too many rows raise. The rows before stay
  ///   imported.
  public func read(
    _ reader: LineReader, file: String, through importer: ScriptImporter,
    into target: EventImport, each: (Int) throws -> Void
  ) throws {
    try ImporterRun(self, importer, reader, file: file, into: target).read(each: each)
  }
}
