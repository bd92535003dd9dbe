import CartModel
import CartSupport

/// Writes the rows of an export: objects, or CSV with a header.
final class ExportRows {
  let format: Export.Format
  private let file: OutputFile
  private var json = JSONWriter()
  private var csv = CSVWriter()
  private var count = 0
  /// Gives the cells of a row of the kind that is under way.
  private var cells: (Any) -> [CSVWriter.Cell] = { _ in [] }

  init(_ format: Export.Format, _ file: OutputFile) {
    self.format = format
    self.file = file
  }

  /// Begins with the header.
  func begin<Row>(_ columns: [TableColumn<Row>]) throws(EngineError) {
    guard format == .csv else { return }
    cells = { row in (row as? Row).map { row in columns.map { $0.cell(row) } } ?? [] }
    csv.row(columns.map { .text($0.name) })
    try flush()
  }

  /// - Parameter object: writes the row as JSON.
  func add<Row>(_ row: Row, _ object: (inout JSONWriter) -> Void) throws(EngineError) {
    count += 1
    if format == .csv {
      csv.row(cells(row))
      return try flush()
    }
    json.removeAll()
    object(&json)
    json.newline()
    try EngineError.mapping { try file.write(json.bytes) }
  }

  private func flush() throws(EngineError) {
    try EngineError.mapping {
      if file.isTerminal {
        try file.write(TerminalText.guarded(csv: csv.text))
      } else {
        try file.write(csv.bytes)
      }
    }
    csv.removeAll()
  }

  /// Ends the file.
  ///
  /// - Returns: how many rows were written.
  func end() throws(EngineError) -> Int {
    try EngineError.mapping { try file.commit() }
    return count
  }
}

extension TerminalText {
  /// CSV for a terminal: nothing in it acts but the ends of lines.
  public static func guarded(csv text: String) -> String {
    text.split(separator: Character("\r\n"), omittingEmptySubsequences: false)
      .map { guarded(String($0)) }.joined(separator: "\r\n")
  }
}
