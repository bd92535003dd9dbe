import CartApplication
import CartRules
import CartSupport

/// `rules test` and `rules fixture`.
extension Console {
  func testRules(_ words: [String], _ line: String) throws {
    var (name, format) = (String?.none, "tap")
    for word in words {
      if word.hasPrefix("format=") {
        format = String(word.dropFirst("format=".count))
      } else {
        name = word
      }
    }
    guard format == "tap" || format == "junit" else {
      throw ConsoleError.usage("rules test: format: expected tap or junit, got \(quoted(format))")
    }
    let (results, qualities) = try RuleStudy(application).test(name, as: line)
    let report = TestReport(results: results, qualities: qualities)
    io.output(format == "tap" ? report.tap : report.junit)
    let failed = results.count { $0.failure != nil }
    guard failed == 0 else {
      throw ConsoleError(.failed, "\(failed) of \(results.count) tests failed")
    }
    if results.isEmpty {
      io.messages("no tests; write test(\"name\", function() … end) beside a rule")
    }
  }

  /// `rules fixture CART [RULE]`: a test cut from a real cart, as Lua.
  func cutFixture(_ words: [String], _ line: String) throws {
    let fixture = try RuleStudy(application).fixture(
      of: words.dropFirst().first, { try cart(words[0]) }, as: line)
    io.output(safe(fixture.text, io))
    for words in fixture.notes { io.messages("note: " + printable(words)) }
  }
}
