import CartModel
import LuaKit

/// What may be set in place of a parameter's default: a value of the default's kind, and a text of the
/// form that the default has.
public enum ParameterForm: Equatable, Sendable {
  case number
  case boolean
  /// `15m`.
  case span
  /// `2%`.
  case percent
  /// `12.99`.
  case amount
  /// `2026-11-01`, `14:00`.
  case time
  /// A file of `lists/`.
  case list
  /// Any text.
  case text

  /// - Parameter lists: the files of `lists/`.
  public init(of own: LuaValue, lists: [String]) {
    guard case .string(let text) = own else {
      if case .boolean = own { self = .boolean } else { self = .number }
      return
    }
    let forms: [ParameterForm] = [.span, .percent, .amount, .time, .list]
    let own = forms.first { $0.accepts(text, lists: lists) } ?? .text
    // Digits alone may be an order's number or a postal code.
    self = own == .amount && !text.contains(".") ? .text : own
  }

  /// What was expected instead of a text; nil where it can be set.
  public func refusal(_ text: String, lists: [String]) -> String? {
    guard !accepts(text, lists: lists) else { return nil }
    switch self {
    case .number: return "a number"
    case .boolean: return "true or false"
    case .span: return "a duration as \"15m\""
    case .percent: return "a share as \"2%\""
    case .amount: return "an amount as \"12.99\""
    case .time: return "a time as \"2026-11-01 14:00\""
    case .list:
      return "a file of lists/ (\(lists.sorted().joined(separator: ", ")))"
    case .text: return nil
    }
  }

  private func accepts(_ text: String, lists: [String]) -> Bool {
    switch self {
    case .number: Double(text)?.isFinite == true
    case .boolean: text == "true" || text == "false"
    case .span: (try? Span(text)) != nil
    case .percent: text.hasSuffix("%") && (try? Percent(text.dropLast())) != nil
    case .amount: ScriptGrammar.amount.problem(text, Self.parser) == nil
    case .time:
      text.contains { "-:.".contains($0) } && text.first?.isNumber == true
        && ScriptGrammar.time.problem(text, Self.parser) == nil
    case .list: lists.contains(text)
    case .text: true
    }
  }

  /// What is right does not depend on the zone and the time.
  private static var parser: FilterParser {
    FilterParser(zone: .utc, now: Timestamp(milliseconds: 1_700_000_000_000))
  }
}
