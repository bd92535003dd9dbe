import CartModel
import LuaKit

/// Members of Lua classes that come from the declarations of fields.
extension ScriptField {
  /// - Parameters:
  ///   - setters: what to use where one of them is written to, by its name.
  ///   - record: the record that a call is about.
  static func members<Record>(
    _ fields: [RecordField<Record>], setters: [String: String] = [:],
    _ record: @escaping @Sendable (ScriptCall) throws -> Record
  ) -> [ScriptField] {
    fields.filter(\.isMember).map { field in
      ScriptField(
        field.name, type(of: field.kind, isOptional: field.isOptional),
        field.about, setter: setters[field.name] ?? ""
      ) { call in
        let value = field.value(try record(call))
        if value.isUnknown {
          guard !field.isOptional else { return .nil }
          if case .amount = value { throw LuaRaise("\(field.name): is out of range") }
        }
        return call.session.value(value)
      }
    }
  }

  /// As the definition file writes it.
  ///
  /// - Parameter isOptional: whether it is nil where nothing is known.
  static func type(of kind: CartField.Kind, isOptional: Bool) -> String {
    let type =
      switch kind {
      case .number: "integer"
      case .amount: "money"
      case .time, .span: "number"
      case .flag: "boolean"
      case .text, .title, .email, .address, .choice, .country, .currency, .status: "string"
      }
    return isOptional ? type + "?" : type
  }
}

extension ScriptSession {
  /// A field's value in Lua; nil for an amount that is not known.
  func value(_ value: CartValue) -> LuaValue {
    switch value {
    case .text(let text): .string(text)
    case .texts(let list): .list(list.map { .string($0) })
    case .number(let number): .integer(number)
    case .amount(let money): money.map { object($0) } ?? .nil
    case .time(let time): Self.seconds(time)
    case .span(let milliseconds): .number(Double(milliseconds) / 1000)
    case .status(let status): .string(status.rawValue)
    case .flag(let flag): .boolean(flag)
    }
  }
}
