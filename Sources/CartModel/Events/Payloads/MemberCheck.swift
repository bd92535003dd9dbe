/// Checks a payload's members by their forms.
struct MemberCheck: MemberCoder {
  typealias Failure = ModelError

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm)
    throws(ModelError)
  {
    try check(value, key, form.limit)
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) throws(ModelError) {
    guard range.contains(value) else {
      throw ModelError(
        .outOfRange,
        "\(key): expected a whole number, \(range.lowerBound) … \(range.upperBound), got \(value)")
    }
  }

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value) {}
  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {}
  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) throws(ModelError) {
    guard value != nil || !isRequired else {
      throw ModelError(.malformed, "missing field '\(key)'")
    }
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value])
    throws(ModelError)
  {
    for var value in values { try value.members(&self) }
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) throws(ModelError) { try list(tag, key, &values) }
}

extension DeclaredEvent {
  func check(on cart: Cart) throws(ModelError) {
    var (copy, check) = (self, MemberCheck())
    try copy.members(&check)
    try payload.check(on: cart)
  }
}
