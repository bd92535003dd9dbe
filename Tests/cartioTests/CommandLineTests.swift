import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

struct CommandLineTests {
  @Test func regularReportsAreWrittenWhenTheyAreDue() {
    let db = folder.file("cartio.db")
    #expect(program.run("practice", "--carts", "20", "--db", db).status == 0)
    let target = folder.file("countries.html")
    let added = program.run(
      "schedule", "add", "countries", "country=DE", "--every", "1m", "--to", target, "--since",
      "30d")
    #expect(
      added.status == 0 && added.output.hasPrefix("1: countries, 1m, to \(target); next "),
      "\(added)")
    #expect(program.run("schedule", "list").output.contains("  never "))
    #expect(program.run("schedule", "run").messages == "0 written, 0 failed\n")
    // As if it had been asked for long ago.
    let file = "reports/schedule.json"
    let text = folder.read(file)
    let last = text.firstRange(of: "\"last\":\"20")
    guard let last else { return #expect(Bool(false), "\(text)") }
    let year = last.upperBound..<text.index(last.upperBound, offsetBy: 2)
    folder.write(file, text.replacingCharacters(in: year))
    let run = program.run("schedule", "run")
    #expect(run.status == 0 && run.messages == "1 written, 0 failed\n", "\(run)")
    #expect(folder.read("countries.html").contains("<td>"))
    #expect(folder.read("reports/log.jsonl").contains("\"outcome\":\"written\""))
    #expect(program.run("schedule", "run").messages == "0 written, 0 failed\n")
    let list = program.run("schedule", "list").output
    #expect(list.contains("countries country=DE since=30d") && !list.contains("never"))
    // As if it had run while the clock was far ahead: it is due as ever, not when that time comes.
    folder.write(file, folder.read(file).replacing("\"last\":\"20", with: "\"last\":\"21"))
    #expect(program.run("schedule", "run").messages == "0 written, 0 failed\n")
    #expect(folder.read(file).contains("\"last\":\"20"))
    for words in [
      ["add", "nope", "--every", "1m", "--to", target],
      ["add", "countries", "--every", "soon", "--to", target],
      ["add", "countries", "--every", "1m", "--to", "x.pdf"], ["add", "countries"],
      ["remove", "7"],
      ["add", "countries", "--every", "1m", "--to", db + ".html", "--by", "colour"], ["go"],
    ] {
      let result = program.run(arguments: ["schedule"] + words)
      #expect(
        [1, 64].contains(result.status) && result.messages.hasPrefix("error: "),
        "\(words): \(result)")
    }
    #expect(program.run("schedule", "remove", "1").status == 0)
    #expect(program.run("schedule", "remove", "countries").status == 1)
  }

  @Test func doctorNamesWhatIsMissing() {
    var program = program
    program.environment["PATH"] = folder.path
    program.environment["EDITOR"] = "nosuchedit -w"
    program.environment["LC_ALL"] = "C"
    let result = program.run("doctor")
    #expect(result.status == 0)
    for line in [
      "database     \(folder.file("cartio.db"))  (not there)", "staff        anna",
      "shop         no database yet; ",
      "editor       missing: .edit opens it (nosuchedit -w); $EDITOR names another; get it with: ",
      "pager        missing: what is longer than the screen runs through; get it with: apt install less",
      "pictures     missing: a product's picture is only a link; get it with: apt install chafa",
      "terminal     xterm, C; letters beyond ASCII need a UTF-8 locale",
    ] {
      #expect(result.output.contains("\n" + line), "\(line): \(result)")
    }
    folder.write("store.lua", "return { curency = \"EUR\" }")
    let broken = program.run("doctor")
    #expect(broken.status == 1)
    #expect(broken.messages.contains("no setting 'curency'; did you mean 'currency'?"))
  }

  /// What groff shows of it is looked at by eye; here each request must be one of mdoc's.
  @Test func theManualPageHasAllOfIt() {
    let page = program.run("manual")
    #expect(page.status == 0)
    let known = [
      ".Dd", ".Dt", ".Os", ".Sh", ".Nm", ".Nd", ".Op", ".Bl", ".It", ".El", ".Ic", ".Pa", ".Cm",
    ]
    for line in page.output.split(separator: "\n") where line.hasPrefix(".") {
      #expect(known.contains(String(line.prefix(3))), "\(line)")
    }
    for words in [
      ".It Nm practice\n", ".It Ic \\&.claim \\&ID", ".It Fl -read-only\n", "130 interrupted.",
      ".It Nm run Ar file",
    ] {
      #expect(page.output.contains(words), "\(words)")
    }
    #expect(!page.output.contains("Not supported yet: a BigCommerce"))
  }

  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  static let root = "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")

  func practice() {
    let result = program.practice()
    #expect(result.status == 0, "\(result.messages)")
  }

  // MARK: Values and exit codes

  @Test func rulesAreCheckedWithoutRunning() {
    folder.write("good.lua", "#!/usr/bin/env cartio\nreturn function(c) return c.total > 100 end\n")
    folder.write("dear.lua", "error('ran')\nreturn function(c) return c.total == 100 end\n")
    folder.write("bad.lua", "return function(c) return c.total >\nend\n")
    let good = program.run("rules", "check", folder.file("good.lua"))
    #expect(good.status == 0 && good.output == "")
    #expect(good.messages == "1 file: 0 errors, 0 warnings\n")
    let all = program.run("rules", "check", folder.path)
    #expect(all.status == 1)
    #expect(
      all.output == """
        \(folder.file("bad.lua")):2: error: unexpected symbol near 'end'
        \(folder.file("dear.lua")):2: error: money == a number or text is always false; write \
        x:eq(12.5), or compare with money("…")

        """)
    #expect(all.messages == "3 files: 2 errors, 0 warnings\n")
    let none = program.run("rules", "check", folder.file("none"))
    #expect(none.status == 1 && none.messages.hasPrefix("error: rules: no .lua file in "))
    #expect(program.run("rules", "check", folder.file("none.lua")).status == 1)
    // The examples are as they should be.
    for name in ["importers/rees46.lua", "reports/by-domain.lua", "scripts/coupon.lua"] {
      let example = program.run("rules", "check", Self.root + "/examples/" + name)
      #expect(example.messages == "1 file: 0 errors, 0 warnings\n", "\(example.output)")
    }
  }

  @Test func theAPIIsPrinted() throws {
    let text = program.run("api")
    #expect(text.status == 0 && text.output.contains("cart(id: string) → cart"))
    let definitions = program.run("api", "--format", "luacats")
    #expect(definitions.output.hasPrefix("---@meta cartio\n"))
    #expect(program.run("api", "--format", "html").status == 64)
    // What the editor's settings name is what the command makes.
    let settings = try JSONParser.parse(Files.text(Self.root + "/examples/.luarc.json"))
    #expect(settings["workspace.library"] == .array([.string("cartio.lua")]))
    #expect(settings["runtime.version"] == .string("Lua 5.4"))
  }

  @Test func aMessageCannotSteerTheTerminal() {
    let unknown = program.run("--no\u{1b}[2Jsuch")
    #expect(unknown.status == 64)
    #expect(unknown.messages.hasPrefix("Error: Unknown option '--no\\x1b[2Jsuch'\n"))
    #expect(program.run("--version").output == "0.1.0\n")
    #expect(program.run("undo", "--help").output.hasPrefix("OVERVIEW: Undo an operation.\n"))
  }

  @Test func quotesOnTheCommandLine() {
    _ = program.run("import", "-")
    let name = program.run("undo", "1", "--cart", "a\"b")
    #expect(name.messages.hasPrefix("error: cart 'a\"b': "), "\(name.messages)")
    let filter = program.run("export", "carts", "--where", "email=\"a")
    #expect(filter.messages == "error: filter: a quote \" has no end in '\"a'\n")
  }

  @Test func aChunksValuesAreRaw() {
    #expect(
      program.run("-e", "return 1, 'a', true, {1, x = 'y'}").output
        == "1\ta\ttrue\t{ 1, x = \"y\" }\n")
    #expect(program.run("-e", "1 + 1").output == "2\n")
    #expect(program.run("-e", "print('a', 1.5)").output == "a\t1.5\n")
  }

  @Test(arguments: [
    (["-e", "error('no')"], 1, "error: -e:1: no\n"),
    (["-e", "for"], 1, "error: -e:1: <name> expected near <eof>\n"),
    (["-e", ".foo"], 64, "error: no verb '.foo'; .help lists them\n"),
    (
      ["-e", ".add x"], 64,
      "error: .add: Which product? Example: .add @ MUG-01 2\n"
    ),
    (
      ["-e", ".cart zzzz"], 1,
      "error: no cart has the id or order number 'zzzz'; find it with .carts NAME or .carts E-MAIL\n"
    ),
    (
      ["-e", ".carts country=UK"], 1,
      "error: country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?\n"
    ),
    (
      ["-e", ".carts total > 100"], 1,
      "error: filter: '>' stands alone; expected field, sign and value as one word, as total>100\n"
    ),
    (
      ["report", "overview", "--since", "last-week"], 64,
      "error: report: since: expected a moment, got 'last-week'; period=last-week says both since and until\n"
    ),
    (
      ["report", "operations", "--since", "7d", "--compare"], 64,
      "error: report: operations has no figures of a span to compare\n"
    ),
    (["-e", ".carts 'x"], 64, "error: '.carts 'x': a quote ' has no end\n"),
    (["-e", ".set @ A 1"], 1, "error: @: no cart was shown yet; list some with .carts\n"),
    (
      ["-e", ".mode tabel"], 64,
      "error: mode: expected table, vertical, json, csv, md, html, got 'tabel'; did you mean 'table'?\n"
    ),
    (["-e", ".undo x"], 1, "error: undo: expected an operation's number as .ops shows, got 'x'\n"),
    (["-e", ".undo"], 1, "error: undo: staff:anna has nothing to undo\n"),
    (["-e", ".read nope"], 1, "error: file nope: cannot read it: No such file or directory\n"),
    (["-e", "while true do end", "--timeout", "1s"], 1, "error: time limit reached\n"),
    (
      ["-e", "local s = 'x' while true do s = s .. s end", "--memory", "8M"], 1,
      "error: not enough memory; Lua was started afresh; the limit is 8 MB, --memory 16M allows more\n"
    ),
    (["run", "nope.lua"], 1, "error: file nope.lua: cannot read it: No such file or directory\n"),
    (
      ["import", "nope.jsonl"], 1,
      "error: file nope.jsonl: cannot read it: No such file or directory\n"
    ),
    (
      ["report", "overviw"], 1,
      "error: no report is called 'overviw'; did you mean 'overview'?\n"
    ),
    (["undo", "77"], 1, "error: no operation has the number 77; see .ops\n"),
    (
      ["export", "events", "--format", "csv"], 1,
      "error: export events: expected --format jsonl, got csv\n"
    ),
    (
      ["--as", "", "-e", "1"], 1,
      "error: actor: expected shopper, sync, import, staff:NAME, rule:NAME or policy:NAME, got 'staff:'\n"
    ),
  ])
  func failuresSayWhatAndExit(arguments: [String], status: Int32, message: String) {
    #expect(program.run("import", "-").status == 0)
    let result = program.run(arguments: arguments)
    #expect(result.status == status)
    #expect(result.messages == message)
  }

  @Test(arguments: [
    ["--bogus"], ["bogus"], ["-e"], ["export", "nonsense"], ["--timeout", "5", "-e", "1"],
    ["--memory", "lots", "-e", "1"], ["--now", "soon", "-e", "1"], ["undo", "x"],
    ["import", "f", "--as-type", "cart"], ["practice", "--carts", "-5"],
  ])
  func wrongUsageExits64(arguments: [String]) {
    #expect(program.run(arguments: arguments).status == 64)
  }

  @Test func optionsMayStandBeforeOrAfterTheCommand() {
    practice()
    let db = folder.file("cartio.db")
    let before = program.run("--db", db, "--read-only", "report", "overview", "--format", "csv")
    let after = program.run("report", "overview", "--format", "csv", "--db", db, "--read-only")
    #expect(
      before.status == 0 && before.output == after.output && before.output.hasPrefix("status,"))
  }

  @Test func readOnlyAndAFixedClockChangeNothing() {
    practice()
    let before = program.run("export", "events").output
    for option in [["--read-only"], ["--now", "2026-11-01T08:00:00Z"]] {
      let result = program.run(
        arguments: option + [
          "-e", "local c = carts{status='active'}:first() or carts{}:first() c:add('MUG-01', 1)",
        ])
      #expect(result.status == 1)
      #expect(
        result.messages
          == "error: database: opened only to read (--read-only or --now); nothing was changed\n")
    }
    #expect(program.run("export", "events").output == before)
    #expect(
      program.run("--now", "2026-11-01T08:00:00Z", "-e", "date()").output == "2026-11-01 09:00:00\n"
    )
  }
}

extension String {
  /// With another year of this century.
  fileprivate func replacingCharacters(in year: Range<Index>) -> String {
    String(self[..<year.lowerBound]) + "20" + String(self[year.upperBound...])
  }
}
