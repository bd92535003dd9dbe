import Glibc
import ProgramTesting
import Testing

/// Parameters of rules that are set, and rules that are put into a mode.
struct RuleSettingTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  private func shop(_ rules: String, carts: Int = 2) {
    mkdir(folder.file("rules"), 0o777)
    mkdir(folder.file("rules/lists"), 0o777)
    folder.write("rules/a.lua", rules)
    var lines = ""
    for number in 1...carts {
      lines += """
        {"type":"cart.created","at":"2026-11-20T07:00:00Z","cart":"cart\(number)","currency":"EUR"}
        {"type":"line.added","at":"2026-11-20T07:01:00Z","cart":"cart\(number)","sku":"A","quantity":1,"price":"9"}

        """
    }
    folder.write("in.jsonl", lines)
    #expect(program.run("import", folder.file("in.jsonl")).status == 0)
  }

  private static let params = """
    rule "p" {
      params = { w = "1h", n = 3, part = "2", quota = "2%", least = "12.50", free = "any", yes = true,
        from = "2026-11-01", file = "bad.txt", where = "country=DE", land = "DE" },
      when = function(c, p)
        return p.yes and c:same("ip", p.w).carts > p.n and c.total > money(p.least)
          and list(p.file):has(c.email) and c:matches(p.where) and c.country == p.land
          and c.updated > time(p.from) and c.total:percent(p.part) > 1 and p.quota ~= "" and p.free ~= ""
      end,
    }
    """

  /// The default says what may stand in its place.
  @Test(arguments: [
    ("w=1hour", "w: expected a duration as \"15m\", got '1hour'"),
    ("w=", "w: expected a duration as \"15m\", got ''"),
    ("n=many", "n: expected a number, got 'many'"),
    ("yes=1", "yes: expected true or false, got '1'"),
    ("quota=2", "quota: expected a share as \"2%\", got '2'"),
    ("least=dear", "least: expected an amount as \"12.99\", got 'dear'"),
    ("from=soon", "from: expected a time as \"2026-11-01 14:00\", got 'soon'"),
    ("file=good.txt", "file: expected a file of lists/ (bad.txt), got 'good.txt'"),
    (
      "part=half",
      "part: line 7 of a.lua: percent: expected a decimal with at most 6 decimals, got 'half'"
    ),
    (
      "where=contry=DE",
      "where: line 6 of a.lua: matches: filter: no field 'contry'; did you mean 'country'?"
    ),
    (
      "land=UK",
      "land: line 6 of a.lua: cart.country is never 'UK': it is two capital letters of ISO 3166-1; "
        + "did you mean 'GB'?"
    ),
  ]) func aValueOfAnotherKindIsRefused(word: String, message: String) {
    shop(Self.params)
    folder.write("rules/lists/bad.txt", "a@b.example\n")
    let result = program.run("rules", "set", "p", word)
    #expect(result.status == 1)
    #expect(result.messages.hasSuffix("error: rule 'p': \(message)\n"), "\(result.messages)")
  }

  @Test func aValueOfTheKindIsTaken() {
    shop(Self.params)
    folder.write("rules/lists/bad.txt", "a@b.example\n")
    folder.write("rules/lists/worse.txt", "a@b.example\n")
    let result = program.run(
      "rules", "set", "p", "w=1h30m", "n=2.5", "yes=false", "part=7.5", "quota=3%", "least=100",
      "free=1hour",
      "from=2026-10-01 12:00", "file=worse.txt", "where=country=AT", "land=AT")
    #expect(result.status == 0, "\(result)")
    #expect(result.output == "rule p: version 2; 'rules enforce p' enforces it\n")
  }

  /// What is wrong with one rule does not concern another of its file.
  @Test func anErrorOfAnotherRuleRefusesNothing() {
    shop(
      """
      local function old(c) return c.totl > 5 end
      local function new(c) return quanity(c) > 5 end
      rule "good" { when = function(c) return c.quantity > 500 end }
      rule "bad" { when = function(c) return c.total == 5 end }
      rule "late" { when = function(c) return old(c) end }
      """)
    let shadow = program.run("rules", "shadow", "good")
    // Nothing uses `new`, so that it may be any rule's.
    #expect(shadow.status == 1)
    folder.write(
      "rules/a.lua", folder.read("rules/a.lua").replacing("quanity", with: "tostring"))
    for mode in ["enforce", "off"] {
      let good = program.run("rules", mode, "good")
      #expect(good.status == 0, "\(good)")
    }
    let again = program.run("rules", "shadow", "good")
    #expect(
      again.messages.hasPrefix(
        "note: a.lua has 2 errors in other rules; 'cartio rules check' shows what to correct\n"),
      "\(again)")
    #expect(again.output == "rule good: shadow\n")
    let bad = program.run("rules", "shadow", "bad")
    #expect(
      bad.messages.hasSuffix(
        "error: rules shadow: a.lua has 1 error, and bad stays as it is; 'cartio rules check bad' "
          + "shows what to correct\n"), "\(bad)")
    let late = program.run("rules", "enforce", "late")
    #expect(
      late.messages.contains(
        "rules/a.lua:1: error: cart.totl: no such field; did you mean 'total'?\n"), "\(late)")
    #expect(late.status == 1)
  }

  @Test func aRuleThatFailsOnMostCartsIsNotEnforced() {
    shop(
      """
      rule "open" { when = function(c) error("no") end }
      rule "half" { when = function(c) if c.id == "cart1" then error("no") end end }
      """)
    let open = program.run("rules", "enforce", "open")
    #expect(open.status == 1)
    #expect(
      open.messages.hasSuffix(
        "error: rule open: fails on 2 of 2 carts that are open; it is not enforced: a.lua:1: no\n"),
      "\(open)")
    #expect(program.run("rules", "enforce", "half").status == 0)
    // Where no cart is open the last month says it.
    #expect(program.run("-e", ".each status=any : delete", "--yes").status == 0)
    let month = program.run("rules", "enforce", "open")
    #expect(month.status == 1)
    #expect(
      month.messages.hasSuffix(
        "error: rule open: fails on 2 of 2 carts of the last 30 days; it is not enforced: a.lua:1: "
          + "no\n"), "\(month)")
  }

  @Test func whyOfACartThatIsNotHeld() {
    shop(
      """
      rule "small" { reason = "one piece", when = function(c) return c.quantity == 1 end }
      """)
    #expect(program.run("-e", ".reload").status == 0)
    let why = program.run("-e", ".why cart1")
    #expect(why.output == "")
    #expect(
      why.messages
        == "The cart cart1 is not held or flagged, and never was.\nnow, as it is:\n"
        + "  rule small, version 1, a.lua:1, in shadow: hold: one piece\n      quantity = 1\n"
        + "      It would not match if the quantity were 0.\n", "\(why.messages)")
    #expect(program.run("rules", "off", "small").status == 0)
    #expect(
      program.run("-e", ".why cart1").messages
        == "The cart cart1 is not held or flagged, and never was.\n"
        + "No entry of the blacklist and no rule, enforced or in shadow, matches it now.\n")
    let restored = program.run("-e", ".hold cart2", "-e", ".restore cart2", "-e", ".why cart2")
    #expect(restored.messages.contains("The cart cart2 is not held or flagged now.\n"))
  }

  /// A line that no address can match is said with its number, as soon as the rule is read.
  @Test func aLineOfAListThatIsNoRangeIsSaid() {
    mkdir(folder.file("rules"), 0o777)
    mkdir(folder.file("rules/lists"), 0o777)
    folder.write("rules/lists/bad.txt", "# bad\n203.0.113.0/24\n198.51.100.0/33\n\n1.2.3.4-1.2\n")
    shop(
      """
      rule "bad" {
        when = function(c)
          return list("bad.txt"):match(c.ip) ~= nil
        end,
      }
      """)
    let words =
      "list 'bad.txt', line 3: expected an IP address, a block or a range, got '198.51.100.0/33'; no "
      + "address matches it\n"
    #expect(
      program.run("rules", "list").messages.contains("warning: a.lua:3: " + words))
    let check = program.run("rules", "check")
    #expect(check.status == 0)
    #expect(check.output.contains("rules/a.lua:3: warning: " + words), "\(check)")
    #expect(
      check.output.contains("line 5: expected an IP address, a block or a range, got '1.2.3.4-1.2'")
    )
  }
}
