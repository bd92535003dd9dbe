import CartModel
import CartTesting
import Testing

@testable import CartStorage

/// Members as the event log's bytes.
struct MemberCodingTests {
  private func back(_ sample: SampleMembers, erased: Bool = false) throws -> SampleMembers {
    var (copy, writer) = (sample, MemberWriter())
    copy.members(&writer)
    return try writer.event.bytes.withUnsafeBytes { event in
      try writer.personal.bytes.withUnsafeBytes { personal in
        var (sample, reader) = (SampleMembers(), MemberReader(event: []))
        reader.event = try ByteReader(event).fields()
        if !erased { reader.personal = try ByteReader(personal).fields() }
        try sample.members(&reader)
        return sample
      }
    }
  }

  @Test("Members of all kinds come back as they were written")
  func roundTrip() throws {
    let full = try SampleMembers.full()
    #expect(try back(full) == full)
    #expect(try back(SampleMembers()) == SampleMembers())
  }

  @Test("Without its fact only what is personal is missing")
  func erased() throws {
    var expected = try SampleMembers.full()
    #expect(try back(expected, erased: true) != expected)
    expected.email = ""
    #expect(try back(expected, erased: true) == expected)
  }

  @Test("Declared events come back, and name nobody without their fact")
  func declared() throws {
    for type in DeclaredType.allCases {
      var (event, writer) = (type.example, MemberWriter())
      event.members(&writer)
      let (back, erased) = try writer.event.bytes.withUnsafeBytes { bytes in
        let record = try EventCodec.Record(type: .declared(type), bytes)
        let back = try writer.personal.bytes.withUnsafeBytes {
          try EventCodec.declared(type, record, personal: $0)
        }
        return (back, try EventCodec.declared(type, record, personal: nil))
      }
      #expect(back == event)
      #expect((erased == event) == writer.personal.bytes.isEmpty)
    }
  }
}
