import CartModel
import CartReports
import CartSupport

/// A table as text that fits the terminal.
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
    let rows = table.rows.map(shown)
    let totals = table.totals.isEmpty ? nil : shown(table.totals)
    let layout = TableLayout(
      columns,
      bodies: columns.indices.map { index in
        (rows + (totals.map { [$0] } ?? [])).map { CellWidth.of($0[index]) }.max() ?? 0
      }, limit: terminal.width)
    var out = header(columns, layout)
    for (index, row) in rows.enumerated() {
      let isNew = news.rows.contains(index)
      let text = line(row, columns, layout, lit: news.cells[index] ?? [], isPlain: isNew)
      out += isNew ? terminal.styled(String(text.dropLast()), .green) + "\n" : text
    }
    if let totals {
      if terminal.width != nil {
        out += terminal.styled(String(repeating: "─", count: layout.total), .dim) + "\n"
      }
      out += line(totals, columns, layout)
    }
    if !layout.hidden.isEmpty {
      let count = layout.hidden.count
      let words =
        "(\(CountText.count(count, "column")) more in .mode vertical: "
        + layout.hidden.joined(separator: ", ") + ")"
      out += terminal.styled(CellWidth.cut(words, to: terminal.width ?? .max), .dim) + "\n"
    }
    if table.scope.range != nil {
      for line in folded(table.statement(time)) { out += terminal.styled(line, .dim) + "\n" }
    }
    return out
  }

  private func header(_ columns: [ReportTable.Column], _ layout: TableLayout) -> String {
    let headers = columns.indices.map(layout.header)
    let height = layout.shown.map { headers[$0].count }.max() ?? 1
    return (0..<height).map { row in
      // The last words stand over the cells.
      let words = headers.map { lines in
        let place = row - height + lines.count
        return place < 0 ? "" : lines[place]
      }
      return terminal.styled(String(line(words, columns, layout).dropLast()), .bold) + "\n"
    }.joined()
  }

  /// A row's cells, as wide as their columns.
  private func line(
    _ cells: [String], _ columns: [ReportTable.Column], _ layout: TableLayout,
    lit: Set<Int> = [], isPlain: Bool = true
  ) -> String {
    var parts: [String] = []
    for index in layout.shown {
      let width = layout.widths[index]
      let cut = CellWidth.cut(cells[index], to: width)
      let cell = CellWidth.padded(cut, to: width, right: columns[index].isNumeric)
      if lit.contains(index) {
        parts.append(terminal.styled(cell, .yellow))
      } else if !isPlain, let style = Self.style(cells[index], columns[index]) {
        parts.append(terminal.styled(cell, style))
      } else {
        parts.append(cell)
      }
    }
    var text = parts.joined(separator: String(repeating: " ", count: layout.gap))
    while text.hasSuffix(" ") { text.removeLast() }
    return text + "\n"
  }

  /// Parts side by side, as many as fit the terminal.
  private func folded(_ parts: [String]) -> [String] {
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, CellWidth.of(last) + CellWidth.of(part) + 2 < terminal.width ?? .max
      {
        lines[lines.count - 1] += ", " + part
      } else {
        if !lines.isEmpty { lines[lines.count - 1] += "," }
        lines.append(CellWidth.cut(part, to: (terminal.width ?? .max) - 1))
      }
    }
    return lines
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
    case .expired, .merged: .dim
    case .deleted: .red
    }
  }
}
