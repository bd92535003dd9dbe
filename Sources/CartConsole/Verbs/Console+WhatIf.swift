import CartEngine
import CartModel
import CartReports
import CartRules
import CartSupport

/// A span of time once more, under another rule or policy.
extension Console {
  /// `rules what-if NAME|FILE [since=30d] [version=N|off] [format=]`.
  func whatIf(_ name: String, _ words: [String], _ line: String) throws {
    try refreshRules(line)
    handler.begin(line)
    let outer = mode
    defer { mode = outer }
    var (since, version) = (handler.now.advanced(by: -30 * 86_400_000), String?.none)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("since", 2):
        since = try FilterParser(zone: shop.zone, now: handler.now).time(parts[1])
      case ("version", 2): version = parts[1]
      case ("format", 2):
        mode = try OutputMode(parts[1], for: "rules what-if: format")
      default:
        throw ConsoleError.usage(
          "rules what-if: expected since=, version= and format=, got \(quoted(word))")
      }
    }
    guard since < handler.now else {
      throw ConsoleError.usage(
        "rules what-if: since: expected a moment in the past, got \(shop.zone.text(since))")
    }
    let (change, title) = try change(name, version)
    let result = try book.whatIf(change, since: since)
    var table = try WhatIfReport.table(
      "What if \(title) since \(shop.zone.text(since))", ReportQuery(since: since), handler,
      result.handler, keys: result.keys)
    table.notes += try notes(result)
    lastReport = table
    show(table)
    for note in table.notes { io.messages("note: " + note) }
  }

  /// What is to be enforced, and in words.
  private func change(_ name: String, _ version: String?) throws -> (WhatIf.Change, String) {
    if name.contains("/") || name.hasSuffix(".lua") {
      guard version == nil else {
        throw ConsoleError.usage("rules what-if: version= is of a rule's name, not of a file")
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
      "\(Self.grouped(number)) \(one)\(number == 1 ? "" : "s")"
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
        "\(Self.carts(fates.released)) would not have been held; what their shoppers would have "
          + "done is not known, so they count as left where they were")
    }
    if fates.older > 0 {
      notes.append(
        "\(Self.carts(fates.older)) made before would stand otherwise as well; the figures are of "
          + "those made since")
    }
    for error in result.errors {
      notes.append(
        "\(error.rule) failed on \(Self.carts(Int(error.carts))), which it let pass: "
          + printable(error.message))
    }
    if let read = result.clockRead {
      notes.append(
        Self.words(read, isCoarse: result.passesAreCoarse, found: result.foundByPasses))
    }
    if result.runs > 0 {
      notes.append(
        "policies ran \(count(result.runs, "time"))"
          + (result.usualRuns ? "; without every= each 15 minutes" : ""))
    }
    return notes
  }
}
