import CartModel
import Testing

struct FilterTests {
  private let now = Timestamp(milliseconds: 1_793_520_000_000)

  private func message(_ words: String...) -> String {
    do {
      _ = try FilterParser(zone: .utc, now: now).parse(words)
      return "accepted"
    } catch { return error.message }
  }

  @Test func refusalsSuggest() {
    #expect(message("contry=DE") == "filter: no field 'contry'; did you mean 'country'?")
    #expect(
      message("country=UK")
        == "country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?")
    #expect(message("total>abc") == "total: expected a decimal, not negative, got 'abc'")
    #expect(message("email>a") == "filter: email has no order; use = != or ~, not >")
    #expect(message("limit=0") == "limit: expected a whole number from 1, got '0'")
    #expect(
      message("status=actve")
        == "status: expected active, abandoned, expired, ordered, deleted, held, merged or any, "
        + "got 'actve'; did you mean 'active'?")
    #expect(message("ip=1.2.3.4/40") == "ip: expected an address or a CIDR block, got '1.2.3.4/40'")
    #expect(message("").hasPrefix("filter: expected field=value or a word"))
    for sign in [">", "=", "|", ">=", "&&"] {
      #expect(
        message("total", sign, "100")
          == "filter: '\(sign)' stands alone; expected field, sign and value as one word, as total>100"
      )
    }
    #expect(message("a&b", ">x<") == "accepted")
  }

  /// Addresses with a comma between them are several; a proxy's list, with a blank, is its first address.
  @Test func aTextWithACommaIsOneAddressOrSeveral() throws {
    for (name, text, count) in [
      ("ip", "203.0.113.7,198.51.100.1", 2), ("ip", "203.0.113.7, 10.0.0.1", 1),
      ("email", "\"Berg, Anna\" <anna@example.com>", 1), ("email", "a@x.de,b@x.de", 2),
      ("country", "DE,AT", 2),
    ] {
      var filter = Filter()
      try FilterParser(zone: .utc, now: now).add(name, text, to: &filter)
      #expect(filter.expression.tests.first?.operands.count == count, "\(name)=\(text)")
    }
    #expect(message("columns=id,total,id") == "columns: 'id' is given twice")
  }

  @Test func matchesInMemory() throws {
    var cart = Cart(key: 1, id: "8f3a12", currency: .eur, at: now)
    cart.lines = [
      Line(sku: "MUG-01", name: "Blue mug", quantity: 3, price: try UnitPrice("33.34"))
    ]
    cart.shopper[.email] = "Anna@Example.com"
    cart.shopper[.ip] = "203.0.113.7"
    cart.shopper[.country] = "DE"
    let context = FilterContext(now: now, settings: StoreSettings())
    func matches(_ words: String...) throws -> Bool {
      try FilterParser(zone: .utc, now: now).parse(words).matches(cart, context)
    }
    #expect(try matches("total>100", "country=DE,AT"))
    #expect(try !matches("total>100.02"))
    #expect(try matches("total=100.02", "total<=100.02", "total!=100"))
    #expect(try matches("email=*@example.com", "email~ANNA*"))
    #expect(try matches("ip=203.0.113.0/24") && !matches("ip=203.0.114.0/24"))
    #expect(try matches("sku=mug-01", "quantity>=3", "blue", "8F3A"))
    #expect(try !matches("status=abandoned") && matches("status=any") && matches("status=active"))
    #expect(try matches("idle<1s", "country!=AT") && !matches("country!=DE"))
    #expect(try matches("coupon=", "name=") && !matches("coupon!="))
  }

  @Test(arguments: [
    ("*@x.de", "a@X.de", true), ("a?c", "abc", true), ("a?c", "aéc", true), ("a?c", "ac", false),
    ("*a*b*", "xxaxxbxx", true), ("", "", true), ("*", "", true), ("a*", "b", false),
  ])
  func globs(pattern: String, text: String, matches: Bool) {
    #expect(Glob(pattern).matches(text) == matches)
  }

  @Test(arguments: [
    ("2001:db8::/32", "2001:db8:1::7", true), ("2001:db8::/32", "2001:db9::1", false),
    ("::ffff:1.2.3.4", "::ffff:102:304", true), ("0.0.0.0/0", "255.1.2.3", true),
    ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/8", "nonsense", false),
  ])
  func blocks(block: String, address: String, contains: Bool) throws {
    #expect(try AddressBlock(block).contains(address) == contains)
  }

  @Test(arguments: ["1.2.3", "1.2.3.4.5", "256.1.1.1", "::1::2", "12345::", "1.2.3.4/", "a/8", ":"])
  func refusesWhatIsNoBlock(text: String) {
    #expect(throws: ModelError.self) { try AddressBlock(text) }
  }
}
