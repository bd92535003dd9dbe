import CartEngine
import CartModel
import CartReports
import CartSupport
import LuaKit

/// A report that a script defined.
public struct ScriptReport: Sendable {
  public let name: String
  public let title: String
  let run: LuaFunction
}

extension ScriptSession {
  /// How many reports may run one within the other.
  private static let mostReports = 16

  /// Runs a report, one of ours or one that a script defined.
  ///
  /// - Throws: `EngineError` with a suggestion for a name that does not exist, `LuaRaise`.
  public func report(_ name: String, _ query: ReportQuery) throws -> ReportTable {
    if let table = try BuiltInReports.run(name, query, handler) { return table }
    guard let report = reports[name] else {
      let known = BuiltInReports.titles.map(\.name) + reports.keys.sorted()
      throw EngineError(
        .notFound, "no report is called \(quoted(name))\(didYouMean(name, among: known))")
    }
    let q = LuaValue.record([
      ("since", query.since.map(Self.seconds) ?? .nil),
      ("until", Self.seconds(query.until ?? handler.now)), ("by", .string(query.by)),
      ("where", .list(query.filter.texts.map { .string($0) })),
    ])
    reportNames.append(name)
    defer { reportNames.removeLast() }
    guard reportNames.count <= Self.mostReports else {
      let first = reportNames.prefix(3).map { quoted($0) }.joined(separator: " runs ")
      throw EngineError(
        .refused,
        "reports run within reports: \(first) … \(reportNames.count - 3) more; expected at most "
          + "\(Self.mostReports)")
    }
    let results: [LuaValue]
    do throws(ScriptError) { results = try callFresh(report.run, [q], .report, record: "q") } catch
    {
      // Its place is in the message already.
      guard error.code == .failed else { throw error }
      throw LuaRaise(error.message, positioned: false)
    }
    var table = try table(report, results.first ?? .nil)
    table.scope = query.scope(handler)
    return table
  }

  /// Checks what a report's function returned.
  private func table(_ report: ScriptReport, _ value: LuaValue) throws -> ReportTable {
    let what = "report \(quoted(report.name))"
    guard case .table = value, let columns = value["columns"], let rows = value["rows"] else {
      throw EngineError(
        .malformed, "\(what): expected {columns={…}, rows={…}}, got \(kind(value))")
    }
    let types = ["text", "id", "integer", "number", "money", "percent", "time", "bar"]
    var table = ReportTable(
      name: report.name, title: report.title, asOf: handler.now, columns: [], rows: [])
    for column in columns.items {
      switch column {
      case .string(let name): table.columns.append(.init(name))
      default:
        guard case .string(let name)? = column["name"] else {
          throw EngineError(.malformed, "\(what): a column needs a name")
        }
        var type = "text"
        if case .string(let given)? = column["type"] { type = given }
        var about = ""
        if case .string(let given)? = column["about"] { about = given }
        guard types.contains(type) else {
          throw EngineError(
            .malformed,
            "\(what): column \(quoted(name)): expected a type of \(types.joined(separator: ", ")), "
              + "got \(quoted(type))")
        }
        table.columns.append(.init(name, type, about))
      }
    }
    var drill = Drill(columns: [], rows: [])
    for row in rows.items {
      table.rows.append(try cells(row, table, what))
      drill.rows.append(DrillRow(carts: try carts(of: row, what)))
    }
    if drill.rows.contains(where: { !$0.carts.isEmpty }) { table.drill = drill }
    if let totals = value["totals"], case .table(let pairs) = totals, !pairs.isEmpty {
      table.totals = try cells(totals, table, what)
    }
    if let chart = value["chart"] { table.chart = try self.chart(chart, table, what) }
    return table
  }

