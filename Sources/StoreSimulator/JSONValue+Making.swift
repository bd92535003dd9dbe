import CartSupport

extension JSONValue {
  static func record(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member($0.key, $0.value) })
  }

  static func int(_ value: Int) -> JSONValue { .number(String(value)) }
  static func int(_ value: Int64) -> JSONValue { .number(String(value)) }
  static func amount(_ value: Amount) -> JSONValue { .number(value.text) }
  /// As orders have their money.
  static func fixed(_ value: Amount) -> JSONValue { .string(value.fixed(4)) }
  static func textOrNull(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  func adding(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    guard case .object(let own) = self else { return self }
    return .object(own + members.map { Member($0.key, $0.value) })
  }

  var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(nil, self)
    return writer.bytes
  }

  var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
  var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
