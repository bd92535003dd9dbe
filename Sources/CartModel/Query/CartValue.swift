/// What a cart says for one of its fields.
public enum CartValue: Equatable, Sendable {
  /// Empty for what is not known.
  case text(String)
  /// Of several lines, coupons or rules; empty for none.
  case texts([String])
  case number(Int64)
  /// Nil for what is not known, or a sum out of range.
  case amount(Money?)
  case time(Timestamp)
  /// Milliseconds.
  case span(Int64)
  case status(Status)
  case flag(Bool)

  /// As a cell of a table or a file shows it; several are joined by blanks.
  public var description: String {
    switch self {
    case .text(let text): text
    case .texts(let list): list.joined(separator: " ")
    case .number(let number): String(number)
    case .amount(let money): money?.description ?? ""
    case .time(let time): time.description
    case .span(let milliseconds): Span(milliseconds: milliseconds).description
    case .status(let status): status.rawValue
    case .flag(let flag): flag ? "true" : "false"
    }
  }

  /// Whether nothing is known.
  public var isUnknown: Bool {
    switch self {
    case .text(let text): text.isEmpty
    case .texts(let list): list.isEmpty
    case .amount(let money): money == nil
    case .number, .time, .span, .status, .flag: false
    }
  }

  /// Whether a person may have typed it.
  public var isTyped: Bool {
    switch self {
    case .text, .texts: true
    case .number, .amount, .time, .span, .status, .flag: false
    }
  }

  /// Each of its texts, for groups; one empty text for what is not known.
  public var groups: [String] {
    if case .texts(let list) = self { return list.isEmpty ? [""] : list }
    return [description]
  }
}
