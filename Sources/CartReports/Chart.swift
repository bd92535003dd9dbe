import CartModel

/// How a table's figures are drawn.
public struct Chart: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case line, bar, stacked, heat }

  public var kind: Kind
  /// The column that names each row.
  public var names: Int
  /// The columns that are drawn, one series each.
  public var series: [Int]

  public init(_ kind: Kind, names: Int, series: [Int]) {
    (self.kind, self.names, self.series) = (kind, names, series)
  }
}

extension ReportTable {
  /// The chart, or one for each unit of its series: amounts, shares and counts share no axis.
  public var charts: [Chart] {
    guard let chart else { return [] }
    var charts: [(unit: String, chart: Chart)] = []
    for column in chart.series where columns.indices.contains(column) {
      let unit = unit(of: column)
      if let place = charts.firstIndex(where: { $0.unit == unit }) {
        charts[place].chart.series.append(column)
      } else {
        charts.append((unit, Chart(chart.kind, names: chart.names, series: [column])))
      }
    }
    return charts.map(\.chart)
  }

  /// `money`, `percent`, or empty for a number; what the cells are decides, as a script's column need
  /// not say.
  private func unit(of column: Int) -> String {
    for row in rows {
      switch row[column] {
      case .money: return "money"
      case .percent: return "percent"
      case .integer, .number: return columns[column].type == "percent" ? "percent" : ""
      case .empty, .text, .time: continue
      }
    }
    return ["money", "percent"].contains(columns[column].type) ? columns[column].type : ""
  }

  /// The only currency whose amounts a chart draws: that of most rows; nil where no amounts are.
  public var chartCurrency: Currency? {
    var counts: [Currency: Int] = [:]
    for row in rows {
      for column in chart?.series ?? [] {
        if case .money(let money) = row[column] { counts[money.currency, default: 0] += 1 }
      }
    }
    return counts.min { ($1.value, $0.key.code) < ($0.value, $1.key.code) }?.key
  }

  /// The rows as a chart draws them: without amounts of other currencies, and rows of one name, as a
  /// day that has several currencies, put together.
  public var charted: [[Cell]] {
    guard let chart else { return [] }
    let currency = chartCurrency
    var (places, merged): ([String: Int], [[Cell]]) = ([:], [])
    for var row in rows {
      for column in chart.series {
        if case .money(let money) = row[column], money.currency != currency { row[column] = .empty }
      }
      guard chart.series.contains(where: { row[$0].size != nil }) else { continue }
      let name = row[chart.names].text
      guard let place = places[name] else {
        places[name] = merged.count
        merged.append(row)
        continue
      }
      for column in chart.series { merged[place][column] = merged[place][column].with(row[column]) }
    }
    return merged
  }
}

extension ReportTable.Cell {
  /// The sum, where the two can be added; else what is there.
  fileprivate func with(_ other: Self) -> Self {
    switch (self, other) {
    case (.empty, _): other
    case (.integer(let a), .integer(let b)):
      // A picture ends where numbers do; the table has the figures.
      .integer(Int64(clamping: Int128(a) + Int128(b)))
    case (.money(let a), .money(let b)) where a.currency == b.currency:
      .money(Int64(clamping: Int128(a.minor) + Int128(b.minor)), a.currency)
    default: self
    }
  }

  /// The figure as a number to draw: its size is right, its last digit need not be.
  public var size: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .money(let money): Double(money.minor) / Double(powers[money.currency.decimals])
    case .percent(let percent): Double(percent.millionths) / 1_000_000
    case .number(let text): Double(text).flatMap(Self.drawable)
    case .empty, .text, .time: nil
    }
  }

  /// A number that can be added to others and divided by them; nil for none.
  private static func drawable(_ number: Double) -> Double? {
    guard !number.isNaN else { return nil }
    return min(max(number, -1e300), 1e300)
  }
}

private let powers: [Int64] = [1, 10, 100, 1_000, 10_000]
