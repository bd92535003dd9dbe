import CartModel
import LuaKit

/// Reads the tables and texts of `carts{…}` and `c:matches{…}`.
struct ScriptFilter {
  /// The function, for messages.
  let name: String
  let parser: FilterParser
  private(set) var filter = Filter()

  init(_ name: String, _ parser: FilterParser) { (self.name, self.parser) = (name, parser) }

  /// Adds an entry of a table: a text, or a field with a value or a list of values.
  ///
  /// - Parameter read: reads a text by itself; what it gives is required as well.
  mutating func add(
    _ pair: LuaValue.Pair, text read: (String, inout Filter) throws -> Void
  ) throws {
    switch (pair.key, pair.value) {
    case (.integer, .string(let word)): try read(word, &filter)
    case (.string(let name), .table):
      let values = try pair.value.items.map { try operand(name, $0) }
      try parser.add(name, values, to: &filter)
    case (.string(let name), let value):
      try parser.add(name, try operand(name, value), to: &filter)
    default:
      throw LuaRaise(
        "\(name): expected texts and field = value, got \(ScriptSession.kind(pair.value))")
    }
  }

  mutating func add(_ word: String, text read: (String, inout Filter) throws -> Void) throws {
    try read(word, &filter)
  }

  /// - Throws: for too many tests, and options that have no effect here.
  func checked(_ options: Set<FilterOption>) throws -> Filter {
    try parser.checkSize(filter)
    try filter.check(options, name)
    return filter
  }

  private func operand(_ field: String, _ value: LuaValue) throws -> String {
    switch value {
    case .string(let text): return text
    case .integer(let number):
      switch field {
      case "since", "until", "created", "updated", "at":
        return try ScriptSession.timestamp(value, field).description
      case "min_idle", "idle": return "\(number)s"
      default: return String(number)
      }
    case .number(let number):
      switch field {
      case "since", "until", "created", "updated", "at":
        return try ScriptSession.timestamp(value, field).description
      case "min_idle", "idle":
        guard number >= 0, number < 1e12 else {
          throw LuaRaise("\(name): \(field): expected seconds, got \(number)")
        }
        return "\(Int64(number.rounded()))s"
      default: return LuaValue.decimalText(number)
      }
    case .boolean(let flag): return flag ? "true" : "false"
    case .object(let object) where object.classID == ScriptClassID.money.rawValue:
      return try ScriptSession.money(object).description
    default:
      throw LuaRaise(
        "\(name): \(field): expected a text or number, got \(ScriptSession.kind(value))")
    }
  }
}
