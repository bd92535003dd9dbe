import CartEngine
import CartModel
import LuaKit

/// A script that turns the rows of a file into events; one instance for the whole file.
public struct ScriptImporter: Sendable {
  public let name: String
  let format: String
  let delimiter: UInt8
  let decimal: String
  let row: LuaFunction
  let finish: LuaFunction?
}

extension ScriptSession {
  /// Reads a file through an importer.
  ///
  /// - Throws: `file`, and what the script raises; the rows before stay imported.
  public func read(
    _ reader: LineReader, through importer: ScriptImporter, into target: EventImport,
    each: (Int) throws -> Void
  ) throws {
    let bridge = ImportBridge(target)
    self.bridge = bridge
    defer { self.bridge = nil }
    let emit = try function("emit")
    let reject = try function("reject")
    defer {
      release(.function(emit))
      release(.function(reject))
    }
    func row(_ value: LuaValue, _ line: Int, _ text: String) throws {
      bridge.line = line
      bridge.text = text
      _ = try callFresh(
        importer.row, [value, .integer(Int64(line)), .function(emit), .function(reject)],
        ScriptSession.importBudget)
      if let failure = bridge.failure { throw failure }
      try each(line)
    }
    if importer.format == "jsonl" {
      while let line = try reader.next() {
        let text = String(decoding: line, as: UTF8.self)
        let json: JSONValue
        do throws(EngineError) { json = try JSONParser.parse(text) } catch {
          try target.reject(reader.number, error.message, text)
          continue
        }
        try row(Self.value(json), reader.number, text)
      }
    } else {
      var csv = CSVReader(reader, delimiter: importer.delimiter)
      guard let header = try csv.next() else { return }
      while let record = try csv.next() {
        guard record.cells.count == header.cells.count else {
          try target.reject(
            record.line,
            "expected \(header.cells.count) columns as in the header, got \(record.cells.count)",
            record.text)
          continue
        }
        let pairs = zip(header.cells, record.cells).map { name, cell in
          (name, LuaValue.string(cell))
        }
        try row(.record(pairs), record.line, record.text)
      }
    }
    if let finish = importer.finish {
      _ = try callFresh(finish, [.function(emit)], ScriptSession.finishBudget)
      if let failure = bridge.failure { throw failure }
    }
  }

  /// Per row: a row that loops for ever must not hang the import, nor fill the disk with rejects.
  static let importBudget = LuaVM.Budget(
    instructions: 50_000_000, cpu: 5_000_000_000, output: 1 << 20)
  /// Of the end, which may emit what the rows gathered.
  static let finishBudget = {
    var budget = importBudget
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

  /// The session's own `emit` or `reject`, as a value to hand to a script.
  private func function(_ name: String) throws(ScriptError) -> LuaFunction {
    try hold("return \(name)")
  }
}

extension JSONValue {
  /// About how many bytes its text takes.
  var size: Int {
    switch self {
    case .null, .bool: 5
    case .number(let text), .string(let text): text.utf8.count + 2
    case .array(let items): items.reduce(2) { $0 + $1.size + 1 }
    case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + $1.value.size + 4 }
    }
  }
}

/// Between an importer script and the import.
final class ImportBridge {
  let target: EventImport
  var line = 0
  var text = ""
  /// A full disk ends the import, whatever the script does with the error.
  var failure: EngineError?

  init(_ target: EventImport) { self.target = target }

  func emit(_ event: JSONValue, _ line: Int?) throws {
    do throws(EngineError) {
      try target.accept(event, number: line ?? self.line)
    } catch {
      failure = error
      throw error
    }
  }

  func reject(_ reason: String, _ line: Int?) throws {
    try target.reject(line ?? self.line, reason, text)
  }
}

/// Records of comma-separated values (RFC 4180), a quoted cell may hold line ends.
struct CSVReader {
  private let reader: LineReader
  private let delimiter: UInt8

  struct Record {
    var cells: [String]
    var line: Int
    var text: String
  }

  init(_ reader: LineReader, delimiter: UInt8) {
    self.reader = reader
    self.delimiter = delimiter
  }

  mutating func next() throws(EngineError) -> Record? {
    guard var bytes = try reader.next().map(Array.init) else { return nil }
    let line = reader.number
    if line == 1, bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    while bytes.count(where: { $0 == 0x22 }) % 2 == 1, bytes.count < 1 << 24,
      let more = try reader.next()
    {
      bytes.append(0x0a)
      bytes.append(contentsOf: more)
    }
    return Record(
      cells: cells(bytes), line: line,
      text: String(decoding: bytes.prefix(4096), as: UTF8.self))
  }

  private func cells(_ bytes: [UInt8]) -> [String] {
    var (cells, cell, isQuoted, index) = ([String](), [UInt8](), false, 0)
    while index < bytes.count {
      let byte = bytes[index]
      if isQuoted, byte == 0x22, index + 1 < bytes.count, bytes[index + 1] == 0x22 {
        cell.append(byte)
        index += 1
      } else if byte == 0x22, isQuoted || cell.isEmpty {
        isQuoted.toggle()
      } else if byte == delimiter, !isQuoted {
        cells.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
      } else {
        cell.append(byte)
      }
      index += 1
    }
    cells.append(String(decoding: cell, as: UTF8.self))
    return cells
  }
}