  /// `{type = "bar", x = "column", y = {"column", …}}`.
  private func chart(_ value: LuaValue, _ table: ReportTable, _ what: String) throws -> Chart {
    func column(_ value: LuaValue?, _ key: String) throws -> Int {
      let names = table.columns.map(\.name)
      guard case .string(let name)? = value, let index = names.firstIndex(of: name) else {
        var given = ""
        if case .string(let text)? = value { given = text }
        throw EngineError(
          .malformed,
          "\(what): chart: \(key): expected a column, one of \(names.joined(separator: ", ")), got "
            + (given.isEmpty
              ? kind(value ?? .nil) : quoted(given) + didYouMean(given, among: names)))
      }
      return index
    }
    guard case .table(let pairs) = value else {
      throw EngineError(.malformed, "\(what): chart: expected a table, got \(kind(value))")
    }
    for pair in pairs {
      guard case .string(let key) = pair.key, ["type", "x", "y"].contains(key) else {
        throw EngineError(
          .malformed,
          "\(what): chart: no key \(quoted(text(pair.key)))"
            + didYouMean(text(pair.key), among: ["type", "x", "y"]))
      }
    }
    let kinds = Chart.Kind.allCases.map(\.rawValue)
    guard case .string(let name)? = value["type"], let kind = Chart.Kind(rawValue: name) else {
      throw EngineError(
        .malformed, "\(what): chart: type: expected one of \(kinds.joined(separator: ", "))")
    }
    var series: [Int] = []
    if case .string? = value["y"] {
      series = [try column(value["y"], "y")]
    } else {
      for item in (value["y"] ?? .nil).items { series.append(try column(item, "y")) }
    }
    guard !series.isEmpty, series.count <= 12 else {
      throw EngineError(.malformed, "\(what): chart: y: expected 1 to 12 columns")
    }
    return Chart(kind, names: try column(value["x"], "x"), series: series)
  }

  /// The carts behind a row: `carts = {…}` in it, carts or their ids.
  private func carts(of row: LuaValue, _ what: String) throws -> [Int64] {
    guard case .table(let pairs) = row else { return [] }
    for pair in pairs {
      guard case .string(let key) = pair.key, key != "carts" else { continue }
      throw EngineError(
        .malformed,
        "\(what): a row: no key \(quoted(key)); expected its cells, and carts = {…} behind them")
    }
    return try (row["carts"] ?? .nil).items.map { item in
      switch item {
      case .string(let id): return try handler.reader.find(id)
      case .object(let object) where object.classID == ScriptClassID.cart.rawValue:
        return try cart(object.word).key
      default:
        throw EngineError(
          .malformed, "\(what): carts: expected carts or their ids, got \(kind(item))")
      }
    }
  }

  private func cells(_ row: LuaValue, _ table: ReportTable, _ what: String) throws
    -> [ReportTable.Cell]
  {
    guard case .table(let pairs) = row else {
      throw EngineError(.malformed, "\(what): a row: expected a table, got \(kind(row))")
    }
    return try table.columns.indices.map { index in
      let value = pairs.first { $0.key == .integer(Int64(index) + 1) }?.value ?? .nil
      switch value {
      case .nil: return .empty
      case .integer(let number) where table.columns[index].type == "time":
        return .time(try timestamp(.integer(number), what))
      case .number where table.columns[index].type == "time":
        return .time(try timestamp(value, what))
      case .integer(let number): return .integer(number)
      case .number(let number) where number.isFinite:
        let text = number.description
        return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
      case .string(let text): return .text(text)
      case .boolean(let flag): return .text(flag ? "yes" : "no")
      case .object(let object) where object.classID == ScriptClassID.money.rawValue:
        return .money(try money(object))
      case .object(let object): return .text(text(object))
      default:
        throw EngineError(
          .malformed,
          "\(what): column \(quoted(table.columns[index].name)): expected a value, got "
            + kind(value))
      }
    }
  }

  /// A report as a script sees it.
  func value(_ table: ReportTable) -> LuaValue {
    func cell(_ cell: ReportTable.Cell) -> LuaValue {
      switch cell {
      case .empty: .string("")
      case .text(let text), .number(let text): .string(text)
      case .integer(let number): .integer(number)
      case .money(let money): object(money)
      case .percent(let percent): .string(percent.description)
      case .time(let time): Self.seconds(time)
      }
    }
    return .record([
      (
        "columns",
        .list(
          table.columns.map {
            .record([("name", .string($0.name)), ("type", .string($0.type))])
          })
      ),
      ("rows", .list(table.rows.map { .list($0.map(cell)) })),
      ("totals", .list(table.totals.map(cell))),
    ])
  }
}
