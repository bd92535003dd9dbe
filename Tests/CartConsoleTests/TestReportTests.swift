import Testing

@testable import CartConsole
@testable import CartRules

/// What tests came to, for other programs: no name bends it.
struct TestReportTests {
  private static let names = [
    "b # SKIP me", "# TODO later", "1..9", "ok 2 - other", "a\nnot ok 3 - forged\n  ---", "x\\#",
    "\u{fffe}\u{ffff}", "\u{0}\u{1}\u{b}\u{1f}\u{7f}\u{85}\u{9b}", "<&>\"']]>", "\u{202e}abc",
    "\u{10ffff}", "\u{1F600}", "\r", "  ", "",
  ]

  private static func report(_ name: String) -> TestReport {
    var quality = RuleTestQuality(file: name)
    (quality.lines, quality.mutants, quality.changes) = (2, 1, 5)
    return TestReport(
      results: [
        RuleTestResult(file: name, name: name),
        RuleTestResult(file: "t.lua", name: name, failure: name),
      ], qualities: [quality])
  }

  /// What a harness reads: of each result whether it is good, and its directive.
  private static func read(_ tap: String) -> [(isGood: Bool, directive: String)] {
    tap.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
      let isGood = line.hasPrefix("ok ")
      guard isGood || line.hasPrefix("not ok ") else { return nil }
      var directive = ""
      var isEscaped = false
      for (place, character) in zip(line.indices, line) {
        if character == "#", !isEscaped {
          directive = String(line[place...])
          break
        }
        isEscaped = character == "\\" && !isEscaped
      }
      return (isGood, directive)
    }
  }

  @Test(arguments: names)
  func noNameBendsTAP(name: String) {
    let tap = Self.report(name).tap
    let results = Self.read(tap)
    #expect(results.map(\.isGood) == [true, false], "\(tap)")
    #expect(results.allSatisfy { $0.directive.isEmpty }, "\(tap)")
    #expect(tap.hasPrefix("TAP version 13\n1..2\nok 1 - "))
    #expect(tap.split(separator: "\n").allSatisfy { !$0.hasPrefix("1..") || $0 == "1..2" })
  }

  @Test(arguments: names)
  func noNameBendsJUnit(name: String) throws {
    let text = Self.report(name).junit
    let document = try XMLCounter(text)
    #expect(
      document.names == [
        "testsuite": 1, "properties": 1, "property": 2, "testcase": 2, "failure": 1,
      ])
  }

  /// Counts the elements of a document that must be well-formed.
  private final class XMLCounter {
    private(set) var names: [String: Int] = [:]

    init(_ text: String) throws {
      // XML 1.0, 2.2 and 2.4: the characters that a document may have, and how values are written.
      for scalar in text.unicodeScalars {
        let isCharacter =
          switch scalar.value {
          case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
          default: false
          }
        #expect(isCharacter, "U+\(String(scalar.value, radix: 16))")
      }
      var rest = text[...]
      while let start = rest.firstIndex(of: "<") {
        let end = try #require(rest[start...].firstIndex(of: ">"))
        let tag = rest[rest.index(after: start)..<end]
        #expect(!tag.contains("<"))
        if !tag.hasPrefix("/"), !tag.hasPrefix("?") {
          names[String(tag.prefix { $0.isLetter }), default: 0] += 1
          #expect(tag.filter { $0 == "\"" }.count % 2 == 0)
        }
        rest = rest[rest.index(after: end)...]
      }
      for part in text.split(separator: "&").dropFirst() {
        #expect(["amp;", "lt;", "gt;", "quot;", "#39;"].contains { part.hasPrefix($0) })
      }
    }
  }
}
