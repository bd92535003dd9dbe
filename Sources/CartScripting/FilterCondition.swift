import CartModel
import LuaKit

/// A filter as a Lua condition over `c`: what was looked for becomes a rule.
public enum FilterCondition {
  /// - Parameter filter: how it is ordered and cut does not matter to one cart.
  /// - Returns: an expression that is true of an open cart where the filter matches it.
  /// - Throws: `malformed`, also for a filter that no open cart can match.
  public static func lua(_ filter: Filter) throws(ModelError) -> String {
    guard filter.at == nil else {
      throw ModelError(.malformed, "as rule: a rule judges carts as they are, not at=")
    }
    var parts: [Filter.Expression] = [filter.expression]
    if case .all(let own) = filter.expression { parts = own }
    for case .test(let test) in parts where test.field == .status { try check(test) }
    // A filter that names no status means carts that are active or abandoned.
    let status = filter.namesStatus ? [] : ["c.status ~= \"expired\""]
    let texts = status + parts.filter { $0 != .anyStatus }.map { text($0, isInner: false) }
    return texts.isEmpty ? "true" : texts.joined(separator: " and ")
  }

  /// A rule judges what is for sale.
  private static func check(_ condition: Filter.Condition) throws(ModelError) {
    let open: [Filter.Operand] = [
      .status(.active), .status(.abandoned), .status(.expired), .anyStatus,
    ]
    guard condition.comparison == .notEqual || condition.operands.contains(where: open.contains)
    else {
      throw ModelError(
        .malformed, "as rule: a rule judges open carts: active, abandoned or expired ones")
    }
  }

  /// - Parameter isInner: whether it stands in another, so that several need parentheses.
  private static func text(_ expression: Filter.Expression, isInner: Bool) -> String {
    switch expression {
    case .all(let parts):
      let all = parts.map { text($0, isInner: true) }.joined(separator: " and ")
      return isInner ? "(\(all))" : all
    case .any(let parts):
      return "(" + parts.map { text($0, isInner: true) }.joined(separator: " or ") + ")"
    case .not(let part): return "not (" + text(part, isInner: false) + ")"
    case .test(let test): return plain(test) ?? "c:matches(\(luaLiteral(test.text)))"
    case .word: return "c:matches(\(luaLiteral(expression.text)))"
    }
  }

  /// The condition in plain Lua; nil where only the filter itself says it exactly.
  private static func plain(_ condition: Filter.Condition) -> String? {
    var parts: [String] = []
    for operand in condition.operands {
      guard let part = plain(condition, operand) else { return nil }
      parts.append(part)
    }
    let any = parts.joined(separator: " or ")
    if condition.comparison == .notEqual { return "not (\(any))" }
    return parts.count == 1 ? any : "(\(any))"
  }

  private static func plain(_ condition: Filter.Condition, _ operand: Filter.Operand)
    -> String?
  {
    let field = "c." + condition.field.name
    let sign: String
    switch condition.comparison {
    case .equal, .notEqual, .like: sign = "=="
    case .less, .lessOrEqual, .greater, .greaterOrEqual: sign = condition.comparison.rawValue
    }
    switch (condition.field, operand) {
    case (.status, .status(let status)): return "\(field) == \"\(status.rawValue)\""
    case (.status, .anyStatus): return "true"
    case (.country, .text(let text)) where !text.isEmpty, (.currency, .text(let text)),
      (.shopperType, .text(let text)) where !text.isEmpty:
      return "\(field) == \(luaLiteral(text))"
    case (.quantity, .number(let number)), (.version, .number(let number)),
      (.customer, .number(let number)):
      return "\(field) \(sign) \(number)"
    case (.lines, .number(let number)): return "#c.lines \(sign) \(number)"
    case (.idle, .span(let milliseconds)) where milliseconds % 1000 == 0:
      return "c.idle \(sign) duration \"\(milliseconds / 1000)s\""
    // Two amounts that are equal are not the same number in Lua; an order's may be missing.
    case (_, .amount(let amount)) where sign != "==" && !condition.field.isOptional:
      let text = amount.text(.jpy)
      return "\(field) \(sign) \(text.contains(".") ? "\"\(text)\"" : text)"
    default: return nil
    }
  }
}
