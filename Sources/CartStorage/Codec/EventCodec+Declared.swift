import CartModel
import CartSupport

/// Events whose payloads declare their members.
extension EventCodec {
  static func write(
    _ event: DeclaredEvent, _ writer: inout ByteWriter, _ personal: inout ByteWriter
  ) {
    // The bytes are moved, not copied.
    var coder = MemberWriter()
    swap(&coder.event, &writer)
    swap(&coder.personal, &personal)
    var event = event
    event.members(&coder)
    swap(&coder.event, &writer)
    swap(&coder.personal, &personal)
  }

  static func declared(
    _ type: DeclaredType, _ record: Record, personal: UnsafeRawBufferPointer?
  ) throws(StoreError) -> DeclaredEvent {
    var (event, coder) = (type.blank, MemberReader(event: record.fields))
    if let personal { coder.personal = try ByteReader(personal).fields() }
    try event.members(&coder)
    return event
  }
}

/// Values whose members are declared and not personal, beside the event log.
extension EventCodec {
  static func write<Value: Members>(members value: Value, _ writer: inout ByteWriter) {
    var (value, coder) = (value, MemberWriter())
    swap(&coder.event, &writer)
    value.members(&coder)
    swap(&coder.event, &writer)
  }

  static func members<Value: Members>(_ reader: ByteReader) throws(StoreError) -> Value {
    var (value, coder) = (Value(), MemberReader(event: try reader.fields()))
    try value.members(&coder)
    return value
  }
}

extension ByteReader {
  func fields() throws(StoreError) -> [(tag: UInt8, field: Field)] {
    var (reader, fields) = (self, [(tag: UInt8, field: Field)]())
    while let field = try reader.next() { fields.append(field) }
    return fields
  }
}

/// Writes members into an event's bytes; those that are personal into its fact.
struct MemberWriter: MemberCoder {
  var event = ByteWriter()
  var personal = ByteWriter()

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm) {
    if form.isPersonal { personal.text(tag, value) } else { event.text(tag, value) }
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) {
    if value != 0 { event.int(tag, value) }
  }

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value) {
    event.text(tag, value.rawValue)
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {
    if value != usual { event.int(tag, value ? 1 : 0) }
  }

  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) {
    if let value { ValueCodec.write(value, tag, &event) }
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value]) {
    for value in values {
      event.group(tag) { EventCodec.write(members: value, &$0) }
    }
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) { list(tag, key, &values) }
}

/// Reads what `MemberWriter` wrote; a tag that is not there leaves its member as it is.
struct MemberReader: MemberCoder {
  typealias Failure = StoreError
  typealias Fields = [(tag: UInt8, field: ByteReader.Field)]
  var event: Fields
  var personal: Fields = []

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm) {
    let fields = form.isPersonal ? personal : event
    if let found = fields.first(where: { $0.tag == tag }) { value = found.field.text }
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) {
    if let found = event.first(where: { $0.tag == tag }) { value = found.field.number }
  }

  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value)
    throws(StoreError)
  {
    guard let found = event.first(where: { $0.tag == tag }) else { return }
    guard let word = Value(rawValue: found.field.text) else {
      throw StoreError(.corrupt, "event log: unknown word \(quoted(found.field.text)) for \(key)")
    }
    value = word
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {
    if let found = event.first(where: { $0.tag == tag }) { value = found.field.number == 1 }
  }

  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) {
    guard let found = event.first(where: { $0.tag == tag }) else { return }
    value = ValueCodec.price(found.field.number)
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value])
    throws(StoreError)
  {
    for (own, field) in event where own == tag {
      values.append(try EventCodec.members(field.group))
    }
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) throws(StoreError) { try list(tag, key, &values) }
}
