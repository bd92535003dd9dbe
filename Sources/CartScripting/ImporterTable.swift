import CartEngine
import CartModel
import CartSupport
import LuaKit

/// The rows of a CSV as an importer sees them.
struct ImporterTable {
  private let importer: ScriptImporter
  private let reader: LineReader
  private var csv: CSVReader
  /// The names of the header; empty without one.
  private var names: [String] = []
  /// How many cells a row has; nil until one was read.
  private var width: Int?
  /// The places, from 1, of names that are empty.
  private(set) var unnamed: [Int] = []

  /// Why a record is no row.
  struct Refusal: Error { var reason: String }

  init(_ importer: ScriptImporter, _ reader: LineReader) {
    self.importer = importer
    self.reader = reader
    csv = CSVReader(reader.input, importer.dialect)
  }

  /// What a row can be asked for.
  var columns: [String] {
    importer.hasHeader
      ? names.filter { !$0.isEmpty } : (1...max(1, width ?? 1)).map { "r[\($0)]" }
  }

  /// Reads the header.
  ///
  /// - Throws: `malformed` for one that cannot be read, or names a column twice.
  mutating func begin() throws(EngineError) {
    guard importer.hasHeader, let header = try next() else { return }
    if let fault = header.fault {
      throw EngineError(
        .malformed, "line \(header.line): the header cannot be read: \(csv.reason(of: fault))")
    }
    if let (name, first, second) = CSVRecord.repetition(in: header.cells) {
      throw EngineError(
        .malformed,
        "line \(header.line): the header names \(quoted(name)) twice, in columns \(first) and "
          + "\(second); rename one, or use header=false")
    }
    unnamed = header.cells.indices.filter { header.cells[$0].isEmpty }.map { $0 + 1 }
    names = header.cells
    width = names.count
  }

  /// The next record that is not blank; nil at the end.
  mutating func next() throws(EngineError) -> CSVRecord? {
    do throws(SupportError) {
      while let record = try csv.next() {
        // One cell of blanks may be all of a row only where rows have one cell.
        if record.isBlank, width != 1 { continue }
        return record
      }
      return nil
    } catch { throw EngineError(reader.failure(error)) }
  }

  mutating func row(_ record: CSVRecord) -> Result<LuaValue, Refusal> {
    if let fault = record.fault { return .failure(Refusal(reason: csv.reason(of: fault))) }
    let cells = record.cells
    let expected = width ?? cells.count
    width = expected
    guard importer.isRagged || cells.count == expected else {
      let place = importer.hasHeader ? "the header" : "the first row"
      return .failure(
        Refusal(
          reason:
            "expected \(expected) columns as in \(place), got \(cells.count); ragged=true reads "
            + "such rows"))
    }
    var pairs: [LuaValue.Pair] = []
    pairs.reserveCapacity(max(cells.count, names.count))
    for (index, cell) in cells.enumerated() {
      if importer.hasHeader, index < names.count {
        if !names[index].isEmpty { pairs.append(.init(.string(names[index]), .string(cell))) }
      } else {
        pairs.append(.init(.integer(Int64(index) + 1), .string(cell)))
      }
    }
    for name in names.dropFirst(cells.count) where !name.isEmpty {
      pairs.append(.init(.string(name), .string("")))
    }
    return .success(.table(pairs))
  }
}
