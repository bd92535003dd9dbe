import ProgramTesting
import Testing

/// Input that would have no effect is refused, and the message names what is wrong.
struct RefusedInputTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() { program = Program(folder) }

  @Test(arguments: [
    (#"rule "d" { when = "c.total>5" }"#, "1: error: rule 'd': when: expected a function, got"),
    (
      "rule \"d\" { when = function(c) return false end }\n"
        + "rule \"d\" { when = function(c) return true end }",
      "2: error: rule 'd': is defined already"
    ),
    (
      "local l = list('nope.txt')\nrule \"d\" { when = function(c) return l:has(c.ip) end }",
      "1: error: list: no file 'nope.txt'"
    ),
  ])
  func filesOfRulesAreLoadedToo(source: String, message: String) {
    let file = folder.write("r.lua", source + "\n")
    let result = program.run("rules", "check", file)
    #expect(result.status == 1 && result.output.contains("\(file):\(message)"), "\(result)")
  }

  @Test func attributesHaveAnyName() {
    let file = folder.write(
      "r.lua", "rule \"a\" { when = function(c) return c.attr.utm_source == \"spring\" end }\n")
    #expect(program.run("rules", "check", file).status == 0)
    folder.write(
      "r.lua", "rule \"a\" { when = function(c) return c.attr.UTM == \"spring\" end }\n")
    #expect(program.run("rules", "check", file).status == 1)
  }

  @Test func aFilterOfWhatIsNoCartIsRefused() {
    #expect(program.practice().status == 0)
    for kind in ["products", "customers", "blacklist", "allowlist"] {
      let result = program.run("export", kind, "--where", "country=DE")
      #expect(result.status == 64 && result.output.isEmpty, "\(kind)")
      #expect(
        result.messages.contains(
          "export \(kind): a filter chooses carts, and these are not of carts; leave 'country=DE' out"
        ))
    }
  }

  @Test func aRowSaysWhatIsWrongAndTheOthersAreImported() {
    let rows = folder.write("x.csv", "at,cart\n2026-11-20T01:00:00Z,q-0001\nnonsense,q-0002\n")
    let script = folder.write(
      "i.lua",
      """
      importer "x" { format = "csv", decimal = ",", row = function(r, n, emit)
        emit{type="cart.created", at=r.at, cart=r.cart, currency="EUR"}
        emit{type="line.added", at=r.at, cart=r.cart, sku="A", quantity=1, price=money("1.50", "EUR")}
      end }
      """)
    let result = program.run("import", rows, "--using", script)
    #expect(result.status == 3)
    #expect(result.messages.contains("2 events imported") && result.messages.contains("time: "))
    #expect(program.run("-e", "carts{status='any'}:sum('total')").output == "1.50\n")
    folder.write(
      "i.lua",
      """
      importer "x" { format = "csv", row = function(r, n, emit)
        emit{type="line.added", at="2026-11-20T02:00:00Z", cart=r.cart, skuu="A", quantity=1, price="1"}
      end }
      """)
    let misspelled = program.run("import", rows, "--using", script)
    #expect(misspelled.status == 1)
    #expect(misspelled.messages.contains("no key 'skuu'; did you mean 'sku'?"))
  }
}
