import CartEngine
import CartModel
import CartRules
import CartSupport

/// What tests beside rules came to, for other programs: no name of a test or file can bend its form.
struct TestReport {
  let results: [RuleTestResult]
  let qualities: [RuleTestQuality]

  // MARK: TAP

  /// Test Anything Protocol, version 13, with coverage and mutation score as comments.
  var tap: String {
    var text = "TAP version 13\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      text +=
        "\(result.failure == nil ? "ok" : "not ok") \(index + 1) - "
        + Self.description("\(result.file): \(result.name)") + "\n"
      if let failure = result.failure {
        text += "  ---\n  message: \(JSONWriter.quoted(printable(failure)))\n  ...\n"
      }
    }
    return text + qualities.map(Self.comments).joined()
  }

  /// A harness reads what follows a `#` as a directive.
  private static func description(_ text: String) -> String {
    printable(text.replacing("\\", with: "\\\\").replacing("#", with: "\\#"))
  }

  private static func comments(_ quality: RuleTestQuality) -> String {
    let file = printable(quality.file)
    var text = "# \(file): line coverage \(quality.lines - quality.notRun.count)/\(quality.lines)"
    if !quality.notRun.isEmpty {
      text += ", not run: \(quality.notRun.map(String.init).joined(separator: ", "))"
    }
    text += "\n"
    guard quality.mutants > 0 else { return text }
    text +=
      "# \(file): mutation score \(quality.mutants - quality.survivors.count)/\(quality.mutants)"
    if quality.changes > quality.mutants {
      text += "; \(quality.mutants) of \(quality.changes) changes were tried"
    }
    text += "\n"
    for mutant in quality.survivors {
      text +=
        "# \(file):\(mutant.line): no test notices \(printable(mutant.before)) → "
        + (mutant.after.isEmpty ? "nothing" : printable(mutant.after)) + "\n"
    }
    return text
  }

  // MARK: JUnit

  var junit: String {
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
            "    <property name=\"\(name).\(xmlText(quality.file))\" value=\"\(part)/\(whole)\"/>\n"
        }
      }
      text += "  </properties>\n"
    }
    for result in results {
      text += "  <testcase classname=\"\(xmlText(result.file))\" name=\"\(xmlText(result.name))\""
      text +=
        result.failure.map { "><failure message=\"\(xmlText($0))\"/></testcase>\n" } ?? "/>\n"
    }
    return text + "</testsuite>\n"
  }
}

/// Text between tags or quotes of XML 1.0, which has no way to write U+FFFE, U+FFFF and most of C0.
func xmlText(_ text: String) -> String {
  printable(text).unicodeScalars.reduce(into: "") { out, scalar in
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    case "\u{fffe}", "\u{ffff}": out += "\\u{\(String(scalar.value, radix: 16))}"
    default: out.unicodeScalars.append(scalar)
    }
  }
}
