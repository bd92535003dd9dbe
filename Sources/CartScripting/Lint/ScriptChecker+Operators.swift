import CartModel
import CartSupport

/// Comparisons that can never be true, and arithmetic that loses cents.
extension ScriptChecker {
  mutating func binary(
    _ line: Int, _ sign: String, _ left: LuaExpression, _ right: LuaExpression
  ) -> ScriptType {
    let here = isAlternative
    isAlternative = sign == "or" || sign == "and" && here
    let (a, b) = (type(of: left), type(of: right))
    isAlternative = here
    if sign == "and" { check(endOf: left) }
    // What `a and b or c` gives is meant as a value.
    if sign == "or" { check(truthOf: left) }
    var result = result(line, sign, left, a, right, b)
    result.isDefault = a.isDefault || b.isDefault
    return result
  }

  private mutating func result(
    _ line: Int, _ sign: String, _ left: LuaExpression, _ a: ScriptType, _ right: LuaExpression,
    _ b: ScriptType
  ) -> ScriptType {
    let isDefault = a.isDefault || b.isDefault
    switch sign {
    case "==", "~=":
      settle(line, left)
      settle(line, right)
      if let words = difference(left, a, right, b) ?? difference(right, b, left, a) {
        // A test for nil does no harm where something else decides.
        let isHarmless =
          (a.base == .nil || b.base == .nil) && (sign == "~=" || isAlternative)
        say(
          line, words + (sign == "==" ? "" : " (~= is always true)"),
          isWarning: isDefault || isHarmless)
      }
      return ScriptType(base: .boolean)
    case "<", ">", "<=", ">=":
      if let words = disorder(a, b) ?? disorder(b, a) ?? undecimal(a, b) ?? undecimal(b, a) {
        say(line, words, isWarning: isDefault)
      }
      return ScriptType(base: .boolean)
    case "and", "or":
      guard a.base == b.base, sign == "or" || !a.isOptional else { return .unknown }
      var type = ScriptType(base: a.base)
      type.isOptional = a.isOptional && b.isOptional
      return type
    case "..":
      for (side, type) in [(left, a), (right, b)] { checkJoined(line, side, type) }
      return ScriptType(base: .text)
    case "+", "-", "*", "/", "//", "%", "^":
      for side in [a, b] where side.base == .text && !side.field.isEmpty {
        say(
          line,
          "\(side.field) is a text; '\(sign)' on it makes a float, which is not exact; "
            + (side.field.hasSuffix("price")
              ? "use line.unit_price and its :percent(n), or line.total" : "use tonumber(…)"))
      }
      if a.base == .object(.money) || b.base == .object(.money) {
        if let words = inexact(sign, left, a, right, b) { say(line, words, isWarning: isDefault) }
        return sign == "/" ? ScriptType(base: .unknown) : ScriptType(base: .object(.money))
      }
      if a.base == .object(.price) || b.base == .object(.price) {
        for side in [left, right] {
          guard case .number(let digits) = side.kind, digits.contains("."), sign == "*" else {
            continue
          }
          say(
            line,
            "a price cannot be multiplied by a float; use :percent(n), which is exact, or a whole number of "
              + "pieces")
        }
        return sign == "*" ? ScriptType(base: .object(.money)) : .unknown
      }
      return a.base == .number && b.base == .number ? ScriptType(base: .number) : .unknown
    default: return .unknown
    }
  }

  /// Why two values are never equal; nil where they may be.
  private func difference(
    _ own: LuaExpression, _ a: ScriptType, _ other: LuaExpression, _ b: ScriptType
  ) -> String? {
    guard a.isKnown, b.isKnown, !a.isOptional || b.base != .nil, !b.isOptional || a.base != .nil
    else { return nil }
    if a.base == b.base {
      guard let text = b.text, !a.field.isEmpty else { return nil }
      return ScriptLiteral.refusal(a.field, text)
    }
    // A table of known keys is a table, too.
    guard a.words != b.words else { return nil }
    let name = a.field.isEmpty ? own.path : a.field
    let otherName = b.field.isEmpty ? other.path : b.field
    // Said once, from the side that is named.
    guard b.base != .object(.money),
      name != nil || a.base == .object(.money) || otherName == nil && isFirst(a.base, b.base)
    else { return nil }
    let what = name ?? "x"
    switch (a.base, b.base) {
    case (.object(.money), .number), (.object(.money), .text):
      return
        "\(name.map { "\($0) is money, which" } ?? "money") is never == \(b.words); write "
        + "\(short(what)):eq(\(literal(other))), or compare with money(\"…\")"
    case (.text, .nil) where !a.field.isEmpty:
      return "\(what) is never nil: what is not known is \"\"; write \(short(what)) == \"\""
    case (_, .text) where a.words == "a list", (_, .nil) where a.words == "a list",
      (_, .number) where a.words == "a list", (.object(.lines), _):
      return "\(what) is a list, never \(b.words); write #\(short(what)) == 0 for an empty one"
    default:
      guard let name else { return "\(a.words) is never equal to \(b.words)" + hint(a, other) }
      return "\(name) is \(a.words), never \(b.words)" + hint(a, other)
    }
  }

