import CartModel

extension EventCodec {
  /// A fact's content: changes of personal fields, a note, a name, what is told outside.
  struct Personal {
    var changes: [FieldChange] = []
    var attributes: [AttributeChange] = []
    var note = ""
    var name = ""
    var tell = ""

    init(_ bytes: UnsafeRawBufferPointer?) throws(StoreError) {
      guard let bytes else { return }
      var reader = ByteReader(bytes)
      var groups: [(tag: UInt8, field: ByteReader.Field)] = []
      while let (tag, field) = try reader.next() {
        switch tag {
        case 1: groups.append((tag, field))
        case 2: note = field.text
        case 3: name = field.text
        case 4: tell = field.text
        case 5: attributes.append(try EventCodec.attribute(field.group))
        default: break
        }
      }
      changes = try groups.changes()
    }
  }

  /// The note of a fact; empty without one.
  package static func note(inFact bytes: UnsafeRawBufferPointer) throws(StoreError) -> String {
    var reader = ByteReader(bytes)
    while let (tag, field) = try reader.next() { if tag == 2 { return field.text } }
    return ""
  }

  private static func attribute(_ reader: ByteReader) throws(StoreError) -> AttributeChange {
    var (reader, change) = (reader, AttributeChange("", after: ""))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: change.name = field.text
      case 2: change.before = field.text
      case 3: change.after = field.text
      default: break
      }
    }
    return change
  }
}

extension [(tag: UInt8, field: ByteReader.Field)] {
  func changes() throws(StoreError) -> [FieldChange] {
    var list: [FieldChange] = []
    for (_, field) in self {
      var group = field.group
      var (key, before, after) = (Int64(0), "", "")
      while let (tag, field) = try group.next() {
        switch tag {
        case 1: key = field.number
        case 2: before = field.text
        case 3: after = field.text
        default: break
        }
      }
      if let key = ShopperField(rawValue: UInt8(clamping: key)) {
        list.append(FieldChange(key, before: before, after: after))
      }
    }
    return list
  }
}
