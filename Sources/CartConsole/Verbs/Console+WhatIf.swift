import CartApplication
import CartModel
import CartSupport

/// A span of time once more, under another rule or policy.
extension Console {
  /// `rules what-if NAME|FILE [since=30d] [version=N|off] [format=]`.
  func whatIf(_ name: String, _ words: [String], _ line: String) throws {
    try RuleStudy(application).begin(line)
    let outer = mode
    defer { mode = outer }
    var whatIf = RuleWhatIf(application)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("since", 2):
        whatIf.since = try FilterParser(zone: shop.zone, now: handler.now).time(parts[1])
      case ("version", 2): whatIf.version = parts[1]
      case ("format", 2):
        mode = try OutputMode(parts[1], for: "rules what-if: format")
      default:
        throw ConsoleError.usage(
          "rules what-if: expected since=, version= and format=, got \(quoted(word))")
      }
    }
    let table = try whatIf.table(name)
    lastReport = table
    show(table)
    for note in table.notes { io.messages("note: " + note) }
  }
}
