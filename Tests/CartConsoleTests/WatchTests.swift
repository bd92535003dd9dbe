import CartModel
import CartReports
import Testing

@testable import CartConsole

struct WatchTests {
  private func table(_ rows: [(id: String, total: String)]) -> ReportTable {
    ReportTable(
      name: "carts", title: "Carts", asOf: Timestamp(milliseconds: 0),
      columns: [
        .init("#", "integer"), .init("id", "id"), .init("status", "id"), .init("total"),
        .init("idle"),
      ],
      rows: rows.enumerated().map { index, row in
        [
          .integer(Int64(index)), .text(row.id), .text("active"), .text(row.total),
          .text("\(index)s"),
        ]
      })
  }

  @Test func whatIsNewIsLit() {
    var seen = WatchedTable()
    let first = seen.news(table([("a", "1"), ("b", "2"), ("c", "3")]))
    #expect(first.rows.isEmpty && first.cells.isEmpty)
    // Another order, one that is new, one that has another total, one that is gone.
    let second = seen.news(table([("d", "9"), ("b", "2"), ("a", "5")]))
    #expect(second.rows == [0] && second.cells == [2: [3]])
    let third = seen.news(table([("d", "9"), ("b", "2"), ("a", "5")]))
    #expect(third.rows.isEmpty && third.cells.isEmpty)
    // One that comes back is new again.
    #expect(seen.news(table([("c", "3"), ("d", "9")])).rows == [0])
  }

  @Test func rowsAndCellsAreLitInColour() {
    let terminal = Terminal(width: 60, hasColour: true)
    let text = TableText(terminal: terminal, news: ([1], [0: [3]])).text(
      table([("a", "1"), ("b", "2")])
    ) { _ in "" }
    let lines = text.split(separator: "\n")
    #expect(lines[1].contains("\u{1b}[33m") && !lines[1].hasPrefix("\u{1b}"))
    #expect(lines[2].hasPrefix("\u{1b}[32m") && lines[2].hasSuffix("\u{1b}[0m"))
  }
}
