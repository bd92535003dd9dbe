import CartEngine
import CartModel
import CartReports
import CartScripting
import CartSupport

/// All reports of an open home: ours, the session's, and those of the rule files.
public struct ReportLibrary {
  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var zone: ZoneRules { application.shop.zone }

  public init(_ application: Application) { self.application = application }

  /// Runs a report over the carts as the run under way sees them.
  ///
  /// - Parameters:
  ///   - words: which carts.
  ///   - options: `since`, `until`, `period`, `by`, `compare`.
  /// - Throws: `notFound` for an unknown report; `usage` for options that do not fit.
  public func run(
    _ name: String, _ words: some Sequence<TypedWord>, _ options: [String: String]
  ) throws -> ReportTable {
    try Timeout(application.home).run { try table(name, Array(words), options) }
  }

  private func table(_ name: String, _ words: [TypedWord], _ options: [String: String]) throws
    -> ReportTable
  {
    let parser = FilterParser(zone: zone, now: handler.now)
    var query = ReportQuery(by: options["by"] ?? "")
    query.filter = try parser.parse(words)
    try query.filter.check([.limit, .at], "report \(name)")
    try application.say(missingIn: query.filter)
    query.since = try moment("since", options, parser)
    query.until = try moment("until", options, parser)
    if let name = options["period"] {
      guard query.since == nil, query.until == nil else {
        throw ApplicationError.usage("report: period= says since and until; leave them out")
      }
      query.use(try ReportPeriod(name, now: handler.now, zone))
    }
    return try handler.reader.at(query.filter.at?.start ?? handler.reader.moment) {
      let table = try run(name, query)
      guard let compare = options["compare"] else { return table }
      guard compare == "yes" else {
        throw ApplicationError.usage("report: compare: expected yes, got \(quoted(compare))")
      }
      guard query.since != nil else {
        throw ApplicationError.usage("report: compare= needs a span: since= or period=")
      }
      guard !table.comparable.isEmpty else {
        throw ApplicationError.usage("report: \(name) has no figures of a span to compare")
      }
      return try query.compared(table, handler) { try run(name, $0) }
    }
  }

  /// - Throws: for the name of a span, what takes it.
  private func moment(_ name: String, _ options: [String: String], _ parser: FilterParser) throws
    -> Timestamp?
  {
    guard let text = options[name] else { return nil }
    do throws(ModelError) { return try parser.time(text) } catch {
      guard (try? ReportPeriod(text, now: handler.now, zone)) != nil else {
        throw error
      }
      throw ApplicationError.usage(
        "report: \(name): expected a moment, got \(quoted(text)); period=\(text) says both since "
          + "and until")
    }
  }

  private func run(_ name: String, _ query: ReportQuery) throws -> ReportTable {
    if let table = try BuiltInReports.run(name, query, handler) { return table }
    if application.session.reports[name] != nil {
      return try application.session.report(name, query)
    }
    for (session, run) in sessions() where session.reports[name] != nil {
      return try session.handler.reader.at(handler.reader.moment) {
        try session.working(in: run) { try session.report(name, query) }
      }
    }
    let known = BuiltInReports.titles.map(\.name) + titles().map(\.name)
    let hint = didYouMean(name, among: known)
    throw EngineError(
      .notFound,
      "no report is called \(quoted(name))"
        + (hint.isEmpty ? "; the reports are \(known.joined(separator: ", "))" : hint))
  }

  /// Names and titles of what scripts define.
  public func titles() -> [(name: String, title: String)] {
    var titles: [String: String] = [:]
    for report in application.session.reports.values { titles[report.name] = report.title }
    for (session, _) in sessions() {
      for report in session.reports.values { titles[report.name] = report.title }
    }
    return titles.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// A sealed session for each rule file, with a run of its own; one that fails is named and left out.
  private func sessions() -> [(session: ScriptSession, run: Run)] {
    let folder = application.home.rulesFolder
    return Files.list(folder).filter { $0.hasSuffix(".lua") }.compactMap { name in
      do {
        // A rule file sees carts and changes none: what it does to them is thrown away.
        let handler = CommandHandler(
          application.shop, mode: .sandbox, actor: try application.home.actor())
        let run = handler.begin("reports")
        let session = try ScriptSession(handler, profile: .rule, seed: 0, capacity: .report) {
          application.messages(printable($0))
        }
        session.libraryFolder = folder + "/lib"
        session.limit(.report)
        let text = try Files.text(folder + "/" + name)
        _ = try session.working(in: run) { try session.run(text, name: "@" + name) }
        return (session, run)
      } catch {
        application.messages("warning: \(name): \(ApplicationError(error).message)")
        return nil
      }
    }
  }
}

extension Application {
  /// Says which attributes and options of a filter no cart has.
  public func say(missingIn filter: Filter) throws {
    for field in try handler.reader.missing(in: filter) {
      messages("note: no cart has \(printable(field.name))")
    }
  }
}
