import CartModel
import CartReports

/// A table as text that fits the terminal: texts give way, numbers never.
struct TableText {
  let terminal: Terminal
  /// Rows and cells that are lit.
  var news: (rows: Set<Int>, cells: [Int: Set<Int>]) = ([], [:])

  func text(_ table: ReportTable, _ time: (Timestamp) -> String) -> String {
    let columns = table.columns
    func shown(_ cells: [ReportTable.Cell]) -> [String] {
      cells.map { cell in
        if case .time(let at) = cell { return time(at) }
        return printable(cell.text)
      }
    }
    let header = columns.map(\.name)
    let rows = table.rows.map(shown)
    let totals = table.totals.isEmpty ? nil : shown(table.totals)
    var widths = columns.indices.map { index in
      ([header] + rows + (totals.map { [$0] } ?? [])).map { CellWidth.of($0[index]) }.max() ?? 0
    }
    fit(&widths, columns)
    func line(_ cells: [String], lit: Set<Int> = [], isPlain: Bool = true) -> String {
      var parts: [String] = []
      for index in columns.indices {
        let cut = CellWidth.cut(cells[index], to: widths[index])
        let cell = CellWidth.padded(cut, to: widths[index], right: columns[index].isNumeric)
        if lit.contains(index) {
          parts.append(terminal.styled(cell, .yellow))
        } else if !isPlain, let style = Self.style(cells[index], columns[index]) {
          parts.append(terminal.styled(cell, style))
        } else {
          parts.append(cell)
        }
      }
      var text = parts.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }
    var out = terminal.styled(String(line(header).dropLast()), .bold) + "\n"
    for (index, row) in rows.enumerated() {
      let isNew = news.rows.contains(index)
      let text = line(row, lit: news.cells[index] ?? [], isPlain: isNew)
      out += isNew ? terminal.styled(String(text.dropLast()), .green) + "\n" : text
    }
    if let totals {
      if terminal.width != nil {
        let width = widths.reduce(0, +) + 2 * max(0, widths.count - 1)
        out += terminal.styled(String(repeating: "─", count: width), .dim) + "\n"
      }
      out += line(totals)
    }
    return out
  }

  /// The colour of a word that says how something stands.
  private static func style(_ text: String, _ column: ReportTable.Column) -> Terminal.Style? {
    switch column.name {
    case "status", "state": Status(rawValue: text).flatMap(style) ?? (text == "paid" ? .green : nil)
    case "mode": text == "enforce" ? .green : text == "off" ? .dim : nil
    default: nil
    }
  }

  static func style(_ status: Status) -> Terminal.Style? {
    switch status {
    case .active: .green
    case .abandoned, .held: .yellow
    case .ordered: .bold
    case .expired: .dim
    case .deleted: .red
    }
  }

  /// Takes columns from the widest texts until the line fits.
  private func fit(_ widths: inout [Int], _ columns: [ReportTable.Column]) {
    guard let width = terminal.width else { return }
    while widths.reduce(0, +) + 2 * max(0, widths.count - 1) > width {
      let candidates = columns.indices.filter {
        !columns[$0].isNumeric && columns[$0].type != "id" && widths[$0] > 3
      }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }
}
