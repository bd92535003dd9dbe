import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartStorage

/// What is written as bytes is read as it was, and damaged bytes are an error and never a crash.
struct CodecTests {
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
