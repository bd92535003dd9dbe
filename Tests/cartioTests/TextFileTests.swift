import CartEngine
import CartSupport
import ProgramTesting
import Testing

/// Scripts, rules, settings and lists in each encoding that files may have.
struct TextFileTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  private static func wide(_ text: String) -> [UInt8] {
    Array(("\u{FEFF}" + text).utf16).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
  }

  private static func marked(_ text: String) -> [UInt8] { Array(("\u{FEFF}" + text).utf8) }

  private func makeRules() {
    for name in ["rules", "rules/lists"] { try? Files.makeFolder(folder.file(name)) }
  }

  @Test func aByteOrderMarkAndUTF16AreNoPartOfAText() {
    makeRules()
    for bytes in [Self.marked, Self.wide] {
      folder.write("store.lua", bytes("return { name = 'Tëa' }\n"))
      folder.write("s.lua", bytes("print('ü')\n"))
      folder.write("rules/lists/d.txt", bytes("spam.example\r\nbad.example \r\n"))
      folder.write("rules/lists/d.csv", bytes("domain;Note\r\nspam.example;\"a;b\"\r\n"))
      folder.write(
        "rules/r.lua",
        bytes(
          """
          rule "d" { when = function(c) return list("d.txt"):has(c.domain) end }
          rule "e" { when = function(c) return list("d.csv"):get(c.domain).Note end }
          test("first", function() expect(judge("d", fixture{email="a@spam.example"}).hit, true) end)
          test("last", function() expect(judge("d", fixture{email="a@bad.example"}).hit, true) end)
          test("csv", function() expect(judge("e", fixture{email="a@spam.example"}).reason, "a;b") end)

          """))
      let tests = program.run("rules", "test")
      #expect(tests.status == 0 && tests.output.contains("ok 3 - r.lua: csv"), "\(tests)")
      #expect(program.run("run", folder.file("s.lua")).output == "ü\n")
    }
  }

  @Test func whatIsNoUTF8IsNamedWithItsLine() {
    makeRules()
    let bad: [UInt8] = Array("-- a\n-- J".utf8) + [0xfc] + Array("rg\n".utf8)
    for (name, arguments) in [
      ("store.lua", ["-e", "1"]), ("s.lua", ["run", folder.file("s.lua")]),
      ("rules/r.lua", ["rules", "test"]),
      ("p.plan", ["apply", folder.file("p.plan")]),
    ] {
      folder.write(name, bad)
      let result = program.run(arguments: arguments)
      let text = result.messages + result.output
      #expect(result.status == 1, "\(name): \(text)")
      #expect(text.contains("line 2: not UTF-8; ") || name == "p.plan", "\(name): \(text)")
      folder.write(name, name == "store.lua" ? "return {}" : "")
    }
  }

  @Test func listsOfRulesTakeAnySeparator() {
    makeRules()
    func shown(_ text: String, _ expression: String) -> String {
      folder.write("rules/lists/l", text)
      folder.write(
        "rules/r.lua",
        "rule 'x' { when = function(c) return '[' .. tostring(\(expression)) .. ']' end } "
          + "test('t', function() expect(judge('x', fixture{email='a@b.example'}).reason, '') end)")
      return program.run("rules", "test").output
    }
    let list = "list('l')"
    #expect(shown("# c\nkey;N\na;1\nb;2\n", "\(list):get('B').N").contains("[2]"))
    #expect(shown("key\tN\na\t1\n", "\(list):get('a').N").contains("[1]"))
    #expect(shown("key,N\na\n", "#\(list):get('a').N").contains("[0]"))
    #expect(shown("Mozilla/5.0 (X11; Linux)\nx\n", "\(list):has('x')").contains("[true]"))
    // A first line that is data is no header.
    #expect(
      shown("203.0.113.0/24 ; SBL1\n203.0.113.9 ; SBL2\n", "\(list):get('203.0.113.0/24')['2']")
        .contains("[SBL1]"))
    let nets =
      "# nets\nnet,kind\n203.0.113.0/24,wide\n203.0.113.7,one\n198.51.100.5-198.51.100.9,range\n"
    for (address, kind) in [
      ("203.0.113.8", "wide"), ("203.0.113.7", "one"), ("198.51.100.9", "range"),
      ("198.51.100.10", "nil"), ("", "nil"),
    ] {
      #expect(
        shown(nets + "*bot*,crawler\n", "(\(list):match('\(address)') or {}).kind").contains(
          "[\(kind)]"))
    }
    #expect(shown(nets + "*bot*,crawler\n", "\(list):match('A Bot 1').kind").contains("[crawler]"))
    #expect(
      shown("key,N\na,\"x\nb,2\n", "\(list):has('a')").contains(
        "list 'l': line 2: quote not closed"))
    #expect(
      shown("key,N\na,1,2\n", "\(list):has('a')").contains(
        "line 2: expected 2 columns as in the first line, got 3"))
  }
}
