/// Gathers the keys of a value's members.
struct MemberKeys: MemberCoder {
  private var keys: Set<String> = []

  /// Those of the value itself, without those of the values in its lists.
  static func of(_ value: some Members) -> Set<String> {
    var (copy, coder) = (value, MemberKeys())
    copy.members(&coder)
    return coder.keys
  }

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm) {
    keys.insert(key)
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) { keys.insert(key) }

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value) {
    keys.insert(key)
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {
    keys.insert(key)
  }

  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) { keys.insert(key) }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value]) {
    keys.insert(key)
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) { keys.insert(key) }
}
