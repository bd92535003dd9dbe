import CartModel
import CartSupport

/// Events whose payloads declare their members.
extension EventDecoder {
  func declared(_ type: DeclaredType, _ fields: Fields) throws(Failure) -> DeclaredEvent {
    var (event, coder) = (type.blank, JSONMemberReader(fields: fields))
    try event.members(&coder)
    return event
  }
}

/// Reads members from an object of JSON; a key that is not there leaves its member as it is.
struct JSONMemberReader: MemberCoder {
  typealias Failure = EventDecoder.Failure
  let fields: Fields

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm)
    throws(Failure)
  {
    if let text = try fields.text(key, limit: form.limit) { value = text }
    if form.isRequired, value.isEmpty { throw fields.missing(key) }
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) throws(Failure) {
    guard let text = try fields.text(key, limit: 20) else { return }
    guard let number = Int64(text), range.contains(number) else {
      throw .rejected(
        "\(key): expected a whole number, \(range.lowerBound) … \(range.upperBound), got "
          + quoted(text))
    }
    value = number
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool) throws(Failure) {
    if let flag = try fields.flag(key) { value = flag }
  }

  mutating func decimal(_ tag: UInt8, _ key: String, _ value: inout UnitPrice?) throws(Failure) {
    if let number = try fields.decimal(key) { value = number }
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value])
    throws(Failure)
  {
    guard let json = fields.json[key], json != .null else { return }
    guard case .array(let items) = json else {
      throw .rejected("\(key): expected a list, got \(json.kind)")
    }
    for item in items {
      values.append(
        try fields.reading(item, in: key) { (part) throws(Failure) in
          var (value, coder) = (Value(), JSONMemberReader(fields: part))
          try value.members(&coder)
          return value
        })
    }
  }
}
