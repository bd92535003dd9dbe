import CartEngine
import CartModel
import CartSupport

/// Reads a table of carts, lines, products or customers, CSV with a header or JSON Lines, into events.
///
/// The columns are those of an export. A row that the shop knows already changes nothing.
public struct TableImport {
  public let kind: TableKind
  let reader: LineReader
  let target: EventImport
  private let maker: TableEvents
  /// Computed columns that the file has and that are not read.
  public internal(set) var ignored: [String] = []
  /// How often a row without a time stood before.
  private var seen: [String: Int] = [:]

  public init(_ kind: TableKind, _ reader: LineReader, into target: EventImport) {
    self.kind = kind
    self.reader = reader
    self.target = target
    maker = TableEvents(kind: kind, zone: target.zone, now: target.admission.began)
  }

  /// - Parameter each: called with the line of each row.
  /// - Throws: `file`; `malformed` for a header with columns that are not known, or without those that
  ///   each row needs.
  public mutating func read(each: (Int) throws -> Void) throws {
    while let line = try reader.peek(), line.isBlank { _ = try reader.next() }
    guard let first = try reader.peek() else { return }
    if first.bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") {
      try readJSON(each)
    } else {
      try readCSV(first, each)
    }
  }

  // MARK: CSV

  private mutating func readCSV(_ first: TextLine, _ each: (Int) throws -> Void) throws {
    var csv = CSVReader(reader.input, CSVDialect(delimiter: delimiter(of: first)))
    func next() throws(SupportError) -> CSVRecord? {
      do throws(SupportError) { return try csv.next() } catch { throw reader.failure(error) }
    }
    guard let header = try next() else { return }
    if let fault = header.fault {
      throw EngineError(
        .malformed, "line \(header.line): the header cannot be read: \(csv.reason(of: fault))")
    }
    let columns = try columns(
      header.cells.map { cell in
        let name = CSVGuard.unguarded(cell)
        // Blanks around a name count only where any name may stand.
        return kind.column(name) == nil ? name.trimmingBlanks : name
      })
    while let record = try next() {
      if record.isBlank, columns.count > 1 { continue }
      if let fault = record.fault {
        try target.reject(record.line, csv.reason(of: fault), record.text)
      } else if record.cells.count != columns.count {
        try target.reject(
          record.line,
          "expected \(columns.count) columns as in the header, got \(record.cells.count)",
          record.text
        )
      } else {
        var row = TableRow()
        for (name, cell) in zip(columns, record.cells) {
          if let name { row.add(name, CSVGuard.unguarded(cell)) }
        }
        try take([(kind, row)], record.line, record.text)
      }
      try each(record.line)
    }
  }

  /// The mark that makes a known column of the first line; nil for the comma, or a line `sep=;`.
  private func delimiter(of line: TextLine) -> UInt8? {
    let text = line.text ?? ""
    return [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].first { mark in
      text.split(separator: Character(UnicodeScalar(mark))).contains {
        kind.column(String($0).trimmingBlanks.filter { $0 != "\"" }) != nil
      }
    }
  }

  /// The column of each cell; nil for one that is not read.
  private mutating func columns(_ names: [String]) throws(EngineError) -> [String?] {
    if let (name, first, second) = CSVRecord.repetition(in: names) {
      throw EngineError(
        .malformed, "the header names \(quoted(name)) twice, in columns \(first) and \(second)")
    }
    let known = kind.columns.map(\.name)
    let unknown = names.filter { kind.column($0) == nil }
    guard unknown.isEmpty else {
      let list = unknown.prefix(10).map { quoted($0) }.joined(separator: ", ")
      throw EngineError(
        .malformed,
        "the header has \(unknown.count == 1 ? "an unknown column" : "unknown columns") \(list) for "
          + "\(kind.rawValue); expected some of "
          + (known + kind.prefixes.map { $0 + "NAME" }).joined(separator: ", ")
          + didYouMean(unknown[0], among: known))
    }
    let columns = names.map { kind.column($0) }
    for name in kind.required where !columns.contains(where: { $0?.name == name }) {
      throw EngineError(.malformed, "the header lacks the column '\(name)'")
    }
    ignored = columns.compactMap { $0?.isComputed == true ? $0?.name : nil }
    return columns.map { $0?.isComputed == true ? nil : $0?.name }
  }

  // MARK: Events

  mutating func take(
    _ rows: [(kind: TableKind, row: TableRow)], _ line: Int, _ text: String
  ) throws(EngineError) {
    for (kind, row) in rows {
      let whole = try known(row, kind)
      let made: (events: [JSONValue], hasTime: Bool)
      do throws(TableEvents.Refusal) {
        if kind == .products { try row.checkProduct(target.admission.currency) }
        made = try TableEvents(kind: kind, zone: maker.zone, now: maker.now).events(whole)
      } catch {
        try target.reject(line, error.reason, text)
        return
      }
      let name = made.hasTime ? nil : identity(of: row, kind)
      for (index, event) in made.events.enumerated() {
        var event = event
        if try target.isCurrent(event) {
          target.admission.countKnown()
          continue
        }
        if let name, case .object(let members) = event {
          event = .object(members + [.init("id", .string("\(name)-\(index + 1)"))])
        }
        guard try target.accept(event, number: line, text: text) else { return }
      }
    }
  }

  /// A row of a product that the catalogue has, with what the row does not name.
  private func known(_ row: TableRow, _ kind: TableKind) throws(EngineError) -> TableRow {
    guard kind == .products, let sku = row["sku"] else { return row }
    return try target.admission.product(sku).map(row.keeping) ?? row
  }

  /// What names a row without a time, so that importing its file again changes nothing; nil for what may
  /// be said again.
  private mutating func identity(of row: TableRow, _ kind: TableKind) -> String? {
    guard kind == .carts || kind == .lines else { return nil }
    let text = row.cells.map { "\($0.name)\u{1f}\($0.text)" }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "\u{1e}")
    let digest = hexadecimal(Digest.key(of: kind.rawValue + "\u{1e}" + text).bytes)
    seen[digest, default: 0] += 1
    return "row-\(digest)-\(seen[digest] ?? 1)"
  }
}
