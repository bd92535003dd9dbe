import CartConsole
import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Rules as a merchant's developer meets them.
struct RuleCommandTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  func shop() throws {
    #expect(
      program.run(
        "practice", "--carts", "300", "--until", "2026-11-01T08:00:00Z", "--db",
        folder.file("cartio.db")
      ).status == 0)
    try Files.makeFolder(folder.file("rules"))
    folder.write(
      "rules/hoard.lua",
      """
      rule "hoard" {
        params = { max = 8 },
        reason = "many pieces",
        when = function(c, p) return c.quantity > p.max end,
      }
      """)
  }

  /// A list that cannot be read is told in words.
  @Test func aListThatCannotBeReadIsAWarning() throws {
    try shop()
    try Files.makeFolder(folder.file("rules/lists"))
    folder.write("rules/lists/bad.txt", "\"abc\n")
    folder.write(
      "rules/l.lua", "rule \"l\" { when = function(c) return list(\"bad.txt\"):has(c.ip) end }\n")
    #expect(
      program.run("rules", "list").messages.contains(
        "warning: l.lua: list 'bad.txt': line 1: quote not closed\n"))
  }

  @Test func aRuleIsCountedThenEnforcedThenRolledBack() throws {
    try shop()
    let first = program.run("rules", "list")
    #expect(first.status == 0)
    #expect(
      first.messages
        == "rule hoard: version 1 of hoard.lua, not recorded yet: 'rules run' puts it into "
        + "shadow\n")
    let shadow = program.run("rules", "run")
    #expect(shadow.output.hasSuffix(" judged, 0 held\n"))
    #expect(
      shadow.messages.hasPrefix(
        "rule hoard: version 1 of hoard.lua, in shadow until 'rules enforce hoard'\n"))
    let before = program.run("export", "carts").output
    let enforced = program.run("rules", "enforce", "hoard", "--yes")
    #expect(enforced.status == 0 && enforced.output.contains("rule hoard: version 1 is enforced"))
    let run = program.run("rules", "run")
    #expect(run.status == 0 && !run.output.hasSuffix(", 0 held\n"))
    let held = program.run("-e", "#carts{status='held'}").output
    #expect(run.output.contains(", \(held.dropLast()) held"))
    #expect(program.run("rules", "list").output.contains("hoard  rule  enforce"))
    #expect(
      program.run("rules", "rollback", "hoard").output
        == "rule hoard: \(held.dropLast()) carts restored\n")
    // Byte for byte, but for version and updated.
    func same(_ text: String) -> String {
      text.replacing(/"version":\d+/, with: "").replacing(/"updated":"[^"]*"/, with: "")
    }
    let isSame = same(program.run("export", "carts").output) == same(before)
    #expect(isSame)
    #expect(program.run("rules", "run").output.hasSuffix(" judged, 0 held\n"))
    #expect(program.run("check").status == 0)
  }

  @Test func aPolicyIsPlannedEnforcedAndRun() throws {
    try Files.makeFolder(folder.file("rules"))
    folder.write(
      "rules/auto.lua",
      """
      policy "auto" {
        every = "1h",
        max = { orders = 2, total = "100", per = "1d" },
        when = function(c) return c.group == "trade" and "on account" end,
        order = { payment = "invoice" },
      }
      """)
    var lines = ""
    for cart in 1...3 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:0\(cart):00Z","cart":"cart\(cart)","shopper":{"customer":\(cart),"group":"trade"}}
        {"type":"line.added","at":"2026-11-01T07:0\(cart):00Z","cart":"cart\(cart)","sku":"PEN","quantity":\(cart),"price":"10.00"}

        """
    }
    folder.write("carts.jsonl", lines)
    #expect(program.run("import", folder.file("carts.jsonl")).status == 0)
    let planned = program.run("rules", "run", "--plan")
    #expect(
      planned.output == """
        3 carts judged, 0 held
        policy  cart   total  currency  outcome      reason
        auto    cart1  10.00  EUR       would order  on account
        auto    cart2  20.00  EUR       would order  on account
        policy auto, version 1, in shadow: would order 2 of 2 carts, 30.00 EUR; no more until the cap of \
        2 orders and 100.00 EUR in 1d allows it

        """, "\(planned.output)\(planned.messages)")
    #expect(
      program.run("rules", "enforce", "auto").output
        == "policy auto: version 1 is enforced; it would order 2 of 2 carts now, 30.00 EUR; at most 2 "
        + "orders and 100.00 EUR in 1d\n")
    let run = program.run("rules", "run")
    #expect(run.output.contains("auto    cart2  20.00  EUR       ordered  on account\n"))
    #expect(run.messages.contains(" by policy:auto: 2 carts (orders cannot be undone)\n"))
    // An hour has not gone by.
    #expect(program.run("rules", "run").output == "1 cart judged, 0 held\n")
    #expect(program.run("-e", "order('1001').cart.id").output == "cart1\n")
    for word in ["rollback", "backtest"] {
      let refused = program.run("rules", word, "auto")
      #expect(refused.status == 1 && refused.messages.contains("is a policy"))
    }
    #expect(program.run("rules", "shadow", "auto").status == 0)
    #expect(program.run("check").status == 0)
  }

  @Test func versionsAreSetShownAndCompared() throws {
    try shop()
    #expect(program.run("rules", "enforce", "hoard", "--yes").status == 0)
    #expect(program.run("rules", "set", "hoard", "max=20").output.contains("version 2"))
    let wrong = program.run("rules", "set", "hoard", "mx=20")
    #expect(wrong.status == 1)
    #expect(
      wrong.messages == "error: rule 'hoard': no parameter 'mx'; did you mean 'max'?\n")
    folder.write("rules/hoard.lua", folder.read("rules/hoard.lua").replacing(">", with: ">="))
    let diff = program.run("rules", "diff", "hoard").output
    #expect(diff.hasPrefix("--- version 1\n+++ version 3\n"))
    #expect(diff.contains("-   when = function(c, p) return c.quantity > p.max end,"))
    #expect(diff.contains("+   when = function(c, p) return c.quantity >= p.max end,"))
    #expect(program.run("rules", "off", "hoard").output == "rule hoard: off\n")
    let missing = program.run("rules", "enforce", "hord")
    #expect(
      missing.messages == "error: no rule or policy is called 'hord'; did you mean 'hoard'?\n")
    #expect(program.run("rules", "enfrce", "hoard").status == 64)
  }

  @Test func aNewRuleIsAFileThatWorks() throws {
    try shop()
    let made = program.run("rules", "new", "spam")
    #expect(made.output == folder.file("rules/spam.lua") + "\n")
    #expect(program.run("rules", "check", folder.file("rules/spam.lua")).status == 0)
    #expect(program.run("rules", "list").output.contains("spam"))
    #expect(program.run("rules", "new", "spam").status == 1)
  }

  @Test func aBrokenFileIsNamedAndTheOthersGoOn() throws {
    try shop()
    folder.write("rules/broken.lua", "rule \"broken\" { wen = 1 }")
    let list = program.run("rules", "list")
    #expect(list.status == 0 && list.output.contains("hoard"))
    #expect(
      list.messages.contains(
        "warning: broken.lua: broken.lua:1: rule 'broken': no key 'wen'; did you mean 'when'?"))
    // At the prompt as at the command line: what does not compile is an error.
    folder.write("rules/worse.lua", "rule \"worse\" {")
    for check in [program.run("rules", "check"), program.run("-e", ".rules check")] {
      #expect(check.status == 1)
      #expect(check.output.contains("rules/worse.lua:1: error: "), "\(check)")
      #expect(check.messages.contains("3 files: 2 errors, "), "\(check)")
    }
  }

  @Test func aBacktestSaysWhatItWouldHaveCost() throws {
    try shop()
    #expect(program.run("rules", "enforce", "hoard", "--yes").status == 0)
    #expect(program.run("rules", "set", "hoard", "max=4").status == 0)
    // The practice store's shoppers end on the first of November.
    let test = program.run(
      "rules", "backtest", "hoard", "--since", "2026-10-01", "--format", "json")
    #expect(test.status == 64, "there is no --format")
    let result = program.run("rules", "backtest", "hoard", "--since", "2026-10-01")
    #expect(result.status == 0)
    #expect(result.messages.contains("version 2: "))
    #expect(result.messages.contains("would have been held"))
    #expect(result.messages.contains("e-mail for"))
    #expect(result.messages.contains("against version 1: +"))
    #expect(program.run("rules", "backtest", "hoard", "--against", "9").status == 1)
  }

  @Test func whatIfOnTheCommandLine() throws {
    try shop()
    let words = ["rules", "what-if", "hoard", "--since", "2026-10-01"]
    let result = program.run(arguments: words + ["--format", "json"])
    #expect(result.status == 0)
    let json = try JSONParser.parse(result.output)
    #expect(json["report"]?.scalar == "what-if")
    guard case .array(let rows)? = json["rows"] else { return #expect(Bool(false)) }
    // Created, and six statuses that add up to it, as it was and as it would be.
    for column in 3...4 {
      let counts = rows.prefix(7).map { row -> Int in
        guard case .array(let cells) = row else { return -1 }
        return Int(cells[column].scalar ?? "") ?? -1
      }
      #expect(counts[0] > 0 && counts[0] == counts[1...].reduce(0, +), "\(counts)")
    }
    #expect(program.run(arguments: words + ["--version", "off"]).status == 0)
    let file = folder.file("rules/hoard.lua")
    let named = program.run("rules", "what-if", file, "--since", "2026-10-01", "--format", "json")
    #expect(try JSONParser.parse(named.output)["rows"] == json["rows"])
    #expect(program.run(arguments: words + ["--format", "tap"]).status == 64)
  }

  @Test func labelsSayHowWellARuleTellsCartsApart() throws {
    try shop()
    #expect(program.run("-e", ".reload").status == 0)
    func backtest(_ words: String...) -> ProgramResult {
      program.run(arguments: ["rules", "backtest", "hoard", "--since", "2026-10-01"] + words)
    }
    let all = backtest()
    #expect(
      all.messages.contains(
        "labels: 0 of 15 bot, 0 of 8 card-tester, 7 of 7 hoarder, 34 of 266 human, "),
      "\(all.messages)")
    #expect(all.messages.contains(/; precision 0\.\d{3}, recall 0\.\d{3} of all but human\n/))
    let one = backtest("--label", "hoarder")
    #expect(
      one.messages.contains("; precision 0.156, recall 1.000 of hoarder\n"), "\(one.messages)")
    folder.write("mine.csv", "cart,label\nnobody,x\n")
    let mine = backtest("--labels", folder.file("mine.csv"), "--label", "y")
    #expect(mine.messages == "error: label: no cart has 'y'\n")
    #expect(
      backtest("--labels", folder.file("mine.csv"), "--label", "x").messages.hasPrefix(
        "\(folder.file("mine.csv")): 1 of 1 carts are not of this shop, as 'nobody'; they count for "
          + "nothing\n"))
    folder.write("mine.csv", "cart,label\nnobody,x\nnobody,x\nnobody,y\n")
    #expect(
      backtest("--labels", folder.file("mine.csv")).messages
        == "error: \(folder.file("mine.csv")):4: cart 'nobody' is labelled 'y' here and 'x' above; "
        + "leave one of them\n")
    folder.write("mine.csv", "cart,label\nnobody\n")
    let bad = backtest("--labels", folder.file("mine.csv"))
    #expect(
      bad.messages == "error: \(folder.file("mine.csv")):2: expected cart,label, got 'nobody'\n")
  }

  @Test func aRuleThatCostsManyOrdersWantsTheirNumber() throws {
    try shop()
    // The practice store's shoppers end on the first of November; a month before that is looked at.
    var lines = ""
    for cart in 1...5 {
      lines += """
        {"type":"cart.created","at":"\(Program.now())","cart":"big\(cart)"}
        {"type":"line.added","at":"\(Program.now())","cart":"big\(cart)","sku":"X","quantity":9,"price":"1"}
        {"type":"cart.ordered","at":"\(Program.now())","cart":"big\(cart)","order":"big-\(cart)"}

        """
    }
    folder.write("orders.jsonl", lines)
    #expect(program.run("import", folder.file("orders.jsonl")).status == 0)
    let refused = program.run("rules", "enforce", "hoard")
    let lost = try #require(refused.messages.firstMatch(of: /with confirm=(\d+)\n/)).output.1
    #expect(refused.status != 0 && (Int(lost) ?? 0) >= 5)
    #expect(program.run("rules", "enforce", "hoard", "confirm=1").status != 0)
    #expect(program.run("rules", "list").output.contains("hoard  rule  shadow"))
    #expect(program.run("rules", "enforce", "hoard", "confirm=\(lost)").status == 0)
    #expect(program.run("rules", "list").output.contains("hoard  rule  enforce"))
  }
}
