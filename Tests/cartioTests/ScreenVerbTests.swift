import CartTesting
import ProgramTesting
import Testing

/// Verbs about the screen, files and scripts, in the built program.
struct ScreenVerbTests {
  let folder = TemporaryFolder()

  var program: Program { Program(folder) }

  func shop() {
    #expect(
      program.run(
        "practice", "--carts", "40", "--until", "2026-11-01T08:00:00Z", "--db",
        folder.file("cartio.db")
      ).status == 0)
  }

  /// What the console says to some lines.
  private func say(_ lines: String..., status: Int32 = 0) -> ProgramResult {
    let result = program.run("--keep-going", input: lines.joined(separator: "\n") + "\n")
    #expect(result.status == status, "\(result)")
    return result
  }

  func id(_ words: String = "carts{status='any', 'quantity>1', 'quantity<9'}") -> String {
    String(program.run("-e", "\(words):first().id").output.dropLast())
  }

  @Test func outputGoesToFiles() {
    shop()
    let (all, one) = (folder.file("all.txt"), folder.file("one.txt"))
    let result = say(
      ".once \(one)", ".products limit=2", "1 + 1", ".output \(all)", "'in the file'", ".output",
      "nonsense(", ")", ".output off", "'back'", status: 1)
    #expect(result.output == "2\nback\n")
    #expect(folder.read("one.txt").split(separator: "\n").count == 3)
    #expect(folder.read("all.txt") == "in the file\n")
    #expect(result.messages.contains("output: \(all)\n"))
    let own = say(".once \(folder.file("cartio.db"))", ".output /nowhere/x", status: 1)
    #expect(own.messages.contains("cartio.db: is a database; name another file\n"), "\(own)")
    #expect(own.messages.contains("/nowhere/x"), "\(own)")
    #expect(program.run("check").status == 0)
  }

  @Test func timingAndTheLastError() {
    shop()
    let result = say(
      ".error", ".timing", "for i = 1, 1000 do end", ".carts", ".timing off", "1", ".carts totl=3",
      ".error", status: 1)
    #expect(
      result.messages.contains(/time \d+\.\d ms, \d,\d{3} Lua instructions\n/), "\(result)")
    #expect(result.messages.contains(/time \d+\.\d ms\n/), "\(result)")
    #expect(result.messages.hasPrefix("no error yet\ntiming is on\n"))
    #expect(result.output.hasSuffix("exit code: 1\n"), "\(result)")
    #expect(result.output.contains("typed: .carts totl=3\nerror: "), "\(result)")
  }

  /// Without a terminal only the rule is written; what it would hold is what was listed.
  @Test func aListingBecomesARule() {
    shop()
    let result = say(
      ".watch 2 .carts total>60 country=DE,AT as rule dear", ".rules run",
      ".watch .carts as rule dear", ".watch .orders as rule x", ".watch .carts at=1h as rule x",
      ".watch .carts totl>1 as rule x", ".watch .carts as rule X/y", status: 64)
    #expect(
      result.messages.contains(
        "rules/dear.lua: 'rules backtest dear' says what it would have done"),
      "\(result)")
    #expect(
      result.messages.contains(
        "rule dear: version 1 of dear.lua, in shadow until 'rules enforce dear'"))
    let rule = folder.read("rules/dear.lua")
    #expect(
      rule.contains(
        #"return c.status ~= "expired" and c.total > 60 and (c.country == "DE" or c.country == "AT")"#
      ), "\(rule)")
    #expect(rule.contains(#"reason = "total>60 country=DE,AT","#))
    for words in [
      "dear.lua: is there already", "only .carts can become a rule, got '.orders'",
      "as rule: a rule judges carts as they are, not at=", "no field 'totl'; did you mean 'total'?",
      "rule 'X/y': expected a name of small letters, digits, - and _",
    ] {
      #expect(result.messages.contains(words), "\(words): \(result)")
    }
    let listed = program.run("-e", "carts{'total>60', country='DE,AT'}:count()").output
    let hits = program.run("-e", ".rules list").output.split(separator: "\n").last ?? ""
    #expect(hits.contains(" \(listed.dropLast()) "), "\(hits) \(listed)")
    #expect(listed != "0\n")
  }

  @Test func viewsAreKept() {
    shop()
    #expect(
      say(".view big = .carts quantity>3 sort=id", ".view few = .carts limit=2").messages
        == "view big = .carts quantity>3 sort=id\nview few = .carts limit=2\n")
    let list = say(".view", ".view big limit=1", ".carts quantity>3 sort=id limit=1").output
    #expect(
      list.hasPrefix("big = .carts quantity>3 sort=id\nfew = .carts limit=2\n"), "\(list)")
    let tables = list.split(separator: "\n").dropFirst(2)
    #expect(tables.count == 4 && Array(tables.prefix(2)) == Array(tables.suffix(2)))
    let bad = say(
      ".view bg", ".view x = 1+1", ".view x = .crts", ".view big =", ".view", status: 64)
    #expect(
      bad.messages == """
        error: no view is called 'bg'; did you mean 'big'?
        error: view: expected a verb, as .carts total>300, got '1+1'
        error: view: no verb '.crts'; did you mean 'carts'?
        view big: forgotten

        """)
    #expect(bad.output == "few = .carts limit=2\n")
    // One that runs itself ends.
    #expect(
      say(".view loop = .view loop", ".view loop", status: 1).messages.hasSuffix(
        "error: view 'loop': views run each other 16 deep; stopped\n"))
  }

  @Test func eachVerbHasItsLua() {
    shop()
    let cart = id()
    let pairs: [(String, String)] = [
      (".carts country=DE total>10", #"carts{"country=DE", "total>10"}"#),
      (".cart \(cart.prefix(9))", #"show(cart("\#(cart)"))"#),
      (".set \(cart) #1 4", ##"cart("\##(cart)"):set("#1", 4)"##),
      (".add @ MUG-01", #"cart("\#(cart)"):add("MUG-01", 1)"#),
      (".coupon \(cart) -SAVE10", #"cart("\#(cart)"):remove_coupon("SAVE10")"#),
      (".hold \(cart) \"reason=said \\\"no\\\"\"", #"cart("\#(cart)"):hold("said \\no\\")"#),
      (
        ".set \(cart) #1 4 reason=\"by phone\"",
        ##"reason("by phone") cart("\##(cart)"):set("#1", 4)"##
      ),
      (
        ".each country=ZZ : hold reason=odd",
        #"carts{"country=ZZ"}:each(function(c) c:hold("odd") end)"#
      ),
      (".delete \(cart)", #"cart("\#(cart)"):delete()"#),
      (
        ".address \(cart) city=Köln billing_country=AT",
        #"cart("\#(cart)"):set_address{shipping = {city = "Köln"}, billing = {country = "AT"}}"#
      ),
      (".new email=a@b.de country=DE", #"carts.create{country = "DE", email = "a@b.de"}"#),
      (
        ".each country=ZZ : set MUG-01 2",
        #"carts{"country=ZZ"}:each(function(c) c:set("MUG-01", 2) end)"#
      ),
      (
        ".blacklist add ip=203.0.113.7 ttl=7d",
        #"blacklist.add{ip = "203.0.113.7", ttl = "7d"}"#
      ),
      (".products tea", #"products{text = "tea"}"#),
      (
        ".carts total>1 by=country",
        #"for _, g in ipairs(carts{"total>1"}:by("country")) do print(g.value, g.count) end"#
      ), (".undo 7", "undo(7)"),
    ]
    for (verb, lua) in pairs {
      let result = program.run(
        "--keep-going", "--yes", "--sandbox", input: ".carts\n.cart \(cart)\n\(verb)\n.lua\n")
      #expect(result.output.hasSuffix(lua + "\n"), "\(verb): \(result)")
    }
    #expect(say(".lua", status: 64).messages.contains("the last verb has no Lua"))
  }

  /// A session, recorded, does the same to a copy.
  @Test func aRecordedSessionIsAScript() throws {
    shop()
    let before = folder.file("before.db")
    #expect(program.run("backup", before).status == 0)
    let (cart, other) = (id(), id("carts{status='any', sort='-quantity'}"))
    let script = folder.file("again.lua")
    let result = say(
      ".record", ".carts limit=3", ".set \(cart) #1 7", "for i = 1, 2 do", "  x = i", "end",
      "x + 1",
      ".add \(cart) MUG-01 2", ".carts nope=1", ".hold \(other) \"reason=a \\ 'b'\"",
      ".stop \(script)", ".stop \(script)", status: 64)
    #expect(result.messages.contains("\(script): 6 steps\n"), "\(result)")
    let text = folder.read("again.lua")
    #expect(text.hasPrefix("-- Recorded by staff:anna on "))
    #expect(
      text.hasSuffix(
        """
        local filter = "limit=3"
        local cart_id = "\(cart)"
        local line = "#1"
        local quantity = 7
        local sku = "MUG-01"
        local quantity2 = 2
        local cart_id2 = "\(other)"
        local because = "a \\\\ 'b'"

        carts{filter}
        cart(cart_id):set(line, quantity)
        for i = 1, 2 do
          x = i
        end
        show(x + 1)
        cart(cart_id):add(sku, quantity2)
        cart(cart_id2):hold(because)

        """), "\(text)")
    let copy = program.run("run", script, "--yes", "--db", before)
    #expect(copy.status == 0 && copy.output == "3\n", "\(copy) \(text)")
    for what in ["lines", "orders"] {
      #expect(
        program.run("export", what, "--db", before).output == program.run("export", what).output)
    }
    #expect(program.run("-e", "cart('\(other)').status", "--db", before).output == "held\n")
    #expect(
      say(".record", ".mode", ".stop \(script)", status: 1).messages.contains("nothing with Lua"))
  }

  @Test func addressesAndSettings() throws {
    shop()
    let cart = id()
    let set = say(".address \(cart) city=Köln country=DE billing_city=Wien")
    #expect(set.output.contains("cart \(cart)"))
    let page = program.run("-e", ".cart \(cart)").output
    #expect(page.contains("Köln") && page.contains("Wien"), "\(page)")
    let bad = say(
      ".address \(cart) ctiy=X", ".address \(cart) country=Germany", ".address \(cart)", ".address",
      status: 64)
    #expect(
      bad.messages.contains("address: no field 'ctiy'; did you mean 'city'?\n"), "\(bad.messages)")
    #expect(bad.messages.contains("error: country: "), "\(bad.messages)")
    #expect(bad.messages.contains("address: expected FIELD=VALUE, as city=Köln\n"))
    folder.write("store.lua", "return { name = \"Tea House\" }")
    let reload = program.run(
      input: ".reload\n.read \(folder.file("x.txt"))\n")
    #expect(reload.messages.contains("settings and rules are read again\n"), "\(reload)")
    folder.write("store.lua", "return { nme = \"Tea House\" }")
    #expect(say("1", status: 1).messages.contains("store.lua"))
  }

  @Test func whatIsToComeSaysSo() {
    shop()
    for verb in ["send", "outbox", "reveal", "rings", "last"] {
      let result = program.run("-e", ".\(verb) x")
      #expect(result.status == 64)
      #expect(result.messages.hasPrefix("error: \(verb): not supported yet; "), "\(result)")
    }
  }
}
