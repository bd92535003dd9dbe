import CartModel
import LuaKit

/// A filter's words as a Lua condition over `c`: what was looked for becomes a rule.
public enum FilterCondition {
  /// - Parameters:
  ///   - words: as the filter was typed; how it is ordered and cut does not matter to one cart.
  ///   - parser: checks the words.
  /// - Returns: an expression that is true of an open cart where the filter matches it.
  /// - Throws: `malformed`, also for a filter that no open cart can match.
  public static func lua(_ words: [String], _ parser: FilterParser) throws(ModelError) -> String {
    let all = try parser.parse(words)
    guard all.at == nil else {
      throw ModelError(.malformed, "as rule: a rule judges carts as they are, not at=")
    }
    var parts: [String] = []
    // A filter that names no status means carts that are active or abandoned.
    if !all.namesStatus { parts.append("c.status ~= \"expired\"") }
    for word in words {
      let one = try parser.parse([word])
      guard one.conditions.count + one.words.count == 1 else { continue }
      guard let condition = one.conditions.first, let text = expression(condition) else {
        parts.append("c:matches(\(luaLiteral(word)))")
        continue
      }
      if condition.field == .status { try check(condition) }
      parts.append(text)
    }
    return parts.isEmpty ? "true" : parts.joined(separator: " and ")
  }

  /// A rule judges what is for sale.
  private static func check(_ condition: Filter.Condition) throws(ModelError) {
    let open: [Filter.Operand] = [.status(.active), .status(.abandoned), .status(.expired)]
    guard condition.comparison == .notEqual || condition.operands.contains(where: open.contains)
    else {
      throw ModelError(
        .malformed, "as rule: a rule judges open carts: active, abandoned or expired ones")
    }
  }

  /// The condition in plain Lua; nil where only the filter itself says it exactly.
  private static func expression(_ condition: Filter.Condition) -> String? {
    var parts: [String] = []
    for operand in condition.operands {
      guard let part = expression(condition, operand) else { return nil }
      parts.append(part)
    }
    let any = parts.joined(separator: " or ")
    if condition.comparison == .notEqual { return "not (\(any))" }
    return parts.count == 1 ? any : "(\(any))"
  }

  private static func expression(_ condition: Filter.Condition, _ operand: Filter.Operand)
    -> String?
  {
    let field = "c." + condition.field.rawValue
    let sign: String
    switch condition.comparison {
    case .equal, .notEqual, .like: sign = "=="
    default: sign = condition.comparison.rawValue
    }
    switch (condition.field, operand) {
    case (.status, .status(let status)): return "\(field) == \"\(status.rawValue)\""
    case (.country, .text(let text)) where !text.isEmpty, (.currency, .text(let text)):
      return "\(field) == \(luaLiteral(text))"
    case (.type, .text(let text)) where ["guest", "registered"].contains(text):
      return "c.shopper_type == \(luaLiteral(text))"
    case (.quantity, .number(let number)), (.version, .number(let number)),
      (.customer, .number(let number)):
      return "\(field) \(sign) \(number)"
    case (.lines, .number(let number)): return "#c.lines \(sign) \(number)"
    case (.idle, .number(let milliseconds)) where milliseconds % 1000 == 0:
      return "c.idle \(sign) duration \"\(milliseconds / 1000)s\""
    // Two amounts that are equal are not the same number in Lua.
    case (_, .amount(let amount)) where sign != "==":
      let text = amount.text(.jpy)
      return "\(field) \(sign) \(text.contains(".") ? "\"\(text)\"" : text)"
    default: return nil
    }
  }
}