  /// Why an amount cannot be compared with a text of the file; nil where it can.
  private func undecimal(_ a: ScriptType, _ b: ScriptType) -> String? {
    guard a.base == .object(.money) || a.base == .object(.price), let text = b.text,
      ScriptGrammar.decimal.problem(text, parser) != nil
    else { return nil }
    return
      "\(a.field.isEmpty ? a.words : a.field): expected a decimal as \"12.99\" to compare with, "
      + "got \(quoted(text))"
  }

  /// Why an amount and what stands beside it have no exact result; nil where they have.
  private func inexact(
    _ sign: String, _ left: LuaExpression, _ a: ScriptType, _ right: LuaExpression, _ b: ScriptType
  ) -> String? {
    let isLeft = a.base == .object(.money)
    let (other, value) = isLeft ? (b, right) : (a, left)
    switch sign {
    case "*" where other.isFloat:
      return "money cannot be multiplied by a float; use :percent(n) or :ratio(n, d), which round"
    case "+" where other.base == .number || other.base == .text,
      "-" where other.base == .number || other.base == .text:
      return "money and \(other.words) cannot be \(sign == "+" ? "added" : "subtracted"); write "
        + "money(\"\(digits(value))\")"
    case "/" where other.base == .number:
      return "money can be divided by money only; use :ratio(1, n), which rounds, or :split(n)"
    default: return nil
    }
  }

  private func digits(_ value: LuaExpression) -> String {
    switch value.kind {
    case .number(let digits): digits
    case .text(let text): text
    default: "12.5"
    }
  }

  private func isFirst(_ a: ScriptType.Base, _ b: ScriptType.Base) -> Bool {
    if case .nil = b { return true }
    return "\(a)" < "\(b)"
  }

  private func hint(_ type: ScriptType, _ other: LuaExpression) -> String {
    switch (type.base, other.kind) {
    case (.text, .number(let digits)): "; write \"\(digits)\" between quotes"
    case (.number, .text(let text)) where Double(text) != nil: "; write \(text) without quotes"
    case (.boolean, .text(let text)) where text == "true" || text == "false":
      "; write \(text) without quotes"
    default: ""
    }
  }

  /// `cart.total` as a script writes it: `c.total`.
  private func short(_ field: String) -> String {
    field.hasPrefix("cart.") ? "c." + field.dropFirst(5) : field.contains(".") ? field : "x"
  }

  private func literal(_ other: LuaExpression) -> String {
    switch other.kind {
    case .number(let digits): digits
    case .text(let text): "\"\(text)\""
    default: "12.5"
    }
  }

  /// Why comparing the order of two values raises; nil where it may not.
  private func disorder(_ a: ScriptType, _ b: ScriptType) -> String? {
    guard a.isKnown, b.isKnown, a.base != b.base, !a.field.isEmpty else { return nil }
    switch (a.base, b.base) {
    case (.object(.money), .number), (.object(.money), .text), (.number, .object(.money)),
      (.text, .object(.money)), (.object(.price), .number), (.object(.price), .text),
      (.number, .object(.price)), (.text, .object(.price)), (.object(.price), .object(.money)),
      (.object(.money), .object(.price)):
      return nil
    case (.object(.lines), .number), (.table, .number):
      return
        "\(a.field) is \(a.words) and cannot be compared with a number; write #\(short(a.field))"
    default: return "\(a.field) is \(a.words) and cannot be compared with \(b.words)"
    }
  }
}
