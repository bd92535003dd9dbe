import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartStorage

/// What a codec writes.
func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
  var writer = ByteWriter()
  write(&writer)
  return writer.bytes
}

/// Gives bytes as a codec reads them.
func read<T>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> T) throws -> T {
  try bytes.withUnsafeBytes { try body($0) }
}

/// The fields that all codecs write, and keys.
struct ByteCodingTests {
  @Test("Numbers of any size come back")
  func numbersComeBack() throws {
    var records = RandomRecords(seed: 9)
    for _ in 0..<500 {
      let numbers = (0..<8).map { _ in records.number() }
      let written = bytes { writer in
        for (tag, number) in numbers.enumerated() { writer.int(UInt8(tag + 1), number) }
      }
      try read(written) { bytes in
        var reader = ByteReader(bytes)
        for (tag, number) in numbers.enumerated() {
          let field = try #require(try reader.next())
          #expect(field.tag == UInt8(tag + 1))
          #expect(field.field.number == number)
        }
        #expect(try reader.next() == nil)
      }
    }
  }

  @Test(
    "Texts and groups of any length come back", arguments: [0, 1, 127, 128, 16_383, 16_384, 70_000])
  func groupsComeBack(length: Int) throws {
    let text = String(repeating: "y", count: length)
    let written = bytes { writer in
      writer.group(3) { inner in
        inner.group(4) { $0.text(5, text) }
        inner.int(6, 1)
      }
      writer.text(7, "after")
    }
    try read(written) { bytes in
      var reader = ByteReader(bytes)
      let outer = try #require(try reader.next())
      #expect(outer.tag == 3)
      var group = outer.field.group
      let inner = try #require(try group.next())
      #expect(inner.tag == 4)
      var deepest = inner.field.group
      let found = try deepest.next()
      #expect((found?.field.text ?? "") == text)
      #expect(try group.next()?.field.number == 1)
      #expect(try group.next() == nil)
      #expect(try reader.next()?.field.text == "after")
    }
  }

  @Test("Tags of a later version are passed over")
  func unknownTagsAreSkipped() throws {
    var records = RandomRecords(seed: 10)
    for _ in 0..<100 {
      let line = records.line()
      let written = bytes { writer in
        writer.int(60, records.number())
        LineCodec.write(line, &writer)
        writer.text(61, records.known())
        writer.group(62) { $0.int(1, 5) }
      }
      let back = try read(written) { try LineCodec.line(ByteReader($0)) }
      #expect(back == line)
    }
  }

  @Test("A reader counts the fields that are left of a tag")
  func countsFields() throws {
    let written = bytes { writer in
      for number in 0..<5 { writer.int(1, Int64(number)) }
      writer.text(2, "x")
    }
    try read(written) { bytes in
      var reader = ByteReader(bytes)
      #expect(try reader.count(of: 1) == 5)
      _ = try reader.next()
      #expect(try reader.count(of: 1) == 4)
      #expect(try reader.count(of: 2) == 1)
      #expect(try reader.count(of: 9) == 0)
    }
  }

  @Test("A length beyond the end is damaged, however large")
  func hugeLengths() {
    for length in [[0x7f], [0xff, 0xff, 0x03], [UInt8](repeating: 0xff, count: 9) + [0x01]] {
      let bytes: [UInt8] = [1 << 1 | 1] + length.map { UInt8($0) }
      _ = bytes.withUnsafeBytes { bytes in
        #expect(throws: ByteReader.damaged) {
          var reader = ByteReader(bytes)
          _ = try reader.next()
        }
      }
    }
  }

  // MARK: Keys

  @Test("Keys of carts come back, in any order and of any size")
  func jobKeysComeBack() throws {
    var records = RandomRecords(seed: 12)
    for count in [0, 1, 2, 50, 500] {
      let keys = (0..<count).map { _ in records.number() }
      let back = try read(JobKeys.encode(keys)) { try JobKeys.decode($0) }
      #expect(back == keys)
    }
    // Keys in a row take a byte each.
    #expect(JobKeys.encode(Array(1...1000)).count == 1000)
  }

  @Test("Keys that end in the middle of a number are damaged")
  func truncatedJobKeys() {
    let bytes = Array(JobKeys.encode([1_000_000]).dropLast())
    _ = bytes.withUnsafeBytes { bytes in
      #expect(throws: ByteReader.damaged) { try JobKeys.decode(bytes) }
    }
  }

  @Test("A key of an event is 32 digits and nothing else")
  func eventKeys() {
    var random = SeededRandom(seed: 13)
    for _ in 0..<200 {
      let key = EventKey(high: random.next(), low: random.next())
      let text = hexadecimal(key.bytes)
      #expect(text.utf8.count == 32)
      #expect(EventKey(text) == key)
      #expect(EventKey(text.uppercased()) == (text == text.uppercased() ? key : nil))
      #expect(EventKey(String(text.dropLast())) == nil)
      #expect(EventKey(text + "0") == nil)
      #expect(EventKey("g" + text.dropFirst()) == nil)
      #expect(EventKey("+" + text.dropFirst()) == nil)
      key.withBytes { #expect(EventKey($0) == key) }
    }
  }

  @Test("Keys that are made sort by their times")
  func eventKeysSortByTime() {
    var random = SeededRandom(seed: 14)
    var last = EventKey(high: 0, low: 0)
    for step in 0..<200 {
      let at = Timestamp(milliseconds: 1_793_520_000_000 + Int64(step))
      let key = EventKey(at: at, random.next(), random.next())
      #expect(last.bytes.lexicographicallyPrecedes(key.bytes))
      last = key
    }
  }
}
