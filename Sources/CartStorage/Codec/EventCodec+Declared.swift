import CartModel

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
    event.int(tag, value)
  }

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool) {
    if value { event.int(tag, 1) }
  }

  mutating func decimal(_ tag: UInt8, _ key: String, _ value: inout UnitPrice?) {
    if let value { ValueCodec.write(value, tag, &event) }
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value]) {
    for var value in values {
      event.group(tag) {
        var coder = MemberWriter()
        swap(&coder.event, &$0)
        value.members(&coder)
        swap(&coder.event, &$0)
      }
    }
  }
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

  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool) {
    if let found = event.first(where: { $0.tag == tag }) { value = found.field.number == 1 }
  }

  mutating func decimal(_ tag: UInt8, _ key: String, _ value: inout UnitPrice?) {
    guard let found = event.first(where: { $0.tag == tag }) else { return }
    value = ValueCodec.price(found.field.number)
  }

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value])
    throws(StoreError)
  {
    for (own, field) in event where own == tag {
      var (value, coder) = (Value(), MemberReader(event: try field.group.fields()))
      try value.members(&coder)
      values.append(value)
    }
  }
}
