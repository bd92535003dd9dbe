import CartModel
import CartReports
import Testing

@testable import CartConsole

struct BarTests {
  @Test func barsAreInProportion() {
    #expect(Bars.bar(0, of: 10) == "" && Bars.bar(5, of: 0) == "" && Bars.bar(-1, of: 3) == "")
    #expect(Bars.bar(10, of: 10, width: 4) == "████" && Bars.bar(5, of: 10, width: 4) == "██")
    #expect(Bars.bar(1, of: 1000, width: 4) == "▏" && Bars.bar(3, of: 8, width: 1) == "▍")
    #expect(Bars.bar(.infinity, of: 1, width: 2) == "██")
    #expect(Bars.sparkline([0, 1, 2, 4, 8]) == "▁▁▂▄█" && Bars.sparkline([0, 0]) == "▁▁")
  }

  private func table(_ rows: Int) -> ReportTable {
    var table = ReportTable(
      name: "t", title: "T", asOf: Timestamp(milliseconds: 0),
      columns: [.init("day", "id"), .init("n", "integer"), .init("b", "bar")],
      rows: (0..<rows).map { [.text("d\($0)"), .integer(Int64($0)), .integer(Int64($0 * 2))] })
    table.chart = Chart(.bar, names: 0, series: [1])
    return table
  }

  @Test func aBarStandsWhereThereIsRoom() {
    let wide = Bars.drawn(table(5), in: 80)
    #expect(wide.columns.count == 4 && wide.rows[4][3].text.count == Bars.width)
    #expect(wide.rows[4][2].text == wide.rows[4][3].text && wide.rows[0][2].text == "")
    #expect(Bars.drawn(table(5), in: 20).columns.count == 3)
    #expect(Bars.drawn(table(5), in: 40).rows[4][3].text.count < Bars.width)
    #expect(Bars.drawn(table(0), in: 80).rows.isEmpty)
  }

  @Test func whatFollowsInTimeHasLines() {
    var time = table(5)
    #expect(Bars.lines(time) == nil)
    time.isByTime = true
    #expect(Bars.lines(time) == "n  ▁▂▄▆█\n")
    #expect(Bars.drawn(time, in: 80).columns.count == 3)
  }

  @Test func aChartHasOneCurrencyAndOneRowOfAName() {
    func row(_ day: String, _ count: Int64, _ minor: Int64, _ code: String) -> [ReportTable.Cell] {
      [.text(day), .integer(count), .money(minor, Currency(code: code) ?? .eur)]
    }
    var table = ReportTable(
      name: "t", title: "T", asOf: Timestamp(milliseconds: 0),
      columns: [.init("day", "id"), .init("n", "integer"), .init("sum", "money")],
      rows: [
        row("d1", 1, 100, "EUR"), row("d1", 2, 90_000, "JPY"), row("d2", 4, 300, "EUR"),
        row("d3", 3, 70_000, "JPY"), row("d4", 5, 200, "EUR"),
      ])
    table.chart = Chart(.line, names: 0, series: [1, 2])
    table.isByTime = true
    #expect(table.chartCurrency == .eur)
    #expect(
      table.charted == [
        row("d1", 3, 100, "EUR"), row("d2", 4, 300, "EUR"), [.text("d3"), .integer(3), .empty],
        row("d4", 5, 200, "EUR"),
      ])
    #expect(Bars.lines(table) == "n    ▅▇▅█\nsum  ▃█▁▆\n")
    table.chart = Chart(.bar, names: 0, series: [2])
    table.isByTime = false
    #expect(
      Bars.drawn(table, in: 80).rows.map { $0[3].text.isEmpty } == [
        false, true, false, true, false,
      ])
  }

  @Test func aLayoutFoldsCutsAndLeavesOut() {
    let columns: [ReportTable.Column] = [
      .init("id", "id"), .init("name"), .init("human conversion %", "percent"),
      .init("currency"), .init("ordered value", "money"),
    ]
    func layout(_ limit: Int?) -> String {
      let layout = TableLayout(columns, bodies: [6, 20, 5, 3, 9], limit: limit)
      return layout.shown.map { "\(columns[$0].name) \(layout.widths[$0])" }
        .joined(separator: ", ") + "; \(layout.total)"
    }
    #expect(layout(nil) == "id 6, name 20, human conversion % 18, currency 8, ordered value 13; 73")
    #expect(layout(73) == layout(nil))
    #expect(layout(66) == "id 6, name 20, human conversion % 12, currency 8, ordered value 12; 66")
    #expect(layout(50) == "id 6, name 12, human conversion % 10, currency 5, ordered value 9; 50")
    #expect(layout(43) == "id 6, name 8, human conversion % 10, currency 5, ordered value 9; 42")
    #expect(layout(36) == "id 6, name 9, human conversion % 10, currency 5; 36")
    #expect(layout(20) == "id 6, currency 8; 16")
    #expect(layout(5) == "id 6, currency 3; 10")
    let folded = TableLayout(columns, bodies: [6, 20, 5, 3, 9], limit: 60)
    #expect(
      folded.header(2) == ["human", "conversion", "%"] && folded.header(4) == ["ordered", "value"])
  }
}
