import CartEngine
import CartModel
import CartReports
import CartSupport
import LuaKit

/// How a text that a function takes is read; a running script and the check of its text use the same
/// parsers.
indirect enum ScriptGrammar: Sendable {
  /// Any value.
  case any
  /// A filter as a text or a table, with the options that it may have.
  case filter(Set<FilterOption>)
  /// One to three keys of `c:same`.
  case sharedKeys
  /// `2h`.
  case span
  /// `2026-11-01 14:00`, or a span ago.
  case time
  /// An amount of a currency that only the store knows.
  case amount
  /// A decimal to compare an amount with.
  case decimal
  case percent
  case currency
  case dateFormat
  /// `last-week`, `2026-11`.
  case period
  /// An entry of the blacklist or the allowlist.
  case entry(ListEntry.Kind)
  /// A file of `lists/`, and one of `lib/` without `.lua`.
  case listFile
  case module
  /// A field of carts that can be summed, and one that carts can be grouped by.
  case summed
  case grouped
  /// A table of these keys.
  case record([(key: String, grammar: ScriptGrammar)])

  /// The keys of a record; none of what is no record.
  var keys: [String] {
    if case .record(let keys) = self { keys.map(\.key) } else { [] }
  }

  /// Why a text is none of this grammar; nil where it is one, or where only the shop can say.
  ///
  /// - Parameter parser: stands for the store's; its clock and zone decide nothing here.
  func problem(_ text: String, _ parser: FilterParser) -> String? {
    do {
      switch self {
      case .any, .listFile, .module, .record: break
      case .filter(let options):
        var filter = Filter()
        try parser.add(text, to: &filter)
        try filter.check(options, "filter")
      case .sharedKeys: _ = try SharedKey([text])
      case .span: _ = try Span(text)
      case .time: _ = try parser.time(text)
      // As many decimals as any currency has.
      case .amount:
        if Self.currencies.allSatisfy({ (try? Money(text, $0)) == nil }) {
          return "expected an amount as \"12.99\", got \(quoted(text))"
        }
      case .decimal: _ = try MoneyClass.signed(text)
      case .percent: _ = try Percent(text)
      case .currency: _ = try MoneyClass.currency(text)
      case .dateFormat: try TimeFunctions.check(format: text)
      case .period: _ = try ReportPeriod(text, now: parser.now, .utc)
      case .entry(let kind): _ = try ListEntry.Pattern(typed: text, kind)
      case .summed: _ = try QueryClass.summed(text)
      case .grouped: _ = try CartGroups.field(text)
      }
      return nil
    } catch { return "\(error)" }
  }

  private static let currencies = ["JPY", "EUR", "KWD", "CLF"].compactMap {
    Currency(code: $0)
  }
}
