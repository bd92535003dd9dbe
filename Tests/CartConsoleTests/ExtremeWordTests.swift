import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// Times, spans and numbers at the ends of what can be typed, in each verb that takes one: an answer
/// or an error, and the console goes on.
struct ExtremeWordTests {
  static let moments = [
    "0000-01-01", "0001-01-01", "\"0001-01-01 00:00\"", "9999-12-31", "9999-12-31T23:59:59.999Z",
    "10000-01-01", "-0001-01-01", "yesterday", "1970-01-01", "3652425d", "99999999999999999999w",
    "0s", "-1d", "nan", "\"\"",
  ]
  static let spans = [
    "0s", "1s", "3652425d", "3652426d", "521775w", "9223372036854775807s", "18446744073709551616d",
    "-1d", "1", "nan", "1e9d", "\"\"",
  ]
  static let numbers = [
    "0", "1", "-1", "2147483648", "4294967296", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "99999999999999999999", "1e23", "5e-324",
    "-1.7e308", "nan", "inf", "0x10", "\"\"",
  ]

  private static let byMoment = [
    ".at § .report overview period=today compare=yes", ".at § .carts limit=2", ".at § .cart ID",
    ".diff ID §", ".diff ID § §", ".diff ID § now", ".carts since=§ until=§", ".carts created>§",
    ".carts at=§", ".carts updated<§ sort=-created", ".orders since=§", ".handover since=§",
    ".ops since=§ until=§", ".rings since=§", ".rules run since=§",
  ]
  private static let bySpan = [
    ".claim ID ttl=§", ".carts idle>§", ".carts min_idle=§", ".handover since=§",
    ".blacklist add email=x@example.net ttl=§", ".report overview since=§ compare=yes",
    ".schedule add overview every=§",
  ]
  private static let byNumber = [
    ".carts limit=§", ".carts page=§ limit=§", ".carts page=§ limit=2", ".carts page=2 limit=§",
    ".carts total>§", ".carts quantity>§", ".carts customer_id=§", ".carts §", ".cart @§",
    ".cart §", ".orders limit=§ page=§", ".orders §", ".products tea limit=§", ".ops limit=§",
    ".add ID MUG-01 §", ".set ID #1 §", ".set ID #§ 1", ".remove ID #§", ".undo §", ".redo §",
    ".jobs resume §", ".jobs retry §", ".order ID confirm=§", ".customer §",
    ".report top-added limit=§", ".report overview by=day limit=§", ".drill §", ".watch § .carts",
    ".dashboard §", ".each country=DE confirm=§ : hold", ".rules rollback none §", ".help §",
    ".history ID limit=§ page=§", ".plan §", ".confirm §",
  ]

  private func tryAll(_ lines: [String], _ words: [String]) throws {
    let harness = try ConsoleHarness(isLive: true)
    try harness.twins()
    harness.run(".report overview")
    for text in lines {
      for word in words {
        let line = text.replacing("§", with: word).replacing(" ID", with: " open0001")
        harness.run(line)
        #expect(!harness.said.isEmpty || harness.console.exit != .done, "\(line)")
        #expect(harness.said.utf8.count < 400_000, "\(line)")
      }
    }
    harness.run(".cart open0001")
    #expect(harness.said.contains("open0001"))
  }

  @Test func verbsAnswerToAnyMoment() throws { try tryAll(Self.byMoment, Self.moments) }
  @Test func verbsAnswerToAnySpan() throws { try tryAll(Self.bySpan, Self.spans) }
  @Test func verbsAnswerToAnyNumber() throws { try tryAll(Self.byNumber, Self.numbers) }

  /// Every report in every format over a range that is as long as can be.
  @Test(arguments: OutputMode.allCases)
  func reportsAnswerInAnyFormat(mode: OutputMode) throws {
    let harness = try ConsoleHarness(width: 90, isLive: true)
    harness.run(".mode \(mode.rawValue)")
    for report in [
      "overview", "top-added", "top-ordered", "top-abandoned", "funnel", "countries", "coupons",
      "hours", "customers", "recovery", "rules", "operations",
    ] {
      for options in ["since=0000-01-01", "until=9999-12-31", "period=0001", "period=9999"] {
        for compare in ["", " compare=yes"] {
          let line = ".report \(report) \(options)\(compare)"
          harness.run(line)
          #expect(!harness.said.isEmpty, "\(line)")
        }
      }
    }
  }
}
