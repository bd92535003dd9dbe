import CartEngine
import CartModel
import CartSupport

/// A file of `rules/lists/`: one key a line, or CSV with a header whose first column is the key.
///
/// The first line that is neither empty nor a comment says which: it has a comma, a tab or, as all the
/// others, a semicolon where it is CSV.
struct ScriptList: Sendable {
  private var content: Content

  /// By the forms of the keys that are compared.
  private enum Content {
    case keys([String: String])
    case rows([String: [String]], columns: [String])
  }

  /// - Throws: `malformed`, naming the line, for CSV that cannot be read.
  init(_ text: String) throws(EngineError) {
    guard let delimiter = Self.delimiter(of: text) else {
      content = .keys(Self.keys(of: text))
      return
    }
    var csv = CSVReader(
      TextInput(bytes: Array(text.utf8)), CSVDialect(delimiter: delimiter))
    var (rows, columns) = ([String: [String]](), [String]())
    do throws(SupportError) {
      while let record = try csv.next() {
        if record.isLeftOut { continue }
        guard let cells = try Self.cells(record, csv, &columns) else { continue }
        rows[Self.folded(cells[0])] = cells
      }
    } catch { throw EngineError(.malformed, of: error) }
    content = .rows(rows, columns: columns)
  }

  /// The keys of a file with their lines; nothing for CSV that cannot be read.
  static func keys(in text: String) -> [(line: Int, key: String)] {
    guard let delimiter = delimiter(of: text) else {
      return ListLines.within(text) { lines in
        var keys: [(line: Int, key: String)] = []
        while let line = lines.next() {
          keys.append((lines.number, String(decoding: line, as: UTF8.self).trimmingBlanks))
        }
        return keys
      }
    }
    var csv = CSVReader(TextInput(bytes: Array(text.utf8)), CSVDialect(delimiter: delimiter))
    var keys: [(line: Int, key: String)] = []
    while let record = try? csv.next() {
      if record.isLeftOut { continue }
      keys.append((record.line, record.cells.first?.trimmingBlanks ?? ""))
    }
    if let first = keys.first, names(of: [first.key]) == [first.key] { keys.removeFirst() }
    return keys
  }

  /// The cells of a record, as many as there are columns; nil for the header.
  private static func cells(
    _ record: CSVRecord, _ csv: CSVReader, _ columns: inout [String]
  ) throws(SupportError) -> [String]? {
    if let fault = record.fault {
      throw SupportError(.malformed, "line \(record.line): \(csv.reason(of: fault))")
    }
    let cells = record.cells.map(\.trimmingBlanks)
    if columns.isEmpty {
      columns = names(of: cells)
      if columns == cells { return nil }
    }
    guard cells.count <= columns.count else {
      throw SupportError(
        .malformed,
        "line \(record.line): expected \(columns.count) columns as in the first line, got "
          + "\(cells.count)")
    }
    return cells + repeatElement("", count: columns.count - cells.count)
  }

  /// The keys of a text with one a line: ten thousand of them are read at each start.
  private static func keys(of text: String) -> [String: String] {
    ListLines.within(text) { lines in
      var keys = [String: String](minimumCapacity: lines.most)
      while let line = lines.next() {
        let key = String(decoding: line, as: UTF8.self)
        if isFolded(line) {
          keys[key] = key
        } else {
          let key = key.trimmingBlanks
          keys[folded(key)] = key
        }
      }
      return keys
    }
  }

  func has(_ key: String) -> Bool {
    switch content {
    case .keys(let keys): keys[Self.folded(key)] != nil
    case .rows(let rows, _): rows[Self.folded(key)] != nil
    }
  }

  /// The row of a key, by its columns' names.
  func row(_ key: String) -> [(String, String)]? {
    switch content {
    case .keys(let keys): keys[Self.folded(key)].map { [("key", $0)] }
    case .rows(let rows, let columns):
      rows[Self.folded(key)].map { cells in zip(columns, cells).map { ($0, $1) } }
    }
  }

  var count: Int {
    switch content {
    case .keys(let keys): keys.count
    case .rows(let rows, _): rows.count
    }
  }

  /// All keys, in the order of their bytes.
  var keys: [String] {
    let keys: [String] =
      switch content {
      case .keys(let keys): Array(keys.keys)
      case .rows(let rows, _): Array(rows.keys)
      }
    return keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What a key is compared by: e-mails, addresses and domains in the form that is stored, any other text
  /// without case and accents.
  static func folded(_ text: String) -> String {
    var text = text
    return text.withUTF8({ isFolded($0) }) ? text : normalised(text)
  }

  /// The same for any text, without a look at its bytes before.
  static func normalised(_ text: String) -> String {
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

  /// Whether a key is compared as it is: a word or name in lower case that cannot be an address, as most
  /// are. False says nothing.
  private static func isFolded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var (hasDot, hasOther) = (false, false)
    for byte in bytes {
      switch byte {
      case dot: hasDot = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): break
      case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        hasOther = true
      default: return false
      }
    }
    return bytes.last != dot && (hasOther || !hasDot)
  }

  private static let dot = UInt8(ascii: ".")

  private static func delimiter(of text: String) -> UInt8? {
    let semicolon = UInt8(ascii: ";")
    let marks = ListLines.within(text) { lines in
      lines.next().map { first in
        [UInt8(ascii: ","), 0x09, semicolon, UInt8(ascii: "\"")].filter(first.contains)
      } ?? []
    }
    for mark in marks {
      switch mark {
      case semicolon: if isTable(text, semicolon) { return semicolon }
      case UInt8(ascii: "\""): return UInt8(ascii: ",")
      default: return mark
      }
    }
    return nil
  }

  /// Whether all records have as many cells as the first: a semicolon may as well be part of a key.
  private static func isTable(_ text: String, _ delimiter: UInt8) -> Bool {
    var csv = CSVReader(TextInput(bytes: Array(text.utf8)), CSVDialect(delimiter: delimiter))
    var width: Int?
    while let record = try? csv.next() {
      if record.isLeftOut { continue }
      guard record.fault == nil, record.cells.count == width ?? record.cells.count else {
        return false
      }
      width = record.cells.count
    }
    return (width ?? 0) > 1
  }
}

extension CSVRecord {
  /// Whether it is empty or a comment.
  fileprivate var isLeftOut: Bool { isBlank || text.trimmingBlanks.hasPrefix("#") }
}
