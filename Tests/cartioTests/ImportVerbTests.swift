import Glibc
import ProgramTesting
import Testing

/// `.import` and `.try`, as the commands do.
struct ImportVerbTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  private static let events = """
    {"type":"cart.created","at":"2026-11-20T07:00:00Z","cart":"cart1","currency":"EUR"}
    {"type":"line.added","at":"2026-11-20T07:01:00Z","cart":"cart1","sku":"A","quantity":1,"price":"9"}
    {"type":"line.added","at":"2026-11-20T07:02:00Z","cart":"cart1","sku":"A","quantity":0,"price":"9"}

    """

  @Test func whatAnImportMakesIsSeenAtOnce() {
    folder.write("e.jsonl", Self.events)
    folder.write("b.csv", "ip\n203.0.113.9\n")
    let path = folder.file("e.jsonl")
    let result = program.run(
      "console",
      input: "carts{status='any'}:count()\n.import \(path)\ncarts{status='any'}:count()\n"
        + ".import \(folder.file("b.csv")) as-type=blacklist\n.blacklist list\n")
    #expect(result.status == 3)
    #expect(result.output.hasPrefix("0\n1\n"), "\(result.output)")
    #expect(result.output.contains("ip    203.0.113.9"), "\(result.output)")
    #expect(
      result.messages.contains(
        "\(path): 3 lines, 2 events imported as operation 1\n"
          + "         1  cart.created\n         1  line.added\n"
          + "1 rejected, see \(path).rejects.jsonl\n"), "\(result.messages)")
  }

  @Test(arguments: [
    (".import -", "import: - is the input of the console itself; name a file"),
    (
      ".import e.jsonl --as-type event",
      "--as-type: expected events, carts, lines, products, customers, blacklist, allowlist, got "
        + "'event'; did you mean 'events'?"
    ),
    (
      ".import e.jsonl as-type=carts using=x.lua",
      "--using: an importer makes events; not with --as-type carts"
    ),
  ]) func wrongWordsAreRefused(line: String, message: String) {
    let result = program.run("-e", line)
    #expect(result.status == 64 && result.messages == "error: \(message)\n", "\(result)")
  }

  @Test func aSandboxImportsNothing() {
    folder.write("e.jsonl", Self.events)
    #expect(program.run("import", folder.file("e.jsonl")).status == 3)
    let result = program.run("--sandbox", "-e", ".import \(folder.file("e.jsonl"))")
    #expect(result.status == 1)
    #expect(
      result.messages == "error: import: cannot be tried in the sandbox; type .live first\n")
  }

  /// A console that was opened before there was a database sees what another program makes.
  @Test func aDatabaseThatIsMadeMeanwhileIsOpened() throws {
    folder.write("e.jsonl", Self.events)
    let console = program.converse(["console"], messages: folder.file("said"))
    console.type("carts{status='any'}:count()\n")
    #expect(console.read(until: "0\n") != nil)
    #expect(program.run("import", folder.file("e.jsonl")).status == 3)
    console.type("carts{status='any'}:count()\n")
    #expect(console.read(until: "1\n") != nil)
    console.type(".quit\n")
    #expect(console.finish() == 0)
    #expect(
      folder.read("said").hasSuffix(
        "database: \(folder.file("cartio.db")) was made by another program: opened\n"),
      "\(folder.read("said"))")
  }

  @Test func aRuleJudgesOneCartAndNothingIsRecorded() {
    folder.write("e.jsonl", Self.events)
    #expect(program.run("import", folder.file("e.jsonl")).status == 3)
    mkdir(folder.file("rules"), 0o777)
    folder.write(
      "rules/r.lua",
      """
      rule "one" { reason = "single", when = function(c) return c.quantity == 1 end }
      rule "many" { action = "flag", when = function(c) return c.quantity > 9 end }
      rule "bad" { when = function(c) error("no") end }
      policy "all" { max = { orders = 1 }, when = function(c) return "yes" end }
      """)
    // Reading the file takes no number.
    let read = program.run("rules", "list")
    #expect(
      read.messages.contains("policy all: version 1 of r.lua, not recorded yet: 'rules run' puts"),
      "\(read)")
    #expect(!program.run("-e", ".ops").output.contains("rules list"))
    #expect(program.run("-e", ".reload").status == 0)
    for command in [["-e", ".try one cart1"], ["rules", "try", "one", "cart1"]] {
      let result = program.run(arguments: command)
      #expect(
        result.output == "rule one, version 1: would hold the cart cart1: single\n"
          + "    quantity = 1\n    It would not match if the quantity were 0.\n", "\(result)")
      #expect(result.messages == "")
    }
    #expect(
      program.run("-e", ".try many cart1").output
        == "rule many, version 1: does not match the cart cart1\n    quantity = 1\n")
    #expect(
      program.run("-e", ".try all cart1").output
        == "policy all, version 1: would order the cart cart1: yes\n")
    let bad = program.run("-e", ".try bad cart1")
    #expect(bad.status == 1)
    #expect(
      bad.messages
        == "error: rule bad, version 1: fails on the cart cart1: r.lua:3: no\n", "\(bad)")
    #expect(program.run("rules", "try", "one").status == 64)
    #expect(program.run("rules", "list").output.contains("  0       0  "))
    #expect(program.run("-e", ".ops limit=1").output.contains("  .reload"))
  }

  @Test func helpOnEventsAndExitCodes() {
    let events = program.run("help", "events")
    #expect(events.status == 0 && events.messages == "")
    #expect(
      events.output.contains(
        "\nline.changed\n  needs  cart line|sku quantity\n  takes  currency quantity_before\n"))
    #expect(program.run("-e", ".help events").output == events.output)
    #expect(
      program.run("help", "exit").output.hasPrefix(
        "  0  done\n  1  failed, nothing changed\n  3  partly done\n 64  wrong usage\n130  interrupted\n"
      ))
    #expect(
      program.run("manual").output.contains(
        "\n0 done; 1 failed, nothing changed; 3 partly done; 64 wrong usage; 130 interrupted.\n"))
  }
}
