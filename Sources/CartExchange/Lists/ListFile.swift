import CartEngine
import CartModel
import CartSupport

/// Reads entries of a list from a file: JSON lines, CSV with a header, or one address, block, range,
/// e-mail, domain or country a line.
///
/// Empty lines and lines that begin with `#` or `;` are left out.
public struct ListFile {
  /// What one record gives.
  public enum Item {
    /// A range of addresses gives a row for each of its blocks.
    case rows([ListRow])
    case reject(Reject)
  }

  private enum Form {
    case json
    case csv(CSVReader, [String])
    case plain
  }

  private let reader: LineReader
  let list: ListEntry.List
  /// Reads times on the store's clock.
  let times: FilterParser
  private var form: Form?
  /// Lines with more behind their entry, which is not read.
  public private(set) var remarks = 0
  /// Columns that are not read, as the import sets them.
  public internal(set) var ignored: [String] = []

  public init(_ reader: LineReader, list: ListEntry.List, times: FilterParser) {
    self.reader = reader
    self.list = list
    self.times = times
  }

  /// The next record; nil at the end.
  ///
  /// - Throws: `file`, and `malformed` for a header with a column that is not known.
  public mutating func next() throws(EngineError) -> Item? {
    if form == nil { try begin() }
    switch form {
    case .csv(var csv, let names)?:
      let record: CSVRecord?
      do throws(SupportError) { record = try csv.next() } catch {
        throw EngineError(reader.failure(error))
      }
      form = .csv(csv, names)
      guard let record else { return nil }
      if record.isBlank || record.text.hasPrefix("#") { return try next() }
      return item(record.line, record.text) { () throws(EngineError) in
        if let fault = record.fault { throw EngineError(.malformed, csv.reason(of: fault)) }
        guard record.cells.count <= names.count else {
          throw EngineError(
            .malformed,
            "expected \(names.count) columns as in the header, got \(record.cells.count)")
        }
        let pairs = zip(names, record.cells).map { name, cell in
          (name, CSVGuard.unguarded(Self.texts.contains(name) ? cell : cell.trimmingBlanks))
        }
        return try rows(Dictionary(pairs.filter { !$0.1.isEmpty }, uniquingKeysWith: { $1 }))
      }
    case .json?, .plain?, nil:
      guard let line = try EngineError.mapping({ try reader.next() }) else { return nil }
      guard !Self.isBlank(line) else { return try next() }
      let shown = shownText(textPrefix(line.bytes, 4096))
      return item(line.number, shown) { () throws(EngineError) in
        guard let text = line.text else {
          throw EngineError(.malformed, reader.input.invalidReason)
        }
        if case .json? = form { return try rows(json: text) }
        return try rows(["value": plain(text)])
      }
    }
  }

  private func item(
    _ line: Int, _ text: String, _ body: () throws(EngineError) -> [ListRow]
  ) -> Item {
    do throws(EngineError) { return .rows(try body()) } catch {
      return .reject(Reject(line: line, reason: error.message, text: text))
    }
  }

  /// The entry of a plain line, without what stands behind it.
  private mutating func plain(_ text: String) -> String {
    let entry = text.prefix { !",;\t".contains($0) }
    var words = entry.split(separator: " ")
    if let mark = words.firstIndex(where: { $0.hasPrefix("#") }) { words.removeSubrange(mark...) }
    let value = words.joined(separator: " ")
    if value != text.trimmingBlanks { remarks += 1 }
    return value
  }

  static let columns: Set<String> = [
    "list", "ip", "email", "country", "domain", "value", "entry", "reason", "tell", "expires",
    "ttl",
  ]
  /// Columns whose blanks are part of a text.
  private static let texts: Set<String> = ["reason", "tell"]
  private static let keys: Set<String> = ["ip", "email", "country", "domain", "value", "entry"]
  /// What an export has and the import sets.
  static let computed: Set<String> = ["author", "created"]

  private static func isBlank(_ line: TextLine) -> Bool {
    guard let first = line.bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return true }
    return first == UInt8(ascii: "#") || first == UInt8(ascii: ";")
  }

  /// Finds the form by the first line that is not left out.
  private mutating func begin() throws(EngineError) {
    form = .plain
    let first = try EngineError.mapping {
      while let line = try reader.peek(), Self.isBlank(line) { _ = try reader.next() }
      return try reader.peek()
    }
    guard let text = first?.text?.trimmingBlanks else { return }
    if text.hasPrefix("{") {
      form = .json
      return
    }
    for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09] {
      let names = text.lowercased().split(
        separator: Character(UnicodeScalar(delimiter)), omittingEmptySubsequences: false
      ).map { String($0).trimmingBlanks.filter { $0 != "\"" } }
      guard !Self.keys.isDisjoint(with: names) else { continue }
      for (index, name) in names.enumerated() {
        guard Self.columns.contains(name) || Self.computed.contains(name) else {
          throw EngineError(
            .malformed,
            "the header has an unknown column \(quoted(name)); expected some of "
              + Self.columns.sorted().joined(separator: ", ")
              + didYouMean(name, among: Self.columns))
        }
        guard !names[..<index].contains(name) else {
          throw EngineError(.malformed, "the header names \(quoted(name)) twice")
        }
      }
      ignored = names.filter { Self.computed.contains($0) }
      _ = try EngineError.mapping { try reader.next() }
      form = .csv(CSVReader(reader.input, CSVDialect(delimiter: delimiter)), names)
      return
    }
  }
}
