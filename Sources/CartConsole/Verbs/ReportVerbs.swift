import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Reports, and the carts behind their figures.
struct ReportVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let report = Verb(
    "report", "[NAME [WHERE…] since= until= period= by= compare=yes explain=yes]", 0...300,
    options: ["since", "until", "period", "by", "compare", "explain"],
    flags: ["compare", "explain"], kind: .filter, traits: .looks,
    "Shows a report, or the list of reports; compare=yes with the time range before, explain=yes what its "
      + "figures mean.", ReportVerbs.report)

  static let all: [Verb] = [
    report,
    Verb(
      "drill", "N", 1...1, traits: .looks,
      "Opens row N of the last report: the carts behind its figures.", ReportVerbs.drill),
  ]

  private func report(_ call: VerbCall) throws {
    application.beginReading(call.line)
    try report(call.typed, call.options)
  }

  /// Runs a report by its name, or lists them.
  func report(_ words: [TypedWord], _ options: [String: String]) throws {
    let library = ReportLibrary(application)
    guard let name = words.first?.text else {
      let titles = BuiltInReports.titles + library.titles()
      show(
        ReportTable(
          name: "reports", title: "Reports", asOf: handler.now,
          columns: [.init("name"), .init("title")],
          rows: titles.map { [.text($0.name), .text($0.title)] }))
      return
    }
    let table = try library.run(name, words.dropFirst(), options)
    workspace.lastReport = table
    guard options["explain"] == "yes" else {
      show(table)
      for note in table.notes { io.messages("note: " + note) }
      if table.drill != nil, io.ask != nil { io.messages(".drill N opens row N") }
      return
    }
    show(explained(table))
    io.messages("times are of the time zone \(shop.settings.timezone)")
    for note in table.notes { io.messages("note: " + note) }
  }

  /// What each column of a report means.
  private func explained(_ table: ReportTable) -> ReportTable {
    var explained = ReportTable(
      name: table.name, title: table.title, asOf: table.asOf,
      columns: [.init("figure", "id"), .init("means")],
      rows: table.columns.filter { !$0.about.isEmpty }.map { [.text($0.name), .text($0.about)] }
        + table.definitions.map { [.text($0.name), .text($0.about)] })
    explained.scope = table.scope
    return explained
  }

  /// Lists the carts behind a row of the last report, with what each adds to its figures.
  private func drill(_ call: VerbCall) throws {
    application.beginReading(call.line)
    guard let table = workspace.lastReport else {
      throw EngineError(.notFound, "drill: no report was shown yet; see .report")
    }
    guard let drill = table.drill else {
      throw EngineError(
        .refused, "drill: the figures of \(table.name) are no sums over carts; see .report")
    }
    let word = call[0]
    guard let row = Int(word), (1...max(1, drill.rows.count)).contains(row), !drill.rows.isEmpty
    else {
      throw ModelError(
        .malformed, "drill: expected a row from 1 to \(drill.rows.count), got \(quoted(word))")
    }
    let opened = drill.rows[row - 1]
    let cells = table.rows[row - 1]
    guard !opened.carts.isEmpty else {
      throw EngineError(.notFound, "drill: no carts are behind row \(row), \(cells[0].text)")
    }
    let carts = try opened.carts.map { try handler.reader.cart($0) }
    workspace.shown.list(carts)
    let ids = shortened(carts.map { $0?.id ?? "" })
    let columns: [ReportTable.Column] =
      [.init("#", "integer"), .init("id", "id"), .init("status", "id"), .init("shopper")]
      + drill.columns.map { table.columns[$0] }
    let rows = carts.indices.map { index -> [ReportTable.Cell] in
      let cart = carts[index]
      return [
        .integer(Int64(index) + 1), .text(ids[index]),
        .text(cart?.status(at: table.asOf, handler.settings).rawValue ?? ""),
        .text(cart?.shopper.who ?? ""),
      ]
        + table.cells(behind: row - 1, cart: index)
    }
    var page = ReportTable(
      name: "drill", title: "\(table.title): \(cells[0].text)", asOf: table.asOf,
      columns: columns, rows: rows)
    page.scope = table.scope
    // The row's own figures: they are the sums of those above.
    page.totals =
      [.empty, .text(cells[0].text), .empty, .empty] + drill.columns.map { cells[$0] }
    show(page)
    if carts.contains(where: { ($0?.updated).map { $0 > table.asOf } ?? false }) {
      io.messages("some of them changed since the report, \(shop.zone.text(table.asOf))")
    }
  }
}
