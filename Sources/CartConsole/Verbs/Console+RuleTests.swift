import CartEngine
import CartModel
import CartRules

/// `rules test`: the tests beside rules, as TAP or JUnit.
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
    handler.begin(line)
    let results = try book.test(name)
    io.output(format == "tap" ? Self.tap(results) : Self.junit(results))
    let failed = results.count { $0.failure != nil }
    guard failed == 0 else {
      throw ConsoleError(.failed, "\(failed) of \(results.count) tests failed")
    }
    if results.isEmpty {
      io.messages("no tests; write test(\"name\", function() … end) beside a rule")
    }
  }

  /// Test Anything Protocol, version 13.
  private static func tap(_ results: [RuleTestResult]) -> String {
    var text = "TAP version 13\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      text +=
        "\(result.failure == nil ? "ok" : "not ok") \(index + 1) - "
        + printable("\(result.file): \(result.name)") + "\n"
      if let failure = result.failure {
        text += "  ---\n  message: \(JSONWriter.quoted(failure))\n  ...\n"
      }
    }
    return text
  }

  private static func junit(_ results: [RuleTestResult]) -> String {
    func escaped(_ text: String) -> String {
      var out = ""
      for character in printable(text) {
        switch character {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        default: out.append(character)
        }
      }
      return out
    }
    let failed = results.count { $0.failure != nil }
    var text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuite name=\"rules\" tests=\"\(results.count)\" failures=\"\(failed)\">\n"
    for result in results {
      text += "  <testcase classname=\"\(escaped(result.file))\" name=\"\(escaped(result.name))\""
      text +=
        result.failure.map { "><failure message=\"\(escaped($0))\"/></testcase>\n" } ?? "/>\n"
    }
    return text + "</testsuite>\n"
  }
}
