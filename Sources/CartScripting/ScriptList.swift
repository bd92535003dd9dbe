import CartEngine
import CartModel
import CartSupport

/// A file of `rules/lists/`: one key a line, or CSV with a header whose first column is the key.
///
/// The first line that is neither empty nor a comment says which: it has a comma, a tab or, as all the
/// others, a semicolon where it is CSV.
struct ScriptList: Sendable {
  private var rows: [String: [String]] = [:]
  private var columns: [String] = []

  /// - Throws: `malformed`, naming the line, for CSV that cannot be read.
  init(_ text: String) throws(EngineError) {
    guard let delimiter = Self.delimiter(of: text) else {
      // Ten thousand lines are read at each start: their bytes are looked at first.
      for line in Self.lines(of: text) {
        let key = Substring(line).trimmingBlanks
        rows[Self.folded(key)] = [key]
      }
      return
    }
    var csv = CSVReader(
      TextInput(bytes: Array(text.utf8)), CSVDialect(delimiter: delimiter))
    do throws(SupportError) {
      while let record = try csv.next() {
        if record.isBlank || record.text.hasPrefix("#") { continue }
        try take(record, csv)
      }
    } catch { throw EngineError(.malformed, error.message) }
  }

  private mutating func take(_ record: CSVRecord, _ csv: CSVReader) throws(SupportError) {
    if let fault = record.fault {
      throw SupportError(.malformed, "line \(record.line): \(csv.reason(of: fault))")
    }
    var cells = record.cells.map(\.trimmingBlanks)
    if columns.isEmpty {
      columns = Self.names(of: cells)
      if columns == cells { return }
    }
    guard cells.count <= columns.count else {
      throw SupportError(
        .malformed,
        "line \(record.line): expected \(columns.count) columns as in the first line, got "
          + "\(cells.count)")
    }
    cells += repeatElement("", count: columns.count - cells.count)
    rows[Self.folded(cells[0])] = cells
  }

  func has(_ key: String) -> Bool { rows[Self.folded(key)] != nil }

  /// The row of a key, by its columns' names.
  func row(_ key: String) -> [(String, String)]? {
    rows[Self.folded(key)].map { cells in
      zip(columns.isEmpty ? ["key"] : columns, cells).map { ($0, $1) }
    }
  }

  var count: Int { rows.count }

  /// All keys, in the order of their bytes.
  var keys: [String] {
    rows.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What a key is compared by: e-mails, addresses and domains in the form that is stored, any other text
  /// without case and accents.
  private static func folded(_ text: String) -> String {
    if text.utf8.contains(UInt8(ascii: "@")), let mail = EmailAddress.normalised(text) {
      return mail
    }
    if text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) {
      if let address = AddressBlock.normalised(text) { return address }
      if let name = DomainName.normalised(text) { return name }
    }
    return TextFold.folded(text)
  }

  /// The names of a header; of a first line that is data itself `key`, `2`, `3`, ….
  private static func names(of cells: [String]) -> [String] {
    let isData = cells[0].contains { ".@:/".contains($0) }
    return isData ? ["key"] + cells.indices.dropFirst().map { "\($0 + 1)" } : cells
  }

  private static func lines(of text: String) -> some Sequence<Substring.UTF8View> {
    text.utf8.split { $0 == 0x0a || $0 == 0x0d }.lazy.filter { line in
      line.first != UInt8(ascii: "#") && line.contains { $0 > 0x20 }
    }
  }

  private static func delimiter(of text: String) -> UInt8? {
    var lines = lines(of: text).makeIterator()
    guard let first = lines.next() else { return nil }
    for mark in [UInt8(ascii: ","), 0x09] where first.contains(mark) { return mark }
    let semicolon = UInt8(ascii: ";")
    if first.contains(semicolon), isTable(text, semicolon) { return semicolon }
    return first.contains(UInt8(ascii: "\"")) ? UInt8(ascii: ",") : nil
  }

  /// Whether all records have as many cells as the first: a semicolon may as well be part of a key.
  private static func isTable(_ text: String, _ delimiter: UInt8) -> Bool {
    var csv = CSVReader(TextInput(bytes: Array(text.utf8)), CSVDialect(delimiter: delimiter))
    var width: Int?
    while let record = try? csv.next() {
      if record.isBlank || record.text.hasPrefix("#") { continue }
      guard record.fault == nil, record.cells.count == width ?? record.cells.count else {
        return false
      }
      width = record.cells.count
    }
    return (width ?? 0) > 1
  }
}
