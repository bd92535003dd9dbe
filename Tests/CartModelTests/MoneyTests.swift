import CartEngine
import CartModel
import CartSupport
import Testing

struct MoneyTests {
  @Test(arguments: [
    ("12.99", "EUR", 1299), ("0", "EUR", 0), ("-0.05", "EUR", -5), ("1299", "JPY", 1299),
    ("1.234", "KWD", 1234), ("7.5", "EUR", 750),
  ])
  func parsesAndPrints(text: String, code: String, minor: Int64) throws {
    let currency = try #require(Currency(code: code))
    let money = try Money(text, currency)
    #expect(money.minor == minor)
    #expect(try Money(money.description, currency) == money)
  }

  @Test func aStoresDecimalsMakeACurrencyOfTheirOwn() throws {
    for code in Currency.codes {
      let standard = try #require(Currency(code: code))
      for decimals in 0...Currency.mostDecimals {
        let own = try #require(Currency(code: code, decimals: decimals))
        #expect(own.code == code && own.decimals == decimals)
        #expect(Currency(number: Int(own.number)) == own)
        #expect(own.isStandard == (own == standard))
      }
    }
    #expect(Currency(code: "EUR", decimals: 5) == nil && Currency(code: "XXX", decimals: 2) == nil)
    // Two numbers of one currency there are not.
    #expect(Currency(number: 3978) == nil && Currency(number: 1978) != nil)
    #expect(Currency(number: 6978) == nil && Currency(number: 1979) == nil)
    let yen = try #require(Currency(code: "JPY", decimals: 2))
    #expect(try Money("12.99", yen).minor == 1299)
    #expect(throws: ModelError.self) { try Money(minor: 1, yen) + Money(minor: 1, .jpy) }
    #expect(Currency.jpy < yen && Currency.eur < .jpy && yen < .usd)
  }

  @Test(arguments: [
    "", " 1", "1 ", "1,99", "12abc", "1.999", ".5", "5.", "1e3", "+1", "--1", "٣",
    "99999999999999999999", "1.2.3", "NaN",
  ])
  func refusesWhatIsNoAmount(text: String) {
    #expect(throws: ModelError.self) { try Money(text, .eur) }
  }

  @Test func namesTheTextThatIsWrong() {
    #expect(
      throws: ModelError(
        .malformed, "amount: expected a decimal with at most 2 decimals (EUR), got '1.999'")
    ) { try Money("1.999", .eur) }
  }

  @Test func sumsEachCurrencyAndSaysWhenOneIsOutOfRange() {
    var sums = MoneySums([
      Money(minor: 3, .usd), Money(minor: .max, .eur), Money(minor: 7, .eur),
      Money(minor: -1, .usd),
    ])
    #expect(sums.amounts.map(\.description) == ["EUR out of range", "0.02 USD"])
    #expect(sums[.eur].value == nil && sums[.jpy].isZero)
    sums.subtract(Money(minor: 7, .eur))
    #expect(sums[.eur].value == .max)
    let low = MoneySums([Money(minor: .min, .eur), Money(minor: -1, .eur)])
    #expect(low.amounts.first?.amount == nil && low[.eur] < CheckedSum(.min))
  }

  @Test func sharesOfSumsAreExactOrNone() {
    let (one, most) = (CheckedSum(1), CheckedSum(.max))
    #expect(Percent(most, of: most + most)?.description == "50")
    #expect(Percent(most + most, of: one) == nil && Percent(CheckedSum(1 << 53), of: one) == nil)
    #expect(Percent(one, of: CheckedSum(3))?.description == "33.3")
    #expect(Percent(CheckedSum(2), of: CheckedSum(3))?.description == "66.7")
    #expect(Percent(one, of: CheckedSum()) == nil)
    #expect((most + most).ratio(of: CheckedSum(2), scale: 1) == .max)
  }

  @Test(arguments: ["92233720368547758.08", "-92233720368547758.08", "999999999999999999999"])
  func anAmountOutOfRangeNamesTheRange(text: String) {
    #expect(
      throws: ModelError(
        .outOfRange,
        "amount: expected -92233720368547758.07 to 92233720368547758.07 EUR, got '\(text)'")
    ) { try Money(text, .eur) }
    if !text.hasPrefix("-") {
      #expect(
        throws: ModelError(
          .outOfRange, "price: expected at most 17 digits, as 999999999999999.99, got '\(text)'")
      ) { try UnitPrice(text) }
    }
  }

  @Test func roundsHalfUpAwayFromZero() throws {
    let ten = try Percent("10")
    #expect(try Money(minor: 5, .eur).percent(ten).minor == 1)
    #expect(try Money(minor: -5, .eur).percent(ten).minor == -1)
    #expect(try Money(minor: 4, .eur).percent(ten).minor == 0)
    #expect(try Money(minor: 1299, .eur).percent(try Percent("7.5")).minor == 97)
  }

  @Test func splitsIntoNearlyEqualParts() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      let money = Money(minor: Int64(random.pick(-100_000...100_000)), .eur)
      let parts = try money.split(Int64(random.pick(1...40)))
      #expect(parts.reduce(0) { $0 + $1.minor } == money.minor)
      let sizes = parts.map(\.minor)
      #expect(try #require(sizes.max()) - #require(sizes.min()) <= 1)
    }
  }

  @Test func checksOverflowAndCurrency() {
    let most = Money(minor: .max, .eur)
    #expect(throws: ModelError.self) { try most + Money(minor: 1, .eur) }
    #expect(throws: ModelError.self) { try most * 2 }
    #expect(throws: ModelError.self) { try Money(minor: .min, .eur).ratio(-1, 1) }
    #expect(throws: ModelError(.currencyMismatch, "money: cannot add EUR and JPY")) {
      try Money(minor: 1, .eur) + Money(minor: 1, .jpy)
    }
  }

  @Test(arguments: [
    ("0.0375", 1, 4), ("0.0375", 100, 375), ("13.858823529412", 1, 1386), ("0.005", 1, 1),
    ("0.004999999999", 1, 0), ("12.99", 3, 3897),
  ])
  func roundsAUnitPriceOnce(price: String, quantity: Int64, minor: Int64) throws {
    #expect(try UnitPrice(price).amount(quantity, .eur).minor == minor)
  }

  @Test func printsAUnitPriceWithAtLeastTheCurrencysDecimals() throws {
    #expect(try UnitPrice("12.9").text(.eur) == "12.90")
    #expect(try UnitPrice("0.0375").text(.eur) == "0.0375")
    #expect(try UnitPrice("1299").text(.jpy) == "1299")
    #expect(throws: ModelError.self) { try UnitPrice("-1") }
    #expect(throws: ModelError.self) { try UnitPrice("1.1234567890123") }
    #expect(throws: ModelError.self) { try UnitPrice("999999999999999999") }
  }

  @Test func knowsTheStandardsCurrencies() {
    #expect(Currency(code: "EUR")?.number == 978)
    #expect(Currency(code: "KWD")?.decimals == 3)
    #expect(Currency(code: "CLF")?.decimals == 4)
    #expect(Currency(code: "eur") == nil)
    #expect(Currency(number: 978)?.code == "EUR")
    #expect(Currency.codes.count == 158)
  }
}
