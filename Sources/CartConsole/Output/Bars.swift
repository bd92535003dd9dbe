import CartReports
import CartSupport

/// Figures as blocks of a terminal.
enum Bars {
  /// Columns of a bar.
  static let width = 16

  /// A bar of eighths of a column; nothing for nothing.
  static func bar(_ value: Double, of most: Double, width: Int = Bars.width) -> String {
    guard value > 0, most > 0 else { return "" }
    let eighths = max(1, Int((min(value / most, 1) * Double(width * 8)).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// Values side by side, one column each.
  static func sparkline(_ values: [Double]) -> String {
    let most = values.max() ?? 0
    let steps = Array("▁▂▃▄▅▆▇█")
    return String(
      values.map { value in
        most > 0 ? steps[min(7, Int(max(0, value) / most * 7.999))] : steps[0]
      })
  }

  /// The table with columns of bars drawn, and behind each row one of its chart's first series, where
  /// there is room for it.
  ///
  /// - Parameter columns: of the terminal.
  static func drawn(_ table: ReportTable, in columns: Int) -> ReportTable {
    var drawn = table
    for (index, column) in table.columns.enumerated() where column.type == "bar" {
      let most = table.rows.compactMap { $0[index].size }.max() ?? 0
      drawn.columns[index].type = "id"
      for row in table.rows.indices {
        drawn.rows[row][index] = .text(bar(table.rows[row][index].size ?? 0, of: most))
      }
    }
    // What follows in time has its lines below.
    guard let chart = table.chart, chart.kind != .heat, !table.isByTime,
      let series = chart.series.first
    else { return drawn }
    let taken = drawn.columns.indices.reduce(0) { sum, index in
      let cells =
        [drawn.columns[index].name]
        + (drawn.rows + [drawn.totals]).map { row in
          index < row.count ? row[index].text : ""
        }
      return sum + 2 + (cells.map { CellWidth.of($0) }.max() ?? 0)
    }
    let width = min(Bars.width, columns - taken)
    guard width >= 4 else { return drawn }
    let currency = table.chartCurrency
    let sizes = table.rows.map { row in
      // Amounts of several currencies have no common measure.
      if case .money(let money) = row[series], money.currency != currency { return 0.0 }
      return row[series].size ?? 0
    }
    drawn.columns.append(.init(String(table.columns[series].name.prefix(width)), "id"))
    for row in table.rows.indices {
      drawn.rows[row].append(
        .text(bar(sizes[row], of: sizes.max() ?? 0, width: width)))
    }
    if !drawn.totals.isEmpty { drawn.totals.append(.empty) }
    return drawn
  }

  /// The series of a report over time, a line each; nil for others.
  static func lines(_ table: ReportTable) -> String? {
    let rows = table.charted
    guard table.isByTime, let chart = table.chart, rows.count > 2 else { return nil }
    let width = chart.series.map { CellWidth.of(table.columns[$0].name) }.max() ?? 0
    return chart.series.map { series in
      CellWidth.padded(table.columns[series].name, to: width) + "  "
        + sparkline(rows.suffix(60).map { $0[series].size ?? 0 }) + "\n"
    }.joined()
  }
}
