import Testing

@testable import CartSupport

struct CSVTests {
  private func records(_ text: String, _ dialect: CSVDialect = .init()) throws -> [CSVRecord] {
    try records(Array(text.utf8), dialect)
  }

  private func records(_ bytes: [UInt8], _ dialect: CSVDialect = .init()) throws -> [CSVRecord] {
    var reader = CSVReader(TextInput(bytes: bytes), dialect)
    var records: [CSVRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  private func shown(_ records: [CSVRecord]) -> [String] {
    records.map { record in
      let fault = record.fault.map { "\($0)" } ?? record.cells.joined(separator: "|")
      return "\(record.line): \(fault)"
    }
  }

  @Test(arguments: [
    ("a,b\n1,\"open\n2,x\n3,y\n", ["1: a|b", "2: unclosedQuote", "3: 2|x", "4: 3|y"]),
    ("1,22\" screen\n2,b\n", ["1: 1|22\" screen", "2: 2|b"]),
    ("1,\"22\" screen\n2,b\n", ["1: textAfterQuote", "2: 2|b"]),
    // The quote of the second line closes what the first opened.
    ("1,\"22 screen\n2,\"ok\"\n3,c\n", ["1: textAfterQuote", "2: 2|ok", "3: 3|c"]),
    ("\"a\nb\",\"c\nd\n", ["1: unclosedQuote", "3: d"]),
    ("\"a\r\nb\",c\r\n\r\n\n,\n", ["1: a\r\nb|c", "5: |"]),
    ("\"\"\n\"\"\"\"\n\" \"\n", ["1: ", "2: \"", "3:  "]),
    ("a,\"b", ["1: unclosedQuote"]), ("", []), ("\n\r\n\r", []),
  ])
  func aRecordThatCannotBeReadIsOneReject(text: String, expected: [String]) throws {
    #expect(shown(try records(text)) == expected)
  }

  @Test func bytesThatAreNoTextRejectTheirRecordOnly() throws {
    let bytes =
      Array("a,b\nJ".utf8) + [0xfc] + Array("rg,1\n\"x\ny".utf8) + [0xe9, 0x80]
      + Array("\",2\nc,d\n".utf8)
    let all = try records(bytes)
    #expect(shown(all) == ["1: a|b", "2: notText", "3: notText", "5: c|d"])
    #expect(all[1].text == "J\\xfcrg,1" && all[2].text == "\"x\ny\\xe9\\x80\",2")
    let reader = CSVReader(TextInput(bytes: bytes))
    #expect(
      reader.reason(of: .notText)
        == "not UTF-8; if the file comes from Windows or Excel, add --encoding cp1252")
  }

  @Test func aDialectMayHaveOtherMarks() throws {
    let semicolon = CSVDialect(delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'"))
    #expect(shown(try records("'a;b';\"c\n", semicolon)) == ["1: a;b|\"c"])
    #expect(shown(try records("\"a,b\"\n", CSVDialect(quote: nil))) == ["1: \"a|b\""])
    #expect(shown(try records("sep=;\r\na;b\r\n")) == ["2: a|b"])
    #expect(shown(try records("\"SEP=\t\"\na\tb\n")) == ["2: a|b"])
    #expect(shown(try records("sep=;\na;b\n", semicolon)) == ["2: a|b"])
    #expect(shown(try records("a\nsep=;\n")) == ["1: a", "2: sep=;"])
    let error = #expect(throws: SupportError.self) {
      try records("sep=|\na|b\n", semicolon)
    }
    #expect(
      error?.message
        == "line 1: sep= names '|' as the delimiter, but expected ';'; leave one of them out")
  }

  /// Twice as many lines take about twice as long, whatever their quotes.
  @Test(arguments: [
    "1,\"22 screen\n", "a\",b,\"c\n", "x,\"\"\n", "x,\"\"\"\n", "\"\n", "\"\"\"\n", "a,b\n",
  ])
  func readingIsLinear(line: String) throws {
    func lines(_ count: Int) throws -> Int {
      var (input, taken) = (0, 0)
      let text = "1,\"open\n" + String(repeating: line, count: count)
      var reader = CSVReader(TextInput(bytes: Array(text.utf8)))
      while let record = try reader.next() {
        input += 1
        taken += record.cells.count
      }
      return reader.linesRead
    }
    let count = 20_000
    #expect(try lines(count) <= 2 * count + 2)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let rows = [
      ["=1+1", "+x", "-5.20", "@x", "'tis", "'=x", "'", "\tx", "\rx"],
      ["a,b", "say \"hi\"", "a\nb", "a\r\nb", "a\rb", "", " ", "😀", "\u{202e}x", "\u{1b}[2J"],
      [""], ["", ""], ["\u{1}\u{7f}"],
    ]
    var writer = CSVWriter()
    for row in rows { writer.row(row) }
    #expect(try records(writer.bytes).map { $0.cells.map(CSVGuard.unguarded) } == rows)
    writer.removeAll()
    writer.row([.plain("-5.20"), .text("-5.20"), .text("a\r\n\"b\"")])
    #expect(writer.text == "-5.20,'-5.20,\"a\r\n\"\"b\"\"\"\r\n")
  }

  @Test func onlyWhatWasGuardedLosesItsApostrophe() {
    for text in ["'tis", "'", "''", "x'=", "'é"] where text != "''" {
      #expect(CSVGuard.unguarded(text) == text)
    }
    #expect(CSVGuard.unguarded("''") == "'")
    // A combining mark behind the apostrophe is no part of it.
    #expect(CSVGuard.unguarded("'=\u{301}") == "=\u{301}")
  }
}
