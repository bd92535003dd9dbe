import CartEngine
import CartModel
import CartReports
import CartSupport
import CartTesting
import Glibc
import Testing

struct ReportPageTests {
  /// Hostile, long and right-to-left names; the page is whole, loads nothing, and is the same twice.
  @Test func thePageHoldsNothingThatActs() throws {
    let names = [
      "</script><script>document.title='pwned'</script>", "<img src=x onerror=alert(1)>",
      String(repeating: "long ", count: 60), "שלום עולם", "\u{202e}evil", "a & b \"c\"",
    ]
    var table = ReportTable(
      name: "x", title: "Names <b>", asOf: TestShop.start,
      columns: [
        .init("name", "text", "what <i>it</i> is"), .init("pieces", "integer"),
        .init("value", "money"),
      ],
      rows: names.enumerated().map {
        [
          .text($0.element), .integer(Int64($0.offset)),
          .money(Money(minor: 1234, Currency(code: "KWD") ?? .eur)),
        ]
      }, totals: [.text("all"), .integer(15), .empty])
    table.notes = ["<u>"]
    for kind in Chart.Kind.allCases {
      table.chart = Chart(kind, names: 0, series: [1, 2])
      let page = ReportPage(table, cart: { _ in ["<x>", "", ""] }) { $0.description }
      let html = page.html
      #expect(html == page.html)
      #expect(html.components("<script") == 2 && html.components("</script>") == 2)
      for words in [
        "<img", "onerror=alert(1)>", "<b>", "<u>", "<i>", "http:", "https:", "url(h", "\u{202e}",
        "@import",
      ] {
        #expect(!html.contains(words), "\(kind): \(words)")
      }
      #expect(html.contains("1.234") && html.contains("שלום עולם") && html.contains("<svg"))
    }
    for rows in [0, 1] {
      table.rows = Array(table.rows.prefix(rows))
      for kind in Chart.Kind.allCases {
        table.chart = Chart(kind, names: 0, series: [1, 2])
        let html = ReportPage(table) { $0.description }.html
        #expect(!html.contains("nan") && !html.contains("inf") && html.contains("</html>"))
      }
    }
  }

  /// What a browser makes of it, where one is installed.
  @Test func aBrowserShowsWhatTheTableSays() throws {
    let browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    guard let browser = browsers.first(where: Files.exists) else { return }
    let test = try TestShop.practice(carts: 60, seed: 8)
    let handler = test.handler()
    _ = handler.begin("report")
    let table = try #require(try BuiltInReports.run("countries", ReportQuery(), handler))
    let path = test.folder.file("report.html")
    test.folder.write("report.html", ReportPage(table) { $0.description }.html)
    let (dom, picture) = (test.folder.file("dom.html"), test.folder.file("report.png"))
    let flags = "--headless --no-sandbox --disable-gpu --user-data-dir='\(test.folder.file("b"))'"
    let code = system(
      "'\(browser)' \(flags) --dump-dom 'file://\(path)' > '\(dom)' 2>/dev/null && "
        + "'\(browser)' \(flags) --screenshot='\(picture)' 'file://\(path)' 2>/dev/null")
    guard code == 0 else { return }
    let shown = test.folder.read("dom.html")
    for row in table.rows {
      let cells = zip(table.columns, row).map { column, cell in
        "<td\(column.isNumeric ? " class=\"n\"" : "")>\(cell.text)</td>"
      }
      #expect(shown.contains(cells.joined()), "\(cells)")
    }
    #expect(try Files.read(picture).count > 5_000)
  }

  @Test func formatsEscapeWhatStrangersTyped() {
    let table = ReportTable(
      name: "x", title: "<b>", asOf: TestShop.start,
      columns: [.init("name"), .init("n", "integer"), .init("m", "money")],
      rows: [
        [.text("\"><script>\u{1b}[2J"), .integer(3), .money(Money(minor: 1250, .eur))],
        [.text("=1+1"), .empty, .number("0.5")],
      ], totals: [.text("all"), .integer(3), .empty])
    #expect(table.csv == "name,n,m\r\n\"\"\"><script>\u{1b}[2J\",3,12.50\r\n'=1+1,,0.5\r\n")
    #expect(
      table.csvForTerminal
        == "name,n,m\r\n\"\"\"><script>\\x1b[2J\",3,12.50\r\n'=1+1,,0.5\r\n")
    #expect(
      table.json == """
        {"report":"x","shop":"","as_of":"2026-11-01T08:00:00.000Z","since":null,"until":null,\
        "filters":[],"columns":[{"name":"name","type":"text"},\
        {"name":"n","type":"integer"},{"name":"m","type":"money"}],\
        "rows":[["\\">\\u003cscript>\\u001b[2J",3,"12.50"],["=1+1",null,0.5]],\
        "totals":["all",3,null]}

        """)
    #expect(table.html.contains("<td>&quot;&gt;&lt;script&gt;\\x1b[2J</td>"))
    #expect(table.html.contains("<h1>&lt;b&gt;</h1>"))
    #expect(!table.html.contains("\u{1b}"))
  }
}

extension String {
  /// How many pieces a text cuts it into.
  fileprivate func components(_ mark: String) -> Int { ranges(of: mark).count + 1 }
}
