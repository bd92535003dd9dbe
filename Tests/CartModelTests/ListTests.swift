import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

struct ListTests {
  private static func shopper(_ field: ShopperField, _ value: String) -> Shopper {
    var shopper = Shopper()
    shopper[field] = value
    return shopper
  }

  /// A pattern, those it is about, and those it is not about; all separated by blanks.
  private static let emails: [(pattern: String, hits: String, misses: String)] = [
    (
      "anna@example.com",
      "anna@example.com Anna@Example.COM anna+shop@example.com anna+@example.com ANNA+a+b@example.com anna@example.com.",
      "ann@example.com anna@example.org anna@sub.example.com annaa@example.com +anna@example.com anna.b@example.com anna"
    ),
    (
      "Anna+old@example.com", "anna@example.com anna+new@example.com",
      "anna@example.net old@example.com"
    ),
    (
      "*@example.com", "a@example.com b+c@EXAMPLE.com @x@example.com \"a@b\"@example.com",
      "a@sub.example.com a@example.com.au a@xexample.com example.com @example.com"
    ),
    ("example.com", "a@example.com A@Example.Com", "a@sub.example.com a@badexample.com"),
    ("@example.com", "a@example.com", "a@sub.example.com"),
    (
      "*.example.com", "a@sub.example.com a@a.b.example.com",
      "a@example.com a@xexample.com a@example.com.de"
    ),
    ("*@*.example.com", "a@sub.example.com", "a@example.com"),
    (
      "spam*@example.com", "spam@example.com spammer9@example.com SPAM1+x@example.com",
      "aspam@example.com spam@example.de"
    ),
    ("*bot*@*", "bot@a.de mybot1@b.com robot@x.y.z", "boa@t.de a@bot.de"),
    ("*@mail?.example", "a@mail1.example a@mailx.example", "a@mail.example a@mail12.example"),
    ("?@example.com", "a@example.com", "ab@example.com"),
    (
      "info@münchen.de",
      "info@münchen.de INFO@MÜNCHEN.DE info@xn--mnchen-3ya.de info@mu\u{308}nchen.de",
      "info@munchen.de info@muenchen.de"
    ),
    ("*@xn--mnchen-3ya.de", "a@münchen.de", "a@munchen.de"),
    ("*@bücher.example", "a@xn--bcher-kva.example a@BÜCHER.example", "a@bucher.example"),
    ("*@例え.jp", "a@xn--r8jz45g.jp a@例え。jp a@例え．jp", "a@例.jp"),
    ("*@пример.рф", "a@xn--e1afmkfd.xn--p1ai", "a@primer.rf"),
    ("*@ελλάδα.gr", "a@xn--hxakic4aa.gr", "a@ellada.gr"),
    ("*@ñandú.cl", "a@xn--and-6ma2c.cl a@n\u{303}andu\u{301}.cl", "a@nandu.cl"),
    ("o'brien@example.ie", "O'Brien@example.ie", "obrien@example.ie"),
    ("a_b-c.d@ex-ample.co.uk", "a_b-c.d@ex-ample.co.uk", "a_b-c_d@ex-ample.co.uk"),
  ]

  @Test(arguments: emails)
  func emailPatterns(pattern: String, hits: String, misses: String) throws {
    let own = try ListEntry.Pattern(.email, pattern)
    let again = try ListEntry.Pattern(.email, own.text)
    #expect(again == own)
    for text in hits.split(separator: " ") {
      #expect(own.matches(Self.shopper(.email, String(text))), "\(pattern): \(text)")
    }
    for text in misses.split(separator: " ") {
      #expect(!own.matches(Self.shopper(.email, String(text))), "\(pattern): \(text)")
    }
  }

  @Test(arguments: [
    "", " ", "@", "a@", "*", "com", "a b@example.com", "a@b c.de", "a@-x.de", "a@x-.de", "a@.de",
    "a@x..de", "*@", "a@\u{1b}[31m.de", "..", "*.de*", "ä", "a@localhost",
  ])
  func whatIsNoEmailPattern(text: String) {
    #expect(throws: ModelError.self) { try EmailPattern(text) }
  }

