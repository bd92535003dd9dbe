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
    let (results, qualities) = try book.test(name, mutates: true)
    io.output(
      format == "tap" ? Self.tap(results) + Self.notes(qualities) : Self.junit(results, qualities))
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
    try refreshRules(line)
    handler.begin(line)
    let only = try words.dropFirst().first.map { try book.rule($0).name }
    let fixture = try book.fixture(of: try cart(words[0]), for: only)
    io.output(safe(fixture.text, io))
    for words in fixture.differences { io.messages("warning: " + printable(words)) }
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

  /// Coverage and mutation score, as comments of TAP.
  private static func notes(_ qualities: [RuleTestQuality]) -> String {
    qualities.map { quality in
      var text =
        "# \(quality.file): line coverage "
        + "\(quality.lines - quality.notRun.count)/\(quality.lines)"
      if !quality.notRun.isEmpty {
        text += ", not run: \(quality.notRun.map(String.init).joined(separator: ", "))"
      }
      text += "\n"
      guard quality.mutants > 0 else { return text }
      text +=
        "# \(quality.file): mutation score "
        + "\(quality.mutants - quality.survivors.count)/\(quality.mutants)\n"
      for mutant in quality.survivors {
        text +=
          "# \(quality.file):\(mutant.line): no test notices \(printable(mutant.before)) → "
          + (mutant.after.isEmpty ? "nothing" : printable(mutant.after)) + "\n"
      }
      return text
    }.joined()
  }

  private static func junit(_ results: [RuleTestResult], _ qualities: [RuleTestQuality]) -> String {
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
    if !qualities.isEmpty {
      text += "  <properties>\n"
      for quality in qualities {
        for (name, part, whole) in [
          ("coverage", quality.lines - quality.notRun.count, quality.lines),
          ("mutation", quality.mutants - quality.survivors.count, quality.mutants),
        ] where whole > 0 {
          text +=
            "    <property name=\"\(name).\(escaped(quality.file))\" value=\"\(part)/\(whole)\"/>\n"
        }
      }
      text += "  </properties>\n"
    }
    for result in results {
      text += "  <testcase classname=\"\(escaped(result.file))\" name=\"\(escaped(result.name))\""
      text +=
        result.failure.map { "><failure message=\"\(escaped($0))\"/></testcase>\n" } ?? "/>\n"
    }
    return text + "</testsuite>\n"
  }
}
