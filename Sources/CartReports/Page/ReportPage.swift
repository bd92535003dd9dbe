import CartEngine
import CartModel

/// A report as one HTML file: nothing in it is loaded from elsewhere, and equal reports are equal bytes.
public struct ReportPage {
  let table: ReportTable
  /// Times as the shop's clock shows them.
  let time: (Timestamp) -> String
  /// What is said of a cart in a list behind a row: id, status, shopper.
  var cart: ((Int64) -> [String])?

  /// How many carts are listed behind a row, and in all: the page stays readable.
  private static let most = (row: 200, page: 4_000)
  /// Bytes from which a text wants a column of its own width.
  private static let long = 24

  public init(
    _ table: ReportTable, cart: ((Int64) -> [String])? = nil, time: @escaping (Timestamp) -> String
  ) {
    (self.table, self.time, self.cart) = (table, time, cart)
  }

  public var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>\(escapedHTML(table.title))</title>
    <style>\(Self.style)</style></head><body>
    <h1>\(escapedHTML(table.title))</h1>
    <p class="m0">\(escapedHTML(table.statement(time).joined(separator: ", ")))</p>
    \(charts)\(figures)\(notes)\(definitions)
    <script type="text/javascript">\(Self.script)</script>
    </body></html>

    """
  }

  private var charts: String {
    table.charts.compactMap { ChartSVG(table, $0)?.svg }.joined()
  }

  private func text(_ cell: ReportTable.Cell) -> String {
    if case .time(let at) = cell { return escapedHTML(time(at)) }
    return escapedHTML(cell.text)
  }

  private func row(_ cells: [ReportTable.Cell], _ tag: String) -> String {
    zip(table.columns, cells).map { column, cell in
      let isLong = cell.text.utf8.count > Self.long
      return
        "<\(tag)\(column.isNumeric ? " class=n" : isLong ? " class=x" : "")>\(text(cell))</\(tag)>"
    }.joined()
  }

  private var figures: String {
    var (out, listed) = ("<div class=t><table class=\"sortable\"><thead><tr>", 0)
    for column in table.columns {
      let about = column.about.isEmpty ? "" : " title=\"\(escapedHTML(column.about))\""
      out +=
        "<th scope=col\(column.isNumeric ? " class=n" : "")\(about)>"
        + "<button type=button>\(escapedHTML(column.name))</button></th>"
    }
    out += "</tr></thead><tbody>\n"
    for (index, cells) in table.rows.enumerated() {
      let carts =
        table.drill.map { $0.rows.indices.contains(index) ? $0.rows[index].carts : [] } ?? []
      let opens = cart != nil && !carts.isEmpty && listed < Self.most.page
      out += "<tr\(opens ? " class=o tabindex=0" : "")>\(row(cells, "td"))</tr>\n"
      guard opens else { continue }
      listed += min(carts.count, Self.most.row)
      out +=
        "<tr class=d hidden><td colspan=\(table.columns.count)>\(list(index, carts))</td></tr>\n"
    }
    out += "</tbody>"
    if !table.totals.isEmpty { out += "<tfoot><tr>\(row(table.totals, "td"))</tr></tfoot>" }
    return out + "</table></div>\n"
      + (listed > 0 ? "<p class=m0>A row opens into the carts behind it.</p>\n" : "")
  }

  /// The carts behind a row, with what each adds to its figures.
  private func list(_ index: Int, _ carts: [Int64]) -> String {
    guard let drill = table.drill, let cart else { return "" }
    let columns = drill.columns.map { table.columns[$0] }
    var out =
      "<table><thead><tr><th>cart</th><th>status</th><th>shopper</th>"
      + columns.map { "<th class=n>\(escapedHTML($0.name))</th>" }.joined()
      + "</tr></thead><tbody>\n"
    for (place, key) in carts.prefix(Self.most.row).enumerated() {
      let values = table.cells(behind: index, cart: place).map { "<td class=n>\(text($0))</td>" }
      out +=
        "<tr>" + cart(key).map { "<td>\(escapedHTML($0))</td>" }.joined() + values.joined()
        + "</tr>\n"
    }
    if carts.count > Self.most.row {
      out +=
        "<tr><td colspan=\(columns.count + 3)>and \(carts.count - Self.most.row) more</td></tr>\n"
    }
    return out + "</tbody></table>"
  }

  private var notes: String {
    table.notes.map { "<p class=\"m0\">Note: \(escapedHTML($0)).</p>\n" }.joined()
  }

  private var definitions: String {
    let all =
      table.columns.filter { !$0.about.isEmpty }.map { ($0.name, $0.about) }
      + table.definitions.map { ($0.name, $0.about) }
    guard !all.isEmpty else { return "" }
    return "<details><summary>What the figures mean</summary><dl>\n"
      + all.map { "<dt>\(escapedHTML($0.0))</dt><dd>\(escapedHTML($0.1))</dd>\n" }.joined()
      + "</dl></details>\n"
  }
}

extension ReportPage {
  private static let style = """