  private static let blocks: [(block: String, text: String, hits: String, misses: String)] = [
    (
      "203.0.113.7", "203.0.113.7",
      "203.0.113.7 ::ffff:203.0.113.7 ::FFFF:cb00:7107 0:0:0:0:0:ffff:203.0.113.7",
      "203.0.113.8 203.0.113.70 203.0.113 ::203.0.113.7 2001:db8::7"
    ),
    (
      "203.0.113.0/24", "203.0.113.0/24", "203.0.113.0 203.0.113.255 ::ffff:203.0.113.9",
      "203.0.112.255 203.0.114.0 x"
    ),
    ("203.0.113.77/24", "203.0.113.0/24", "203.0.113.1", "203.0.112.1"),
    ("10.0.0.0/8", "10.0.0.0/8", "10.0.0.0 10.255.255.255", "9.255.255.255 11.0.0.0"),
    ("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0 255.255.255.255 ::ffff:1.2.3.4", "::1 2001:db8::1"),
    ("::/0", "::/0", "::1 2001:db8::1 ffff::", "1.2.3.4 ::ffff:1.2.3.4"),
    ("192.0.2.128/25", "192.0.2.128/25", "192.0.2.128 192.0.2.255", "192.0.2.127 192.0.3.0"),
    (
      "198.51.100.4/31", "198.51.100.4/31", "198.51.100.4 198.51.100.5", "198.51.100.3 198.51.100.6"
    ),
    ("198.51.100.4/32", "198.51.100.4", "198.51.100.4", "198.51.100.5"),
    ("::ffff:203.0.113.0/120", "203.0.113.0/24", "203.0.113.5", "203.0.114.5"),
    ("::ffff:0.0.0.0/96", "0.0.0.0/0", "8.8.8.8", "2001:db8::1"),
    (
      "2001:db8::/32", "2001:db8::/32",
      "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2001:DB8::7 2001:0db8:0:0:0:0:0:7",
      "2001:db9:: 2001:db7:ffff:: 32.1.13.184"
    ),
    (
      "2001:db8:0:1::/64", "2001:db8:0:1::/64", "2001:db8:0:1::1 2001:db8:0:1:ffff::",
      "2001:db8:0:2:: 2001:db8::1"
    ),
    ("2001:db8::1", "2001:db8::1", "2001:db8::1 2001:db8:0:0:0:0:0:1", "2001:db8::2 2001:db8::1:1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "2001:db8::1:0:0:1", "2001:db8::1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "2001:0:0:1::1 2001::1:0:0:0:1", "2001:0:0:2::1"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:9"),
    ("fe80::/10", "fe80::/10", "fe80::1 febf::1", "fec0::1 fe7f::1"),
    ("::1/128", "::1", "::1 0:0:0:0:0:0:0:1", "::2 :: 127.0.0.1"),
    ("ff00::/8", "ff00::/8", "ff02::1 ffff::", "fe00::"),
  ]

  @Test(arguments: blocks)
  func addressBlocks(block: String, text: String, hits: String, misses: String) throws {
    let own = try AddressBlock(block)
    #expect(own.description == text)
    #expect(try AddressBlock(own.description) == own)
    let index = AddressIndex([own])
    for address in hits.split(separator: " ") {
      #expect(own.contains(address) && index.block(of: address) == 0, "\(block): \(address)")
    }
    for address in misses.split(separator: " ") {
      #expect(!own.contains(address) && index.block(of: address) == nil, "\(block): \(address)")
    }
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4/x",
    "1.2.3.4/٣", "1..2.3", ".1.2.3.4", "1.2.3.4.", "0001.2.3.4", ":::", "1::2::3", "12345::",
    "g::1", "::/129", "::ffff:1.2.3.4/95", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1%eth0",
    "1.2.3.4:80", "[::1]", "localhost", " 1.2.3.4", "+1.2.3.4", "::ffff:256.1.1.1",
  ])
  func whatIsNoAddress(text: String) {
    #expect(throws: ModelError.self) { try AddressBlock(text) }
  }

  @Test(arguments: 1...20)
  func theIndexFindsTheNarrowestBlock(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    func address(_ isV6: Bool) -> String {
      let group = { String(random.pick([0, 0, 1, 2, 255]), radix: isV6 ? 16 : 10) }
      return isV6
        ? (0..<8).map { _ in group() }.joined(separator: ":")
        : (0..<4).map { _ in group() }.joined(separator: ".")
    }
    let blocks = try (0..<60).map { _ in
      let isV6 = random.pick([true, false])
      return try AddressBlock(
        "\(address(isV6))/\(isV6 ? random.pick(0...128) : random.pick(0...32))")
    }
    let index = AddressIndex(blocks)
    for _ in 0..<2000 {
      let text = address(random.pick([true, false]))
      let expected = blocks.indices.filter { blocks[$0].contains(text) }
        .max { (blocks[$0].length, $0) < (blocks[$1].length, $1) }
      #expect(index.block(of: text) == expected, "\(text)")
    }
  }

  /// A person is on the list by what is narrowest; one entry found at once is one found by trying all.
  @Test(arguments: 1...10)
  func theIndexAgreesWithTryingEachEntry(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let texts = Self.emails.map(\.pattern)
    let entries = try (0..<40).map { number in
      let pattern: ListEntry.Pattern =
        switch random.pick(0...2) {
        case 0: try .init(.email, random.pick(texts))
        case 1: try .init(.ip, random.pick(Self.blocks.map(\.block)))
        default: try .init(.country, random.pick(["DE", "FR", "US"]))
        }
      return ListEntry(
        id: "\(number)", list: .blacklist, pattern: pattern, author: .staff("anna"),
        created: TestShop.start,
        expires: random.pick([nil, TestShop.start, TestShop.start.advanced(by: 1)]))
    }
    let index = ListIndex(entries, now: TestShop.start)
    let people = Self.emails.flatMap { ($0.hits + " " + $0.misses).split(separator: " ") }
    let addresses = Self.blocks.flatMap { ($0.hits + " " + $0.misses).split(separator: " ") }
    for _ in 0..<500 {
      var shopper = Shopper()
      if random.pick([true, false]) { shopper[.email] = String(random.pick(people)) }
      if random.pick([true, false]) { shopper[.ip] = String(random.pick(addresses)) }
      if random.pick([true, false]) { shopper[.country] = random.pick(["DE", "AT", "US"]) }
      let found = index.entry(for: shopper)
      let expected = entries.filter {
        $0.isActive(at: TestShop.start) && $0.pattern.matches(shopper)
      }
      #expect((found == nil) == expected.isEmpty, "\(shopper.fields)")
      if let found { #expect(expected.contains(found)) }
    }
  }
}
