import CartModel
import Testing

/// Quotes make text of anything, and a comma in an amount is no list.
struct QuotedPatternTests {
  private let parser = FilterParser(
    zone: .utc, now: Timestamp(milliseconds: 1_793_520_000_000))  // 2026-11-01T08:00:00Z

  private func matches(_ filter: Filter, _ name: String) -> Bool {
    var cart = Cart(key: 1, id: "c", currency: .eur, at: parser.now)
    cart.touched = parser.now
    cart.shopper[.name] = name
    return filter.matches(cart, FilterContext(now: parser.now, settings: StoreSettings()))
  }

  @Test(arguments: [
    ("name=M*g", ["Mug", "M*g", "M?g"]), ("name=\"M*g\"", ["M*g"]), ("name='M*g'", ["M*g"]),
    ("name!=\"M*g\"", ["Mug", "M?g", "Mg*"]), ("name~M*g", ["Mug", "M*g", "M?g"]),
    ("name~\"M*g\"", ["M*g"]), ("name~\"M?g\"", ["M?g"]), ("name~M?g", ["Mug", "M*g", "M?g"]),
    ("name~*\"*\"", ["Mg*"]), ("name~\"M*\"*", ["M*g"]),
    ("name~*\"g\"*", ["Mug", "M*g", "M?g", "Mg*"]),
    ("name~*'\"'*", []),
  ]) func starsInQuotesStandForThemselves(typed: String, names: [String]) throws {
    for filter in [
      try parser.parse(try TypedWord.split(typed)), try whole(typed),
      try whole(try parser.parse(try TypedWord.split(typed)).texts[0]),
    ] {
      #expect(["Mug", "M*g", "M?g", "Mg*"].filter { matches(filter, $0) } == names)
    }
  }

  private func whole(_ text: String) throws -> Filter {
    var filter = Filter()
    try parser.add(text, to: &filter)
    return filter
  }

  /// A script's value has no quotes of its own.
  @Test func aValueOfAScriptIsAPattern() throws {
    var filter = Filter()
    try parser.add("name", "M*g", to: &filter)
    #expect(matches(filter, "Mug"))
    filter = Filter()
    try parser.add("name", ["M*g", "x"], to: &filter)
    #expect(matches(filter, "Mug"))
  }

  /// Whatever was typed, its texts read as the same.
  @Test(arguments: [
    "name~*\"a b\"*", "name~*\"*\"?", "name=\"M*g\"", "name='5\" *'", "product~*'\"'*",
    "name~\"Luca \"*", "name~*'\"'\" x\"", "email=\"a*b@x.de\"", "email=*\"*\"@x.de",
  ]) func textsReadAsTheSame(typed: String) throws {
    let filter = try parser.parse(try TypedWord.split(typed))
    #expect(try whole(filter.texts[0]).expression == filter.expression, "\(filter.texts)")
    let line = try parser.parse(try TypedWord.split(filter.expression.texts[0]))
    #expect(line.expression == filter.expression, "\(filter.expression.texts)")
  }

  @Test(arguments: [
    (
      "total=5,00",
      "total: a comma separates values, so that 5,00 is 5 or 00; write total=5.00 for one amount, or "
        + "(total=5 or total=00)"
    ),
    (
      "total!=1,234.56",
      "total: a comma separates values, so that 1,234.56 is 1 or 234.56; write total=1234.56 for one "
        + "amount, or (total=1 or total=234.56)"
    ),
    (
      "subtotal=1.234,56",
      "subtotal: a comma separates values, so that 1.234,56 is 1.234 or 56; write subtotal=1234.56 for "
        + "one amount, or (subtotal=1.234 or subtotal=56)"
    ),
    (
      "min_total=7,50",
      "min_total: a comma separates values, so that 7,50 is 7 or 50; write min_total=7.50 for one "
        + "amount, or (min_total=7 or min_total=50)"
    ),
    (
      "quantity=1,000",
      "quantity: a comma separates values, so that 1,000 is 1 or 000; write quantity=1000 for one "
        + "amount, or (quantity=1 or quantity=000)"
    ),
    ("total>5,00", "total: expected a decimal, not negative, got '5,00'"),
  ]) func aCommaInAnAmountIsAnError(typed: String, message: String) throws {
    #expect(throws: ModelError(.malformed, message)) {
      try parser.parse(try TypedWord.split(typed))
    }
    guard !typed.contains(">"), !typed.contains("!") else { return }
    let parts = typed.split(separator: "=").map(String.init)
    var filter = Filter()
    #expect(throws: ModelError(.malformed, message)) {
      try parser.add(parts[0], parts[1], to: &filter)
    }
  }

  @Test(arguments: [
    "total=5,10.50", "total=5.00,7.50", "quantity=1,2,30", "quantity=10,20", "total=\"5\",\"00\"",
    "total=5,7,9", "order=100,200", "version=1,100",
  ]) func severalValuesAreSeveral(typed: String) throws {
    #expect(throws: Never.self) { try parser.parse(try TypedWord.split(typed)) }
  }
}
