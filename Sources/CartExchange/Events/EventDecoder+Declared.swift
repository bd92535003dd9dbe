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

/// What a store says of a line.
extension EventDecoder {
  /// - Returns: nil where it says nothing.
  func facts(_ fields: Fields) throws(Failure) -> LineFacts? {
    // Most lines are no store's: to look for each key by itself took a tenth of an import.
    guard fields.hasAny(where: LineFacts.isKey) else {
      if fields.log?.namesKnown ?? false { for key in LineFacts.keys { _ = fields.json[key] } }
      return nil
    }
    var (facts, coder) = (LineFacts(), JSONMemberReader(fields: fields))
    try facts.members(&coder)
    return facts
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

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value)
    throws(Failure)
  {
    guard fields.json[key] != nil else { return }
    value = try fields.choice(key, of: Array(Value.allCases)) { $0.rawValue }
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool)
    throws(Failure)
  {
    if let flag = try fields.flag(key) { value = flag }
  }

  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) throws(Failure) {
    if let number = try fields.decimal(key) { value = number }
    if isRequired, value == nil { throw fields.missing(key) }
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

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) throws(Failure) {
    guard let json = fields.json[key], json != .null else { return }
    guard case .object(let members) = json else {
      throw .rejected("\(key): expected an object, got \(json.kind)")
    }
    for member in members {
      guard let text = member.value.scalar, let amount = try? UnitPrice(rounding: text) else {
        throw .rejected("\(key): \(quoted(member.key)): expected a decimal, not negative")
      }
      guard member.key.utf8.count <= Line.idLimit, !member.key.containsNUL else {
        throw .rejected("\(key): expected names of at most \(Line.idLimit) bytes without a NUL")
      }
      var value = Value()
      (value.name, value.amount) = (member.key, amount)
      values.append(value)
    }
  }
}
