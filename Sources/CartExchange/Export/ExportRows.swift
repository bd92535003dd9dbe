import CartEngine
import CartModel
import CartSupport

/// Writes the rows of an export: objects, or CSV with a header.
final class ExportRows<Row> {
  private let format: Export.Format
  private let file: OutputFile
  private let columns: [TableColumn<Row>]
  /// Writes a whole row as JSON; nil where its object has the columns only.
  private let object: ((Row, inout JSONWriter) -> Void)?
  private var json = JSONWriter()
  private var csv = CSVWriter()
  private var count = 0

  /// Begins the file, with CSV by its header.
  init(
    _ format: Export.Format, _ file: OutputFile, _ columns: [TableColumn<Row>],
    object: ((Row, inout JSONWriter) -> Void)?
  ) throws(EngineError) {
    (self.format, self.file, self.columns, self.object) = (format, file, columns, object)
    guard format == .csv else { return }
    csv.row(columns.map { .text($0.name) })
    try flush()
  }

  func add(_ row: Row) throws(EngineError) {
    count += 1
    if format == .csv {
      csv.row(columns.map { $0.cell(row) })
      return try flush()
    }
    json.removeAll()
    if let object {
      object(row, &json)
    } else {
      json.object { writer in
        for column in columns { CartJSON.write(column.name, column.value(row), &writer) }
      }
    }
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
