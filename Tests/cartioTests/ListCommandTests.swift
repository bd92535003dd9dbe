import CartEngine
import CartTesting
import ProgramTesting
import Testing

/// The blacklist as staff and operators meet it.
struct ListCommandTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  /// Three shoppers of one net, one of them with an order.
  private func shop() {
    var lines = ""
    for cart in 1...3 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart100\(cart)","shopper":{"email":"s\(cart)@example.com","ip":"203.0.113.\(cart)"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart100\(cart)","sku":"MUG-01","quantity":\(cart),"price":"10.00"}

        """
    }
    lines += #"{"type":"cart.ordered","at":"2026-11-01T07:00:02Z","cart":"cart1003","order":"7"}"#
    folder.write("shop.jsonl", lines + "\n")
    #expect(program.run("import", folder.file("shop.jsonl")).status == 0)
  }

  @Test func anEntryIsShownBeforeItStandsAndADangerousOneWantsItsNumber() {
    shop()
    let narrow = program.run("-e", ".blacklist add ip=203.0.113.1 reason=cards ttl=7d")
    #expect(narrow.status == 0)
    #expect(
      narrow.messages.hasPrefix(
        "ip 203.0.113.1 matches 1 open cart (10.00 EUR) and 0 past orders\n"))
    let wide = program.run("-e", ".blacklist add ip=203.0.113.0/24")
    #expect(wide.status == 1)
    #expect(
      wide.messages.hasSuffix(
        "error: this blocks 2 open carts and the customers of 1 order: its orders are 100 % of the "
          + "turnover, more than 1 %: nobody confirmed it; nothing was changed; run it with --yes, "
          + "or with confirm=3\n"))
    #expect(program.run("-e", ".blacklist add ip=203.0.113.0/24 confirm=2").status == 1)
    #expect(program.run("-e", ".blacklist add ip=203.0.113.0/24 confirm=3").status == 0)
    #expect(
      program.run("-e", ".blacklist list").output.split(separator: "\n").map {
        $0.split(separator: " ")[1]
      } == ["entry", "203.0.113.0/24", "203.0.113.1"])
    #expect(
      program.run("-e", ".blacklist check cart1002").output.hasPrefix(
        "cart cart1002: on the blacklist as ip 203.0.113.0/24, by staff:"))
  }

  @Test func aHitHoldsTheCartAndItsOrderIsRefused() {
    shop()
    #expect(
      program.run("-e", ".blacklist add email=*@example.com reason=spam", "--yes").status == 0)
    let order = program.run("-e", ".order cart1001", "--yes")
    #expect(order.status == 1)
    #expect(
      order.messages
        == "Operation 3 by rule:blacklist: 1 cart (.undo 3)\n"
        + "cart cart1001: held by blacklist: email *@example.com: spam\n"
        + "error: cart cart1001: no order is made of it: blacklist, email *@example.com: spam; "
        + "'allowlist add' lets the person buy\n")
    #expect(program.run("-e", "cart('cart1001').status").output == "held\n")
    let change = program.run("-e", ".set cart1002 MUG-01 5")
    #expect(
      change.status == 0
        && change.messages.hasSuffix(
          "cart cart1002: held by blacklist: email *@example.com: spam\n")
    )
    #expect(program.run("-e", "cart('cart1002').status").output == "held\n")
    #expect(
      program.run("-e", ".history cart1002").output.contains(
        "held by blacklist: email *@example.com: spam"))
    let allowed = program.run("-e", ".allowlist add email=s2@example.com", "--yes")
    #expect(allowed.output == "allowlist: email s2@example.com, 1 cart restored\n")
    #expect(program.run("-e", ".order cart1002", "--yes").status == 0)
    #expect(program.run("check").status == 0)
  }

  @Test func whySaysWhichOtherFactWouldDo() {
    shop()
    #expect(program.run("-e", ".blacklist add ip=203.0.113.1 ttl=7d", "--yes").status == 0)
    let one = program.run("-e", ".why cart1001")
    #expect(
      one.messages.contains(
        "  blacklist: ip 203.0.113.1\n      ip = \"203.0.113.1\"\n      added by staff:anna, until "
      ),
      "\(one.messages)")
    #expect(
      one.messages.hasSuffix(
        "      It would not match if the IP address were another one, or empty.\n"))
    let mail = program.run("-e", "return cart('cart1001').email").output.dropLast()
    #expect(program.run("-e", ".blacklist add email=\(mail)", "--yes").status == 0)
    let both = program.run("-e", ".why cart1001").messages
    #expect(
      both.hasSuffix("    No single change would stop the match; several facts match.\n"), "\(both)"
    )
  }

  @Test func aFileOfDomainsGoesInAndOut() {
    shop()
    folder.write("domains.txt", "# throw-away\n0-mail.com\nmailinator.com\nwhat is this\n")
    let first = program.run("import", folder.file("domains.txt"), "--as-type", "blacklist")
    #expect(first.status == 3)
    #expect(first.messages.contains("2 entries added, 0 skipped (already there), 1 lines rejected"))
    let again = program.run("import", folder.file("domains.txt"), "--as-type", "blacklist")
    #expect(again.messages.contains("0 entries added, 2 skipped (already there)"))
    for format in ["jsonl", "csv"] {
      let file = folder.file("list." + format)
      #expect(program.run("export", "blacklist", "--format", format, "-o", file).status == 0)
      let other = folder.file("other-\(format).db")
      #expect(
        program.run("import", file, "--as-type", "blacklist", "--db", other).messages.contains(
          "2 entries added"))
      #expect(
        program.run("-e", "blacklist.check{email='x@mailinator.com'}.email", "--db", other).output
          == "*@mailinator.com\n")
    }
    let undo = program.run("undo", "2", "--yes")
    #expect(
      undo.output == "undo of operation 2: 0 carts, 2 entries of lists changed, as operation 3\n")
    #expect(program.run("-e", "#blacklist.list()").output == "0\n")
  }

  @Test func wrongWordsNameWhatWasExpected() {
    shop()
    for (line, message) in [
      (
        ".blacklist ad ip=1.2.3.4",
        "blacklist: expected add, remove, check, list, got 'ad'; did you mean 'add'?"
      ),
      (".blacklist add", "blacklist add: expected one of ip=, email= and country=, got 0"),
      (".blacklist add ip=1.2.3.400", "ip: expected an address or a CIDR block, got '1.2.3.400'"),
      (
        ".blacklist add ip=1.2.3.4 ttl=soon",
        "duration: expected a number and one of s m h d w, as 2h, got 'soon'"
      ),
      (".blacklist remove ip=1.2.3.4", "blacklist: has no entry ip 1.2.3.4; see .blacklist list"),
    ] {
      let result = program.run("-e", line)
      #expect(result.status != 0 && result.messages == "error: \(message)\n", "\(line)")
    }
    #expect(
      program.run("-e", "blacklist.add{ip='10.0.0.1'}").messages.hasSuffix(
        "nothing was changed; run it with --yes, or with confirm=0\n"))
  }

  @Test func entriesExpireAtTimesAsTheyAreTyped() {
    shop()
    folder.write(
      "ban.csv",
      """
      ip,expires
      203.0.113.50,24.12.2026
      203.0.113.51,2026-12-24 14:00
      203.0.113.52,2026-12-24
      203.0.113.53,2020-01-01
      203.0.113.54,2019-01-01T00:00:00Z
      203.0.113.55,7d

      """)
    let import1 = program.run("import", folder.file("ban.csv"), "--as-type", "blacklist", "--yes")
    #expect(import1.status == 3)
    #expect(
      import1.messages.contains(
        ": 3 entries added, 0 skipped (already there), 2 skipped (expired), 1 lines rejected, see "),
      "\(import1)")
    #expect(
      folder.read("ban.csv.rejects.jsonl").contains(
        "expires: time: expected 2026-11-28, 2026-11-28 14:00 or ISO 8601, got '7d'; how long it "
          + "counts is ttl"))
    let list = program.run("-e", ".blacklist list 203.0.113.5").output
    #expect(list.contains("2026-12-24 23:59:59"), "\(list)")
    #expect(list.contains("2026-12-24 14:00:00"), "\(list)")
    #expect(
      program.run("-e", ".blacklist check email=a@b@c.de").messages
        == "error: email: expected an e-mail address, a domain or a pattern with *, got 'a@b@c.de'\n"
    )
  }

  @Test func anAllowlistFileBlocksNobody() {
    let file = folder.write("a.csv", "email\na@x.de\n*@y.de\n")
    let result = program.run("import", file, "--as-type", "allowlist")
    #expect(
      result.messages == """
        Operation 1: lists, rules or settings changed (.undo 1)
        \(file): 2 entries added, 0 skipped (already there)

        """)
  }

  @Test func aPlanSaysThatListsAreNotInIt() {
    let script = folder.write(
      "s.lua", "blacklist.add{email='a@b.example'} carts.create{}")
    #expect(program.run("-e", "carts.create{}").status == 0)
    let result = program.run("run", "--plan", script)
    #expect(
      result.messages.contains(
        "1 change of lists and rules: a plan is of carts; make them by themselves"), "\(result)")
  }
}