    :root { --ink: #222; --paper: #fff; --dim: #666; --line: #ddd; --c0: #2b6cb0; --c1: #c05621; --c2: #2f855a;
      --c3: #6b46c1; --c4: #b83280; --c5: #4a5568 }
    @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #1b1d22; --dim: #999; --line: #3a3d45;
      --c0: #63b3ed; --c1: #f6ad55; --c2: #68d391; --c3: #b794f4; --c4: #f687b3; --c5: #a0aec0 } }
    body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: var(--ink); background: var(--paper) }
    table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .25rem .6rem; text-align: left }
    th { border-bottom: 2px solid var(--dim); vertical-align: bottom } td { border-bottom: 1px solid var(--line); unicode-bidi: isolate }
    .t { overflow-x: auto } td { max-width: 28rem; overflow-wrap: anywhere } td:first-child { min-width: 7rem }
    .x { min-width: 18rem } td.n { white-space: nowrap; overflow-wrap: normal } th button { all: unset; cursor: pointer; font-weight: 600 }
    th button:focus-visible, tr:focus-visible { outline: 2px solid var(--c0) }
    th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
    .n { text-align: right; font-variant-numeric: tabular-nums } .m0 { color: var(--dim); margin: .2rem 0 }
    tfoot td { font-weight: 600; border-top: 2px solid var(--dim) } tr.o { cursor: pointer }
    tr.o > td:first-child::before { content: "▸ " } tr.o.open > td:first-child::before { content: "▾ " }
    figure { margin: 1rem 0; max-width: 60rem } svg { width: 100%; height: auto; overflow: visible }
    .k { font: 11px system-ui, sans-serif; fill: var(--dim) } .f { font: 9px system-ui, sans-serif; fill: var(--ink) }
    .e { text-anchor: end } .m { text-anchor: middle } .d { fill: var(--paper) } .g { stroke: var(--line) }
    .h { fill: var(--c0) } .w { stroke: var(--paper); stroke-width: 1.2; fill: none }
    .c0 { fill: var(--c0) } .c1 { fill: var(--c1) } .c2 { fill: var(--c2) } .c3 { fill: var(--c3) } .c4 { fill: var(--c4) } .c5 { fill: var(--c5) }
    .s0 { fill: url(#t0) } .s1 { fill: url(#t1) } .s2 { fill: url(#t2) } .s3 { fill: url(#t3) } .s4 { fill: url(#t4) } .s5 { fill: url(#t5) }
    .l { fill: none; stroke-width: 2 } .l0, .p0 { stroke: var(--c0) } .l1, .p1 { stroke: var(--c1) } .l2, .p2 { stroke: var(--c2) }
    .l3, .p3 { stroke: var(--c3) } .l1 { stroke-dasharray: 6 3 } .l2 { stroke-dasharray: 2 3 } .l3 { stroke-dasharray: 8 3 2 3 }
    .p0 { fill: var(--c0) } .p1 { fill: var(--c1) } .p2 { fill: var(--c2) } .p3 { fill: var(--c3) }
    dt { font-weight: 600 } dd { margin: 0 0 .4rem 1rem }
    @media print { body { margin: 0; font-size: 11px } .t { overflow: visible } th, td { padding: .15rem .3rem }
      .x { min-width: 9rem } td:first-child { min-width: 4.2rem } tr.o > td:first-child::before { content: "" } button::after { content: "" !important } }

    """

  /// Tables that sort, and rows that open; the page can be read without it.
  private static let script = """

    for (const table of document.querySelectorAll('table.sortable')) {
      const body = table.tBodies[0];
      const open = row => { const next = row.nextElementSibling;
        if (next && next.classList.contains('d')) { next.hidden = !next.hidden; row.classList.toggle('open', !next.hidden) } };
      body.addEventListener('click', event => { const row = event.target.closest('tr.o'); if (row && row.parentNode === body) open(row) });
      body.addEventListener('keydown', event => { if (event.key === 'Enter' && event.target.matches('tr.o')) open(event.target) });
      table.tHead.addEventListener('click', event => {
        const head = event.target.closest('th'); if (!head) return;
        const place = [...head.parentNode.children].indexOf(head), number = head.classList.contains('n');
        const down = head.getAttribute('aria-sort') === (number ? 'descending' : 'ascending');
        for (const other of head.parentNode.children) other.removeAttribute('aria-sort');
        const order = number ? (down ? 1 : -1) : (down ? -1 : 1);
        head.setAttribute('aria-sort', order > 0 ? 'ascending' : 'descending');
        const rows = [...body.rows].filter(row => !row.classList.contains('d'));
        const value = row => { const text = row.cells[place].textContent; return number ? parseFloat(text) : text };
        const missing = value => value === '' || Number.isNaN(value) ? 1 : 0;
        rows.map((row, index) => [value(row), index, row, row.nextElementSibling]).sort((a, b) =>
          (missing(a[0]) - missing(b[0]) || (a[0] < b[0] ? -order : a[0] > b[0] ? order : a[1] - b[1]))).forEach(([, , row, next]) => {
            body.append(row); if (next && next.classList.contains('d')) body.append(next) });
      });
    }

    """
}
