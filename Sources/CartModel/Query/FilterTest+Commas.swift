import CartSupport

/// Commas separate the values of a test, and stand in amounts of many countries.
extension FilterTest {
  /// - Throws: `malformed` for values that were typed as one amount: `total=5,00`, `total=1,234.56`.
  func checkCommas() throws(ModelError) {
    guard isSplit, values.count > 1 else { return }
    let field = Self.shortcuts[name]?.field ?? name
    let text = values.map(\.text).joined(separator: ",")
    guard let amount = Self.amount(text), let kind = try? CartField.named(field).kind,
      kind == .amount || kind == .number && text.contains(",0") && !amount.contains(".")
    else { return }
    let each = values.map { "\(name)=\($0.text)" }.joined(separator: " or ")
    throw ModelError(
      .malformed,
      "\(name): a comma separates values, so that \(printable(text)) is "
        + values.map { printable($0.text) }.joined(separator: " or ")
        + "; write \(name)=\(amount) for one amount, or (\(printable(each)))")
  }

  /// What a text with commas is as one amount: `5,00`, `1.234,56`, `1,234.56`, `1,000`; nil for what is
  /// none.
  private static func amount(_ text: String) -> String? {
    if text.wholeMatch(of: /\d{1,3}(?:,\d{3})+(?:\.\d+)?/) != nil {
      return text.replacing(",", with: "")
    }
    if text.wholeMatch(of: /\d+,\d{2}|\d{1,3}(?:\.\d{3})+,\d{2}|0,\d+/) != nil {
      return text.replacing(".", with: "").replacing(",", with: ".")
    }
    return nil
  }
}
