import CartModel

extension EventCodec {
  /// The number of the fact that an event's bytes name; nil without one, and where they are damaged.
  package static func fact(in bytes: UnsafeRawBufferPointer) -> Int64? {
    var reader = ByteReader(bytes)
    do throws(StoreError) {
      while let (tag, field) = try reader.next() {
        guard tag == factTag else { continue }
        var group = field.group
        while let (tag, field) = try group.next() { if tag == 1 { return field.number } }
      }
    } catch { return nil }
    return nil
  }

  /// What an event's bytes say, before its fact is put in.
  package struct Record {
    package var type: EventType
    var fields: [(tag: UInt8, field: ByteReader.Field)] = []
    package var origin = Origin()
    package var fact: Int64?
    package var commitment = EventKey(high: 0, low: 0)

    /// - Parameter bytes: must stay valid while the record is used.
    package init(type: EventType, _ bytes: UnsafeRawBufferPointer) throws(StoreError) {
      self.type = type
      var reader = ByteReader(bytes)
      while let (tag, field) = try reader.next() {
        switch tag {
        case EventCodec.originTag: origin.id = field.text
        case EventCodec.factTag:
          var group = field.group
          while let (tag, field) = try group.next() {
            if tag == 1 {
              fact = field.number
            } else if tag == 2 {
              commitment = EventKey(field.blob)
            }
          }
        default: fields.append((tag, field))
        }
      }
    }

    func first(_ tag: UInt8) -> ByteReader.Field? {
      fields.first { $0.tag == tag }?.field
    }
    func text(_ tag: UInt8) -> String { first(tag)?.text ?? "" }
    func int(_ tag: UInt8) -> Int64 { first(tag)?.number ?? 0 }
    func group(_ tag: UInt8) -> ByteReader {
      ByteReader(first(tag)?.blob ?? .init(start: nil, count: 0))
    }
    /// Who, and behind it until when.
    func claim(_ tag: UInt8) -> Claim {
      Claim(by: text(tag), until: Timestamp(milliseconds: int(tag + 1)))
    }
    var place: Int? { first(2).map { Int(clamping: $0.number) } }
    var before: Cart.State { Cart.State(rawValue: UInt8(clamping: int(1))) ?? .open }
    var orderBefore: Order.State {
      Order.State(rawValue: UInt8(clamping: int(4))) ?? .placed
    }
    func total() throws(StoreError) -> Money? {
      guard let minor = first(2) else { return nil }
      return Money(minor: minor.number, try ValueCodec.currency(int(3)))
    }
  }
}
