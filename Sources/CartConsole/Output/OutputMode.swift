import CartEngine
import CartModel
import CartReports
import CartSupport

/// How tables are shown.
public enum OutputMode: String, CaseIterable, Sendable {
  case table
  case vertical
  case json
  case csv
  case md
  case html

  /// - Parameter asker: what the error begins with.
  /// - Throws: usage, with a suggestion.
  init(_ word: String, for asker: String) throws(ConsoleError) {
    guard let mode = OutputMode(rawValue: word) else {
      let known = Self.allCases.map(\.rawValue)
      throw ConsoleError.usage(
        "\(asker): expected \(known.joined(separator: ", ")), got \(quoted(word))"
          + didYouMean(word, among: known))
    }
    self = mode
  }

  func text(_ table: ReportTable, _ terminal: Terminal, _ time: @escaping (Timestamp) -> String)
    -> String
  {
    let shown = table.withPrintableHeaders
    return switch self {
    case .table: TableText(terminal: terminal).text(shown, time)
    case .vertical: vertical(shown, time) + stated(shown, time, before: "")
    case .json: table.json
    case .csv: terminal.width == nil ? table.csv : table.csvForTerminal
    case .md: markdown(shown, time) + stated(shown, time, before: "\n")
    case .html: table.html
    }
  }

  /// What a report is about, below it; nothing of a list.
  private func stated(
    _ table: ReportTable, _ time: (Timestamp) -> String, before start: String
  ) -> String {
    guard table.scope.range != nil else { return "" }
    return start + table.statement(time).joined(separator: ", ") + "\n"
  }

  private func vertical(_ table: ReportTable, _ time: (Timestamp) -> String) -> String {
    let width = table.columns.map { CellWidth.of($0.name) }.max() ?? 0
    return table.rows.enumerated().map { number, row in
      "─── \(number + 1)\n"
        + zip(table.columns, row).map { column, cell in
          let value = if case .time(let at) = cell { time(at) } else { printable(cell.text) }
          return CellWidth.padded(column.name, to: width, right: true) + "  " + value + "\n"
        }.joined()
    }.joined()
  }

  private func markdown(_ table: ReportTable, _ time: (Timestamp) -> String) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    func safe(_ text: String) -> String {
      printable(text).reduce(into: "") { out, character in
        switch character {
        case "|", "\\", "`", "*", "_", "[", "]", "<", ">": out += "\\\(character)"
        default: out.append(character)
        }
      }
    }
    return line(table.columns.map { safe($0.name) })
      + line(table.columns.map { $0.isNumeric ? "---:" : "---" })
      + table.rows.map { row in
        line(
          row.map { cell in
            if case .time(let at) = cell { return time(at) }
            return safe(cell.text)
          })
      }.joined()
  }
}

extension ReportTable {
  /// With headers that do nothing on a terminal; a script chooses them, and shoppers' texts may be in
  /// them.
  var withPrintableHeaders: ReportTable {
    var table = self
    for index in table.columns.indices {
      table.columns[index].name = printable(table.columns[index].name)
    }
    return table
  }
}
