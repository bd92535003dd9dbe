import CartModel

/// A table's chart as inline SVG: axes, units, legend; each series has its own dash or hatching, so that
/// it can be read without colour.
struct ChartSVG {
  let table: ReportTable
  let chart: Chart
  private let rows: [[ReportTable.Cell]]
  private let isCut: Bool
  private let currency: Currency?
  /// Whether amounts of other currencies are left out.
  private let isPart: Bool

  /// How many rows are drawn.
  private static let most = 60
  private let width = 760.0
  private let height = 300.0
  private let left = 70.0
  private let top = 20.0
  private let bottom = 70.0

  init?(_ table: ReportTable, _ chart: Chart) {
    guard !table.rows.isEmpty, !chart.series.isEmpty,
      chart.series.allSatisfy(table.columns.indices.contains),
      table.columns.indices.contains(chart.names)
    else { return nil }
    var table = table
    table.chart = chart
    (self.table, self.chart) = (table, chart)
    let all = table.charted
    (rows, isCut) = (Array(all.prefix(Self.most)), all.count > Self.most)
    let own = table.chartCurrency
    currency = own
    isPart = table.rows.contains { row in
      chart.series.contains {
        if case .money(let money) = row[$0] { money.currency != own } else { false }
      }
    }
  }

  private var plotWidth: Double { width - left - 20 }
  private var plotHeight: Double { height - top - bottom }

  var svg: String {
    let names = rows.map { $0[chart.names].text }
    let values = chart.series.map { column in rows.map { $0[column].size ?? 0 } }
    guard !rows.isEmpty else { return "" }
    let title =
      "\(table.title): " + chart.series.map { table.columns[$0].name }.joined(separator: ", ")
    var out = """
      <figure><svg viewBox="0 0 \(pixels(width)) \(pixels(height + (chart.kind == .heat ? 0 : 24)))" \
      role="img" aria-label="\(escapedHTML(title))">
      <defs>\(patterns)</defs>

      """
    switch chart.kind {
    case .heat: out += heat(names, values)
    case .bar, .stacked, .line:
      let isStacked = chart.kind == .stacked
      let tops =
        isStacked
        ? names.indices.map { row in values.reduce(0) { $0 + max(0, $1[row]) } }
        : values.flatMap { $0 }
      let scale = Scale(tops.max() ?? 0)
      out += axes(names, scale)
      switch chart.kind {
      case .line: out += lines(values, scale)
      default: out += bars(names, values, scale, isStacked: isStacked)
      }
      out += legend
    }
    let cuts =
      (isCut ? ["the first \(Self.most) rows"] : [])
      + (isPart ? ["amounts in \(currency?.code ?? "") only"] : [])
    if !cuts.isEmpty {
      out +=
        "<text x=\"\(pixels(left))\" y=\"12\" class=\"k\">\(cuts.joined(separator: ", "))</text>\n"
    }
    return out + "</svg></figure>\n"
  }

  // MARK: Parts

  /// A scale from 0 to a round number, in some steps.
  struct Scale {
    let end: Double
    let step: Double
    let marks: [Double]

    init(_ most: Double) {
      // What is smaller cannot be divided into steps, and shows as nothing.
      guard most > 1e-300, most <= 1e302 else {
        (end, step, marks) = (1, 1, [0, 1])
        return
      }
      var unit = 1.0
      while unit * 10 <= most { unit *= 10 }
      while unit > most { unit /= 10 }
      let times = most / unit
      step = times <= 2 ? unit / 2 : times <= 5 ? unit : unit * 2
      var marks = [0.0]
      for count in 1...20 {
        marks.append(Double(count) * step)
        if Double(count) * step >= most { break }
      }
      (self.marks, end) = (marks, marks.last ?? step)
    }
  }

  private func x(_ place: Double, of count: Int) -> Double {
    left + plotWidth * (place + 0.5) / Double(max(1, count))
  }

  private func y(_ value: Double, _ scale: Scale) -> Double {
    top + plotHeight * (1 - min(max(value, 0), scale.end) / scale.end)
  }

  private func axes(_ names: [String], _ scale: Scale) -> String {
    var out = ""
    for mark in scale.marks {
      let place = pixels(y(mark, scale))
      out +=
        "<line x1=\"\(pixels(left))\" y1=\"\(place)\" x2=\"\(pixels(width - 20))\" y2=\"\(place)\" class=\"g\"/>"
      out +=
        "<text x=\"\(pixels(left - 6))\" y=\"\(place)\" class=\"k e\" dy=\"4\">\(Self.short(mark))</text>\n"
    }
    out +=
      "<text x=\"\(pixels(left - 6))\" y=\"\(pixels(top - 8))\" class=\"k e\">\(escapedHTML(unit))</text>\n"
    // As many names as there is room for.
    let every = max(1, (names.count * 14 + Int(plotWidth) - 1) / Int(plotWidth))
    for (index, name) in names.enumerated() where index % every == 0 {
      let place = pixels(x(Double(index), of: names.count))
      let base = pixels(top + plotHeight + 12)
      out +=
        "<text x=\"\(place)\" y=\"\(base)\" class=\"k\" transform=\"rotate(35 \(place) \(base))\">"
        + "\(escapedHTML(String(name.prefix(16))))</text>\n"
    }
    return out
  }

  /// What the figures are counted in.
  private var unit: String {
    currency?.code ?? (table.columns[chart.series[0]].type == "percent" ? "%" : "")
  }

