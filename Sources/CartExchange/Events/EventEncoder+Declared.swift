import CartModel
import CartSupport

/// Events whose payloads declare their members.
extension EventEncoder {
  static func write(_ event: DeclaredEvent, _ writer: inout JSONWriter) {
    // The text is moved, not copied.
    var (event, coder) = (event, JSONMemberWriter())
    swap(&coder.writer, &writer)
    event.members(&coder)
    swap(&coder.writer, &writer)
  }

  /// What a store says of a line.
  static func write(_ facts: LineFacts, _ writer: inout JSONWriter) {
    var (facts, coder) = (facts, JSONMemberWriter())
    swap(&coder.writer, &writer)
    facts.members(&coder)
    swap(&coder.writer, &writer)
  }
}

/// Writes members as an object of JSON has them.
struct JSONMemberWriter: MemberCoder {
  var writer = JSONWriter()

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm) {
    if form.isRequired { writer.string(key, value) } else { writer.known(key, value) }
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) {
    if value != 0 { writer.number(key, value) }
  }

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value) {
    writer.string(key, value.rawValue)
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {
    if value != usual { writer.bool(key, value) }
  }

  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) {
    if let value { writer.string(key, value.plainText) }
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value]) {
    guard !values.isEmpty else { return }
    let items = values
    writer.array(key) { writer in
      for var item in items {
        writer.object {
          var coder = JSONMemberWriter()
          swap(&coder.writer, &$0)
          item.members(&coder)
          swap(&coder.writer, &$0)
        }
      }
    }
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) {
    guard !values.isEmpty else { return }
    let items = values
    writer.object(key) { for item in items { $0.string(item.name, item.amount?.plainText ?? "0") } }
  }
}
