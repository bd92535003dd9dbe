import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartStorage

/// What is written as bytes is read as it was, and damaged bytes are an error and never a crash.
struct CodecTests {
  private func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    write(&writer)
    return writer.bytes
  }

  private func read<T>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try bytes.withUnsafeBytes { try body($0) }
  }

  /// Writes and reads a body as the event log does.
  private func stored(_ body: EventBody, origin: String = "", erased: Bool = false) throws
    -> (body: EventBody, origin: String)
  {
    var (data, personal) = (ByteWriter(), ByteWriter())
    EventCodec.write(body, origin: .init(id: origin), &data, personal: &personal)
    if !personal.bytes.isEmpty {
      EventCodec.write(fact: 77, commitment: EventKey(high: 1, low: 2), &data)
    }
    return try read(data.bytes) { data in
      let record = try EventCodec.Record(type: body.type, data)
      #expect(record.fact == (personal.bytes.isEmpty ? nil : 77))
      #expect(EventCodec.fact(in: data) == record.fact)
      let back = try read(personal.bytes) {
        try EventCodec.body(record, personal: erased ? nil : $0)
      }
      return (back, record.origin.id)
    }
  }

  @Test("An event of each type comes back as it was written", arguments: EventType.allCases)
  func eventsComeBack(type: EventType) throws {
    var records = RandomRecords(seed: UInt64(type.rawValue))
    for _ in 0..<60 {
      let body = try records.body(type)
      let origin = records.random.chance(30) ? records.known() : ""
      let back = try stored(body, origin: origin)
      #expect(back.body == body)
      #expect(back.origin == origin)
    }
  }

  @Test("Without its fact an event has no word of a person", arguments: EventType.allCases)
  func erasedEventsNameNobody(type: EventType) throws {
    var records = RandomRecords(seed: 100 + UInt64(type.rawValue))
    let secret = "secret-of-luca"
    for _ in 0..<20 {
      let body: EventBody
      switch try records.body(type) {
      case .cartCreated(let currency, _, _):
        body = .cartCreated(
          currency, ShopperField.allCases.filter(\.isPersonal).map { .init($0, after: secret) },
          [.init("utm", after: secret)])
      case .shopperIdentified:
        body = .shopperIdentified([.init(.email, before: secret, after: secret)])
      case .addressSet: body = .addressSet([.init(.shippingCity, after: secret)])
      case .attributesSet: body = .attributesSet([.init("utm", before: secret, after: secret)])
      case .cartHeld(let before, _):
        body = .cartHeld(
          before: before, cause: Cause(rule: "r", source: "1", reason: secret, tell: secret))
      case .declared(.sent): body = .declared(.sent(.init(to: secret, note: secret)))
      case .customerUpserted:
        body = .customerUpserted(key: secret, [.init(.name, before: secret, after: secret)])
      case .cartNoted(_, let place):
        body = .cartNoted(Note(at: TestShop.start, by: "staff:anna", text: secret), at: place)
      default: continue
      }
      let back = try stored(body, erased: true).body
      #expect(!"\(back)".contains(secret), "\(back)")
      #expect("\(try stored(body).body)".contains(secret))
    }
  }

  @Test("A cart's body comes back as it was written")
  func cartsComeBack() throws {
    var records = RandomRecords(seed: 5)
    for key in 1...300 {
      let cart = records.cart(key: Int64(key))
      let body = bytes { CartCodec.write(cart, &$0) }
      var back = Cart(key: cart.key, id: cart.id, currency: cart.currency, at: cart.created)
      (back.version, back.head, back.state) = (cart.version, cart.head, cart.state)
      (back.updated, back.touched) = (cart.updated, cart.touched)
      for field in CartCodec.columns { back.shopper[field] = cart.shopper[field] }
      try read(body) { try CartCodec.read($0, into: &back) }
      #expect(back == cart)
    }
  }

  @Test("Lines, order lines and products come back as they were written")
  func partsComeBack() throws {
    var records = RandomRecords(seed: 6)
    for _ in 0..<300 {
      let (line, product, ordered) = (records.line(), records.product(), records.orderLine())
      let oneLine = try read(bytes { LineCodec.write(line, &$0) }) {
        try LineCodec.line(ByteReader($0))
      }
      #expect(oneLine == line)
      let oneProduct = try read(bytes { ProductCodec.write(product, &$0) }) {
        try ProductCodec.product(ByteReader($0))
      }
      #expect(oneProduct == product)
      let oneOrdered = try read(bytes { LineCodec.write(ordered, &$0) }) {
        try LineCodec.orderLine(ByteReader($0))
      }
      #expect(oneOrdered == ordered)
    }
  }

  @Test("Entries of lists come back as they were written")
  func entriesComeBack() throws {
    var records = RandomRecords(seed: 7)
    for _ in 0..<300 {
      let entry = records.entry()
      let back = try read(bytes { ListCodec.write(entry, &$0) }) {
        try ListCodec.entry(entry.id, $0)
      }
      #expect(back == entry)
    }
  }

  @Test("Entries are about the same where list, kind and pattern are the same, and only there")
  func entriesAboutTheSame() {
    var records = RandomRecords(seed: 8)
    let entries = (0..<60).map { _ in records.entry() }
    for one in entries {
      for other in entries {
        let isSame = one.list == other.list && one.pattern == other.pattern
        #expect((ListCodec.about(one) == ListCodec.about(other)) == isSame)
      }
    }
  }

  // MARK: Fields

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

  // MARK: Damage

  @Test("Bytes that end too early are damaged", arguments: EventType.allCases)
  func truncatedEvents(type: EventType) throws {
    var records = RandomRecords(seed: 200 + UInt64(type.rawValue))
    for _ in 0..<10 {
      var (data, personal) = (ByteWriter(), ByteWriter())
      EventCodec.write(try records.body(type), origin: .init(), &data, personal: &personal)
      guard !data.bytes.isEmpty else { continue }
      for _ in 0..<20 {
        let cut = Array(data.bytes.prefix(records.random.pick(0...data.bytes.count - 1)))
        // Whole fields that are missing read as empty; half of one is an error.
        cut.withUnsafeBytes { cut in
          do throws(StoreError) {
            _ = try EventCodec.body(EventCodec.Record(type: type, cut), personal: nil)
          } catch { #expect(error.code == .corrupt) }
        }
      }
    }
  }

  @Test("Random bytes are read or refused, as event, cart, product, entry and keys")
  func randomBytes() {
    var random = SeededRandom(seed: 11)
    for round in 0..<3000 {
      let noise = (0..<random.pick(0...60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let type = random.pick(EventType.allCases)
      noise.withUnsafeBytes { noise in
        func tried(_ read: () throws(StoreError) -> Void) {
          do throws(StoreError) { try read() } catch {
            #expect(error.code == .corrupt, "round \(round): \(error)")
          }
        }
        tried { () throws(StoreError) in
          _ = try EventCodec.body(EventCodec.Record(type: type, noise), personal: noise)
        }
        tried { () throws(StoreError) in
          var cart = Cart(key: 1, id: "c", currency: .eur, at: TestShop.start)
          try CartCodec.read(noise, into: &cart)
        }
        tried { () throws(StoreError) in _ = try ProductCodec.product(ByteReader(noise)) }
        tried { () throws(StoreError) in _ = try ListCodec.entry("e", noise) }
        tried { () throws(StoreError) in _ = try JobKeys.decode(noise) }
        _ = EventCodec.fact(in: noise)
      }
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

  @Test("Prices keep all their decimals")
  func prices() {
    var records = RandomRecords(seed: 15)
    for _ in 0..<300 {
      var (line, price) = (records.line(), records.price())
      line.price = price
      let bytes = bytes { LineCodec.write(line, &$0) }
      bytes.withUnsafeBytes { bytes in
        price = (try? LineCodec.line(ByteReader(bytes)).price) ?? UnitPrice(mantissa: 0, scale: 0)
      }
      #expect(price.mantissa == line.price.mantissa)
      #expect(price.scale == line.price.scale)
    }
    #expect(throws: StoreError(.corrupt, "event log: unknown currency number 1")) {
      try ValueCodec.currency(1)
    }
  }
}
