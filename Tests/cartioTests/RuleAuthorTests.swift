import CartEngine
import CartSupport
import ProgramTesting
import Testing

/// A rule author's mistakes are found by one check, and a file with mistakes is never enforced.
struct RuleAuthorTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() throws {
    program = Program(folder)
    try Files.makeFolder(folder.file("rules/lists"))
    folder.write("rules/lists/disposable.txt", "mail.example\n")
  }

  private static let nine = """
    local function tooMany(cart)
      return #orders{"email=" .. cart.email} > 3
    end

    rule "nine" {
      params = { window = "1hour" },
      when = function(c, p)
        if c:same("ipp", "1h").carts > 5 then return true end
        if c:same("ip", p.window).declined > 3 then return true end
        if c:matches{"totl>5"} then return true end
        if c:matches{country = "UK"} then return true end
        if list "disposble.txt":has(c.domain) then return true end
        if c.total > money("12,50") then return true end
        if c.idle > duration "2 hours" then return true end
        if c.shipping.country == "DE" then return true end
        return tooMany(c)
      end,
    }

    """

  @Test func nineMistakesAreFoundAtOnce() {
    folder.write("rules/nine.lua", Self.nine)
    let file = folder.file("rules/nine.lua")
    let expected = """
      \(file):2: error: orders: not inside a rule, which sees c, p, c:same, c:matches, list, product, \
      money, times and blacklist.check only
      \(file):8: error: same: no key 'ipp'; did you mean 'ip'?; expected one of ip, net, email, domain, \
      customer, session, country, browser, card
      \(file):9: warning: same: duration: expected a number and one of s m h d w, as 2h, got '1hour'
      \(file):10: error: matches: filter: no field 'totl'; did you mean 'total'?
      \(file):11: error: matches: country: expected two capital letters of ISO 3166-1, got 'UK'; did \
      you mean 'GB'?
      \(file):12: error: list: no file 'disposble.txt' in lists; did you mean 'disposable.txt'?; there \
      are disposable.txt
      \(file):13: error: money: expected an amount as "12.99", got '12,50'
      \(file):14: error: duration: expected a number and one of s m h d w, as 2h, got '2 hours'
      \(file):15: error: cart.shipping is an amount and has no 'country'; write \
      c.shipping_address.country

      """
    for name in [file, "nine"] {
      let result = program.run("rules", "check", name)
      #expect(result.output == expected && result.status == 1, "\(result)")
      #expect(result.messages == "1 file: 8 errors, 1 warning\n")
    }
    let all = program.run("rules", "check")
    #expect(all.output == expected && all.status == 1)
  }

  /// The names that only loading the file gives are found, and no part of one.
  @Test func aRuleThatALoopDefinesIsFound() {
    folder.write(
      "rules/loop.lua",
      """
      for _, k in ipairs{"a", "b"} do
        rule("lp-" .. k) { when = function(c) return c.total == 5 end }
      end

      """)
    for name in ["lp-a", "lp-b"] {
      let result = program.run("rules", "check", name)
      #expect(result.status == 1)
      #expect(result.output.hasPrefix(folder.file("rules/loop.lua") + ":2: error: cart.total is "))
    }
    #expect(
      program.run("rules", "check", "lp-c").messages.hasSuffix(
        "the rules and policies are lp-a, lp-b\n"))
  }

  @Test func aNameThatIsNoRuleSaysWhatThereIs() {
    folder.write("rules/a.lua", "rule \"dear\" { when = function(c) return c.total > 5 end }\n")
    #expect(program.run("rules", "check", "dear").messages == "1 file: 0 errors, 0 warnings\n")
    let missing = program.run("rules", "check", "deer")
    #expect(missing.status == 1)
    #expect(
      missing.messages
        == "error: rules check: no file, rule or policy 'deer'; did you mean 'dear'?; the rules and "
        + "policies are dear\n")
    #expect(program.run("-e", ".rules check dear").status == 0)
    #expect(program.run("-e", ".rules check deer").status == 1)
  }

  @Test func aFileWithErrorsIsNotEnforced() throws {
    #expect(program.practice().status == 0)
    let good = "rule \"dear\" { when = function(c) return c.total > 100000 end }\n"
    folder.write("rules/dear.lua", good)
    #expect(program.run("rules", "enforce", "dear", "--yes").status == 0)
    let pinned = program.run("rules", "list").output
    #expect(pinned.contains("dear  rule  enforce"))
    for broken in [
      "rule \"dear\" { when = function(c) return c.totl > 5 end }\n",
      "rule \"dear\" { when = function(c) return c.total > end }\n",
      "rule \"dear\" { when = function(c) return c:same(\"ipp\").carts > 5 end }\n",
    ] {
      folder.write("rules/dear.lua", broken)
      for word in ["enforce", "shadow"] {
        let result = program.run("rules", word, "dear", "--yes")
        #expect(result.status == 1)
        #expect(result.messages.contains("rules/dear.lua:1: error: "), "\(result)")
        #expect(
          result.messages.hasSuffix(
            "error: rules \(word): dear.lua has 1 error, and dear stays as it is; 'cartio rules check "
              + "dear' shows what to correct\n"), "\(result)")
      }
      let list = program.run("rules", "list").output
      #expect(list.contains("dear  rule  enforce        1"), "\(list)")
    }
    folder.write("rules/dear.lua", good)
    #expect(program.run("rules", "shadow", "dear").status == 0)
  }

  @Test func aRuleThatNeverLoadedIsNotEnforced() {
    #expect(program.practice().status == 0)
    folder.write("rules/x.lua", "rule \"x\" { when = function(c) return c.total > end }\n")
    let result = program.run("rules", "enforce", "x")
    #expect(result.status == 1)
    #expect(result.messages.contains("rules/x.lua:1: error: unexpected symbol near 'end'"))
  }

  /// What the text shows is not said once more by loading it.
  @Test func anErrorIsSaidOnce() {
    #expect(program.practice().status == 0)
    folder.write(
      "rules/a.lua",
      "local l = list \"nope.txt\"\nrule \"a\" { when = function(c) return l:has(c.domain) end }\n")
    let result = program.run("rules", "check")
    #expect(result.status == 1)
    #expect(result.output.split(separator: "\n").count { $0.contains("error: ") } == 1, "\(result)")
  }
}
