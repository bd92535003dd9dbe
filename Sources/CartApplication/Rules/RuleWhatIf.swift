import CartEngine
import CartModel
import CartReports
import CartRules
import CartSupport

/// The report of a replayed time range in which another rule or policy is enforced.
public struct RuleWhatIf {
  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var book: RuleBook { application.book }
  private var zone: ZoneRules { application.shop.zone }
  public var since: Timestamp
  /// A version's number, or `off`; the newest version where nil.
  public var version: String?

  /// Replays the last 30 days, unless told otherwise.
  public init(_ application: Application) {
    self.application = application
    since = application.handler.now.advanced(by: -RuleStudy.past.milliseconds)
  }

  /// The figures as they were and as they would have been.
  ///
  /// - Parameter name: of a rule or policy, or the path of a file of them.
  /// - Throws: `notFound`; `usage` for a time range that has not begun; `refused` where the rule fails.
  public func table(_ name: String) throws -> ReportTable {
    guard since < handler.now else {
      throw ApplicationError.usage(
        "rules what-if: since: expected a moment in the past, got \(zone.text(since))")
    }
    let (change, title) = try change(name)
    let result = try book.whatIf(change, since: since)
    var table = try WhatIfReport.table(
      "What if \(title) since \(zone.text(since))", ReportQuery(since: since), handler,
      result.handler, keys: result.keys)
    table.notes += try notes(result)
    return table
  }

  /// What is to be enforced, and in words.
  private func change(_ name: String) throws -> (WhatIf.Change, String) {
    if name.contains("/") || name.hasSuffix(".lua") {
      guard version == nil else {
        throw ApplicationError.usage("rules what-if: version= is of a rule's name, not of a file")
      }
      return (.file(name), "\(name) had been enforced")
    }
    let state = try book.rule(name)
    guard let version else {
      return (
        .version(state.newest), "\(name), version \(state.newest.number), had been enforced"
      )
    }
    if version == "off" { return (.nothing(name), "\(name) had been off") }
    guard let number = Int64(version), let made = state.version(number) else {
      throw EngineError(
        .notFound,
        "rule \(quoted(name)): no version \(quoted(version)); it has 1 … "
          + "\(state.newest.number), or off")
    }
    return (.version(made), "\(name), version \(number), had been enforced")
  }

  private func notes(_ result: WhatIf) throws -> [String] {
    let fates = try result.fates(handler)
    func count(_ number: Int, _ one: String) -> String {
      CountText.count(number, one)
    }
    var notes: [String] = []
    if result.lost.orders + result.lost.changes > 0 {
      notes.append(
        "\(count(result.lost.orders, "order")) and \(count(result.lost.changes, "other act")) of "
          + "shoppers could not happen, as their carts were held or ordered; orders keep "
          + "the lines that they had")
    }
    if fates.released > 0 {
      notes.append(
        "\(CountText.carts(fates.released)) would not have been held; what their shoppers would have "
          + "done is not known, so they count as left where they were")
    }
    if fates.older > 0 {
      notes.append(
        "\(CountText.carts(fates.older)) made before would stand otherwise as well; the figures are of "
          + "those made since")
    }
    for error in result.errors {
      notes.append(
        "\(error.rule) failed on \(CountText.carts(Int(error.carts))), which it let pass: "
          + printable(error.message))
    }
    if let clock = result.clock { notes.append(clock.words) }
    if result.runs > 0 {
      notes.append(
        "policies ran \(count(result.runs, "time"))"
          + (result.usualRuns ? "; without every= each 15 minutes" : ""))
    }
    return notes
  }
}

extension ClockPasses {
  /// What was simulated, for a person.
  public var words: String {
    let name = read.hasPrefix("cart.") ? read.replacing("cart.", with: "c.") : read + "()"
    return "the rule reads the clock (\(name)), so passes every "
      + "\(Span(milliseconds: Backtest.passInterval)) between events were simulated; they found "
      + CountText.carts(found)
      + (isCoarse
        ? ". To save time later passes were up to 1/16 of the time since the event apart; a match "
          + "shorter than that may be missing: begin later with since="
        : "")
  }
}