  private func bars(_ names: [String], _ values: [[Double]], _ scale: Scale, isStacked: Bool)
    -> String
  {
    var out = ""
    let slot = plotWidth / Double(names.count)
    let wide = max(1, min(40, slot * 0.8 / (isStacked ? 1 : Double(values.count))))
    for (row, name) in names.enumerated() {
      var base = 0.0
      for (series, list) in values.enumerated() {
        let value = max(0, list[row])
        let upper = y(base + value, scale)
        let lower = y(base, scale)
        let start =
          x(Double(row), of: names.count)
          - (isStacked ? wide / 2 : wide * Double(values.count) / 2 - wide * Double(series))
        if isStacked { base += value }
        guard lower > upper else { continue }
        out +=
          "<rect x=\"\(pixels(start))\" y=\"\(pixels(upper))\" width=\"\(pixels(wide))\" "
          + "height=\"\(pixels(lower - upper))\" class=\"s\(series)\"><title>\(escapedHTML(name)), "
          + "\(escapedHTML(table.columns[chart.series[series]].name)): \(escapedHTML(rows[row][chart.series[series]].text))"
          + "</title></rect>\n"
      }
    }
    return out
  }

  private func lines(_ values: [[Double]], _ scale: Scale) -> String {
    var out = ""
    for (series, list) in values.enumerated() {
      let points = list.enumerated().map {
        "\(pixels(x(Double($0.offset), of: list.count))),\(pixels(y($0.element, scale)))"
      }
      out += "<polyline points=\"\(points.joined(separator: " "))\" class=\"l l\(series)\"/>\n"
      for (row, point) in points.enumerated() {
        let parts = point.split(separator: ",")
        out +=
          "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"3\" class=\"p\(series)\"><title>"
          + "\(escapedHTML(rows[row][chart.names].text)): \(escapedHTML(rows[row][chart.series[series]].text))</title></circle>\n"
      }
    }
    return out
  }

  /// A field for each row and series, the darker the more; its figure stands in it.
  private func heat(_ names: [String], _ values: [[Double]]) -> String {
    let most = max(1, values.flatMap { $0 }.max() ?? 1)
    let columns = Double(values.count)
    let wide = plotWidth / columns
    let tall = (height - 40) / Double(names.count)
    var out = ""
    for (series, list) in values.enumerated() {
      let start = left + wide * Double(series)
      out +=
        "<text x=\"\(pixels(start + wide / 2))\" y=\"14\" class=\"k m\">"
        + "\(escapedHTML(table.columns[chart.series[series]].name))</text>\n"
      for (row, value) in list.enumerated() {
        let upper = 20 + tall * Double(row)
        let share = max(0, value) / most
        out +=
          "<rect x=\"\(pixels(start))\" y=\"\(pixels(upper))\" width=\"\(pixels(wide - 1))\" "
          + "height=\"\(pixels(tall - 1))\" class=\"h\" fill-opacity=\"\(pixels(0.05 + 0.9 * share))\"/>"
          + "<text x=\"\(pixels(start + wide / 2))\" y=\"\(pixels(upper + tall / 2))\" dy=\"4\" "
          + "class=\"f m\(share > 0.55 ? " d" : "")\">\(escapedHTML(rows[row][chart.series[series]].text))</text>\n"
      }
    }
    for (row, name) in names.enumerated() {
      out +=
        "<text x=\"\(pixels(left - 6))\" y=\"\(pixels(20 + tall * (Double(row) + 0.5)))\" dy=\"4\" "
        + "class=\"f e\">\(escapedHTML(String(name.prefix(10))))</text>\n"
    }
    return out
  }

  private var legend: String {
    var (out, place) = ("", left)
    for (series, column) in chart.series.enumerated() {
      let name = table.columns[column].name
      out +=
        chart.kind == .line
        ? "<line x1=\"\(pixels(place))\" y1=\"\(pixels(height + 10))\" x2=\"\(pixels(place + 22))\" y2=\"\(pixels(height + 10))\" class=\"l l\(series)\"/>"
        : "<rect x=\"\(pixels(place))\" y=\"\(pixels(height + 4))\" width=\"14\" height=\"12\" class=\"s\(series)\"/>"
      out +=
        "<text x=\"\(pixels(place + 28))\" y=\"\(pixels(height + 14))\" class=\"k\">\(escapedHTML(name))</text>\n"
      place += 44 + 7 * Double(name.count)
    }
    return out
  }

  /// Hatchings, one for each series after the first.
  private var patterns: String {
    let shapes = [
      "", "<path d=\"M0 6L6 0\"/>", "<path d=\"M0 0L6 6\"/>", "<path d=\"M0 3H6\"/>",
      "<path d=\"M3 0V6\"/>",
      "<path d=\"M0 3H6M3 0V6\"/>",
    ]
    return chart.series.indices.map { series in
      "<pattern id=\"t\(series)\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
        + "<rect width=\"6\" height=\"6\" class=\"c\(series % 6)\"/><g class=\"w\">\(shapes[series % shapes.count])</g></pattern>"
    }.joined()
  }

  /// `12000` as `12k`; the axis only, figures stand in full.
  static func short(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    if value >= 1e12 || value < 0.01 {
      var (digits, exponent) = (value, 0)
      while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
      while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
      return "\(pixels(digits))e\(exponent)"
    }
    if value >= 1_000_000 { return pixels(value / 1_000_000) + "M" }
    return value >= 10_000 ? pixels(value / 1_000) + "k" : pixels(value)
  }
}
