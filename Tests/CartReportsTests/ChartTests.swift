import CartModel
import CartTesting
import Testing

@testable import CartReports

struct ChartTests {
  private func table(
    _ kind: Chart.Kind, _ columns: [ReportTable.Column], _ rows: [[ReportTable.Cell]]
  ) -> ReportTable {
    var table = ReportTable(
      name: "c", title: "C", asOf: TestShop.start, columns: [.init("k")] + columns,
      rows: rows.enumerated().map { [.text("row \($0.offset)")] + $0.element })
    table.chart = Chart(kind, names: 0, series: Array(1...columns.count))
    return table
  }

  private static let extremes: [ReportTable.Cell] =
    [
      "0", "5e-324", "1e-310", "1e-300", "1e-9", "0.1", "1e15", "1e23", "1e300", "1.7e308",
      "-1.7e308", "-5e-324", "nan", "inf", "-inf", "",
    ].map { .number($0) } + [
      .integer(.max), .integer(.min), .money(.max, .eur), .money(.min, .jpy),
      .percent(Percent(millionths: .max)), .percent(Percent(millionths: .min)), .empty,
      .text("overflow"),
    ]

  @Test(arguments: Chart.Kind.allCases)
  func anyNumbersCanBeDrawn(kind: Chart.Kind) {
    for a in Self.extremes {
      for b in Self.extremes {
        let one = table(kind, [.init("v", "number")], [[a], [b]])
        let two = table(kind, [.init("v", "number"), .init("w", "number")], [[a, b], [b, a]])
        for table in [one, two] {
          let page = table.html
          #expect(!page.contains("nan") || page.contains("<td class=n>nan"), "\(a) \(b)")
          #expect(!page.contains("=\"inf") && page.hasSuffix("</html>\n"))
          #expect(page.utf8.count < 60_000)
        }
      }
    }
  }

  @Test func anAxisHasFewMarksAndEndsBeyondAllValues() {
    for most in [1e-299, 3e-9, 0.7, 1, 2, 5, 9.99, 10, 12_345, 1e15, 1e23, 8.1e300, 1.2e301] {
      let scale = ChartSVG.Scale(most)
      #expect((2...12).contains(scale.marks.count), "\(most): \(scale.marks)")
      #expect(scale.end >= most && scale.end <= most * 2.01, "\(most): \(scale.end)")
    }
    for most in [0, -1, Double.leastNonzeroMagnitude, .infinity, .nan, 1.7e308] {
      #expect(ChartSVG.Scale(most).marks == [0, 1])
    }
    #expect(
      [0, 0.25, 9999, 12_000, 3_400_000, 1e23, 5e-9].map(ChartSVG.short) == [
        "0", "0.25", "9999", "12k", "3.4M", "1e23", "5e-9",
      ])
    #expect([1.005, -0.5, 1e23, .nan].map(pixels) == ["1", "-0.5", "0", "0"])
  }

  @Test func amountsAndCountsHaveAxesOfTheirOwn() {
    let mixed = table(
      .bar,
      [
        .init("orders", "integer"), .init("revenue", "money"), .init("rate", "percent"),
        .init("visits", "integer"),
      ],
      [[.integer(3), .money(123_456, .eur), .percent(Percent(millionths: 1)), .integer(900)]])
    #expect(mixed.charts.map(\.series) == [[1, 4], [2], [3]])
    let page = mixed.html
    #expect(page.components("<svg") == 3)
    #expect(page.contains(">EUR</text>") && page.contains(">%</text>"))
    // A script may leave the type out: its cells say it.
    let script = table(.line, [.init("n"), .init("sum")], [[.integer(1), .money(5, .eur)]])
    #expect(script.charts.map(\.series) == [[1], [2]])
  }

  @Test func amountsOfOtherCurrenciesAreSaidToBeLeftOut() {
    let mixed = table(
      .bar, [.init("sum", "money")], [[.money(100, .eur)], [.money(200, .eur)], [.money(3, .jpy)]])
    #expect(mixed.html.contains("amounts in EUR only"))
  }
}

extension String {
  /// How often a text stands in it.
  fileprivate func components(_ part: String) -> Int { split(separator: part).count - 1 }
}
