/// Amounts that are compared with `==`.
extension TokenLint {
  private static let amounts: Set<String> = [
    "total", "subtotal", "discount", "shipping", "tax", "price_amount",
  ]

  /// Where an expression ends that is certainly money: `x.total`, `money("…")`.
  func isMoney(endingAt index: Int) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    if tokens[index].kind == .name, Self.amounts.contains(text(index)) {
      return text(index - 1) == "."
    }
    guard text(index) == ")" else { return false }
    var (depth, at) = (0, index)
    while at >= 0 {
      if text(at) == ")" { depth += 1 }
      if text(at) == "(" { depth -= 1 }
      if depth == 0 { break }
      at -= 1
    }
    return text(at - 1) == "money" && ![".", ":"].contains(text(at - 2))
  }

  /// Whether an expression that ends here is divided by: money / money is a number.
  func isQuotient(endingAt index: Int) -> Bool {
    var (depth, at) = (0, index)
    while at >= 0 {
      if [")", "]", "}"].contains(text(at)) { depth += 1 }
      if ["(", "[", "{"].contains(text(at)) { depth -= 1 }
      if depth < 0 { return false }
      if depth == 0, text(at) == "/" { return true }
      if depth == 0, tokens[at].kind == .keyword || ["=", ",", ";"].contains(text(at)) {
        return false
      }
      at -= 1
    }
    return false
  }

  /// Whether a value is the right side of an operation, as the 2 of `price * 2`; a sign alone is none.
  func isOperand(_ index: Int) -> Bool {
    let sign = text(index - 1)
    guard ["*", "/", "//", "%", "^", "+", "-", ".."].contains(sign) else { return false }
    guard sign == "-", tokens.indices.contains(index - 2) else { return true }
    let before = tokens[index - 2]
    return before.kind == .name || isPlain(index - 2) || [")", "]"].contains(before.text)
  }

  mutating func money() {
    for index in tokens.indices where text(index) == "==" || text(index) == "~=" {
      let minus = text(index + 1) == "-" ? 1 : 0
      let onLeft =
        isMoney(endingAt: index - 1) && isPlain(index + 1 + minus)
        && !isQuotient(endingAt: index - 1)
      let onRight =
        isPlain(index - 1) && !isOperand(index - 1)
        && (chain(from: index + 1).map { isMoney(endingAt: $0) && text($0 + 1) != "/" } == true)
      guard onLeft || onRight else { continue }
      fail(
        index,
        "money \(text(index)) a number or text is always "
          + "\(text(index) == "==" ? "false" : "true"); write x:eq(12.5), or compare with "
          + "money(\"…\")")
    }
  }
}
