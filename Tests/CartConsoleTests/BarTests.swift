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
}
