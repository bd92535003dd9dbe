import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Lines of standard input, odd input, and examples.
extension CommandLineTests {
  @Test func linesOfStandardInputRunUntilTheFirstError() {
    let lines = "x = 1\nx + 1\nfor i = 1, 2 do\n  print(i)\nend\nqqqqqq()\nprint('after')\n"
    let result = program.run(input: lines)
    #expect(result.output == "2\n1\n2\n")
    #expect(result.messages == "error: prompt:1: unknown name 'qqqqqq'\n")
    #expect(result.status == 1)
    let goesOn = program.run("--keep-going", input: lines)
    #expect(goesOn.output == "2\n1\n2\nafter\n" && goesOn.status == 1)
    #expect(program.run(input: "print(1) -- ü\n.quit\nprint(2)\n").output == "1\n")
    #expect(program.run(input: "for i = 1, 2 do").status == 1)
    #expect(program.run(input: "\u{1}\n").status == 1)
  }

  @Test func aCartInAVariableOutlivesManyLines() {
    practice()
    let result = program.run(
      input: """
        c = carts{status="any", sort="-total"}:first()
        c = carts.create{email="x@example.com"}
        y = 1
        c:add("MUG-01", 2)
        c:add("TEA-MINT", 1)
        return c.quantity, c.total, c.email
        """)
    #expect(
      result.output.hasSuffix("3\t35.08\tx@example.com\n"), "\(result.output)\(result.messages)")
    #expect(program.run("check").status == 0)
  }

  @Test func pipedTablesArePlain() {
    practice()
    let result = program.run("-e", ".carts status=any limit=3")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("#  id "))
    #expect(!result.output.contains("\u{1b}"))
    #expect(lines[1].split(separator: " ")[1].count >= 8)
  }

  // MARK: Odd input

  @Test func oddInputsAreErrorsNotTraps() {
    let own = folder.write("self.txt", ".read \(folder.path)/self.txt\n")
    let open = folder.write("open.lua", "if true then\n")
    for arguments in [
      ["--timeout", "99999999999s", "-e", "1"], ["-e", ".cart @-9223372036854775808"],
      ["-e", ".read \(own)"], ["-e", ".read \(open)"], ["run", open],
      ["--as", "a via script:x", "-e", ".new"], ["report", "overview", "--by", "colour"],
    ] {
      let result = program.run(arguments: arguments)
      #expect([1, 64].contains(result.status), "\(arguments) \(result.status)")
      #expect(!result.messages.isEmpty)
    }
    #expect(program.run("-e", "-money('1')").output == "-1.00\n")
    #expect(!program.run("import", "\u{1b}[31mfoo").messages.contains("\u{1b}"))
  }

  // MARK: Examples

  @Test func practiceIsTheSameForTheSameArguments() {
    practice()
    let other = folder.file("second.db")
    _ = program.run("practice", "--carts", "80", "--until", "2026-11-01T08:00:00Z", "--db", other)
    let first = program.run("export", "events").output
    #expect(program.run("--db", other, "export", "events").output == first)
    #expect(!first.isEmpty)
    let again = program.run("practice", "--carts", "81", "--db", other)
    #expect(again.status == 1 && again.messages.contains("was filled with carts=80"))
  }

  @Test func hostileTextsActNowhere() {
    _ = program.run(
      "import", "-",
      input: """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"evil0001","shopper":{"email":"a@x.de\\r\\nBcc: b@x.de","name":"=cmd()"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"evil0001","sku":"=1+1","name":"\\"><script>alert(1)</script>\\u001b[2J","quantity":1,"price":"1"}

        """)
    for arguments in [
      ["-e", ".carts status=any"], ["-e", ".cart evil0001"], ["-e", ".history evil0001"],
      ["export", "carts", "--format", "csv"], ["export", "lines", "--format", "csv"],
      ["export", "carts"], ["export", "events"], ["report", "top-added"],
      ["report", "top-added", "--format", "html"], ["report", "top-added", "--format", "md"],
      ["report", "top-added", "--format", "json"], ["-e", ".customer 'a@x.de\r\nBcc: b@x.de'"],
    ] {
      let result = program.run(arguments: arguments)
      let text = result.output + result.messages
      // CSV gives texts back as they are; on a terminal they do not act (EscapeTests).
      if arguments.last != "csv" {
        #expect(!text.contains("\u{1b}"), "\(arguments)")
        #expect(!text.contains("\nBcc:"), "\(arguments)")
      }
      if arguments.contains("html") || arguments.contains("json") {
        #expect(!text.contains("<script>"), "\(arguments)")
      }
      if arguments.contains("csv") { #expect(!text.contains(",=") && !text.contains("\n=")) }
    }
  }
}
