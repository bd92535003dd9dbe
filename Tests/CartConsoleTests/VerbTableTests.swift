import CartEngine
import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// Every verb: that it works, and what it says to a missing word, one too many, an unknown cart, the
/// beginning of several, and a shop that may only be read.
struct VerbTableTests {
  struct Row: Sendable {
    let verb: String
    /// Lines that go well one after the other; `ID` stands for an open cart of two lines.
    var works: [String]
    /// Whether its first word is a cart.
    var takesCart = false
    var writes = false
    /// What it says where it cannot work without a terminal, or in this version.
    var refusal = ""
  }

  static let rows: [Row] = [
    Row(verb: "carts", works: [".carts", ".carts status=any page=2 limit=3", ".carts by=country"]),
    Row(verb: "cart", works: [".cart ID", ".cart", ".cart @"], takesCart: true),
    Row(verb: "customer", works: [".customer luca.rossi805@example.com", ".customer 248805"]),
    Row(verb: "orders", works: [".orders limit=2", ".orders columns=id,order_total"]),
    Row(verb: "products", works: [".products", ".products tea limit=2"]),
    Row(verb: "history", works: [".history ID"], takesCart: true),
    Row(verb: "diff", works: [".diff ID 2h", ".diff ID 2d now"], takesCart: true),
    Row(verb: "why", works: [".why ID"], takesCart: true),
    Row(verb: "at", works: [".at 1h .carts limit=2", ".at \"2026-10-31 14:00\" carts"]),
    Row(verb: "watch", works: [], refusal: "watch: needs a terminal"),
    Row(verb: "new", works: [".new", ".new email=a@example.com country=DE"], writes: true),
    Row(verb: "add", works: [".add ID MUG-01", ".add ID MUG-01 2"], takesCart: true, writes: true),
    Row(verb: "set", works: [".set ID #1 3 reason=x"], takesCart: true, writes: true),
    Row(verb: "remove", works: [".remove ID #1"], takesCart: true, writes: true),
    Row(
      verb: "coupon", works: [".coupon ID SAVE10", ".coupon ID -SAVE10"], takesCart: true,
      writes: true),
    Row(
      verb: "address", works: [".address ID city=Köln country=DE"], takesCart: true, writes: true),
    Row(
      verb: "order", works: [".order ID confirm=1 note=\"by phone\""], takesCart: true, writes: true
    ),
    Row(verb: "hold", works: [".hold ID", ".restore ID"], takesCart: true, writes: true),
    Row(verb: "delete", works: [".delete ID", ".restore ID"], takesCart: true, writes: true),
    Row(verb: "restore", works: [".hold ID", ".restore ID"], takesCart: true, writes: true),
    Row(
      verb: "each", works: [".each country=DE total>50 : note seen", ".each id=nope : hold"],
      writes: true),
    Row(
      verb: "export",
      works: [".export carts country=DE columns=id,total", ".export orders format=csv limit=2"]),
    Row(
      verb: "import",
      works: [".export events output=FOLDER/e.jsonl", ".import FOLDER/e.jsonl"]),
    Row(verb: "jobs", works: [".each country=DE : hold", ".jobs"]),
    Row(verb: "sandbox", works: [".sandbox", ".add ID MUG-01", ".live"]),
    Row(verb: "live", works: [".live"]),
    Row(verb: "plan", works: [".sandbox", ".add ID MUG-01", ".plan", ".plan save"]),
    Row(verb: "promote", works: [".sandbox", ".add ID MUG-01", ".promote FOLDER/p.plan"]),
    Row(
      verb: "apply",
      works: [".sandbox", ".hold ID", ".promote FOLDER/p.plan", ".live", ".apply FOLDER/p.plan"],
      writes: true),
    Row(
      verb: "undo",
      works: [".hold ID", ".undo confirm=1", ".redo 3 confirm=1", ".undo 3 confirm=1"],
      writes: true),
    Row(
      verb: "redo", works: [".hold ID", ".undo 3 confirm=1", ".redo confirm=1"], writes: true),
    Row(verb: "ops", works: [".ops", ".ops limit=1 actor=anna since=1d"]),
    Row(
      verb: "blacklist",
      works: [
        ".blacklist add ip=100.64.0.0/24 ttl=7d confirm=0", ".blacklist list",
        ".blacklist check ip=100.64.0.9", ".blacklist check ID",
        ".blacklist remove ip=100.64.0.0/24",
      ], writes: true),
    Row(
      verb: "allowlist",
      works: [
        ".allowlist add email=vip@example.com", ".allowlist list",
        ".allowlist check email=vip@example.com", ".allowlist remove email=vip@example.com",
      ], writes: true),
    Row(verb: "rules", works: [".rules", ".rules new few", ".rules list", ".rules show few"]),
    Row(verb: "try", works: [".rules new few", ".try few ID"], writes: true),
    Row(verb: "claim", works: [".claim ID", ".claim ID ttl=2h"], takesCart: true, writes: true),
    Row(verb: "release", works: [".claim ID", ".release ID"], takesCart: true, writes: true),
    Row(verb: "note", works: [".note ID rings back at 6"], takesCart: true, writes: true),
    Row(verb: "mine", works: [".mine", ".mine ben", ".mine all"]),
    Row(verb: "handover", works: [".handover", ".handover since=8h"]),
    Row(verb: "report", works: [".report", ".report overview", ".report top-added limit=3"]),
    Row(verb: "drill", works: [".report overview", ".drill 2", ".report funnel", ".drill 1"]),
    Row(
      verb: "mode",
      works: ["vertical", "json", "csv", "md", "html", "table"].flatMap {
        [".mode \($0)", ".carts limit=1"]
      } + [".mode"]),
    Row(
      verb: "output", works: [".output FOLDER/o.txt", ".carts", ".output off", ".output"]),
    Row(verb: "once", works: [".once FOLDER/o.txt", ".carts"]),
    Row(verb: "timing", works: [".timing on", ".timing off", ".timing"]),
    Row(verb: "pager", works: [".pager on", ".pager off", ".pager"]),
    Row(verb: "pictures", works: [".pictures off"]),
    Row(verb: "view", works: [".view"]),
    Row(verb: "lua", works: [".carts", ".lua"]),
    Row(verb: "record", works: [".record", ".carts", ".stop FOLDER/r.lua"]),
    Row(verb: "stop", works: [".record", ".carts", ".stop FOLDER/r.lua"]),
    Row(verb: "edit", works: [], refusal: "edit: there is no terminal for an editor here"),
    Row(verb: "read", works: [".once FOLDER/l.txt", "'.carts'", ".read FOLDER/l.txt"]),
    Row(verb: "reload", works: [".reload"]),
    Row(verb: "error", works: [".error"]),
    Row(verb: "help", works: [".help", ".help find", ".help add", ".help c:add", ".help tour"]),
    Row(verb: "quit", works: [".quit"]),
    Row(verb: "send", works: [], refusal: "send: not supported yet"),
    Row(verb: "outbox", works: [], refusal: "outbox: not supported yet"),
    Row(verb: "reveal", works: [], refusal: "reveal: not supported yet"),
    Row(verb: "rings", works: [], refusal: "rings: not supported yet"),
    Row(verb: "last", works: [], refusal: "last: not supported yet"),
  ]

  /// A harness with two carts whose ids begin alike; the first is the one that verbs are tried on.
  private func harness(_ isReadOnly: Bool = false) throws -> (ConsoleHarness, String) {
    let harness = try ConsoleHarness(isLive: true)
    try harness.twins()
    if isReadOnly { try harness.reopen(readOnly: true) }
    return (harness, "open0001")
  }

  private func line(_ text: String, _ id: String, _ harness: ConsoleHarness) -> String {
    text.replacing(" ID", with: " " + id).replacing("FOLDER", with: harness.folder.path)
  }

  @Test func theTableHasEveryVerb() {
    #expect(Self.rows.map(\.verb).sorted() == Verb.all.map(\.name).sorted())
  }

  @Test(arguments: rows) func works(_ row: Row) throws {
    let (harness, id) = try harness()
    for text in row.works where row.refusal.isEmpty {
      harness.run(line(text, id, harness))
      #expect(!harness.said.contains("! error"), "\(text): \(harness.said)")
    }
    if row.works.isEmpty {
      harness.run("." + row.verb + (row.verb == "watch" ? " 2 .carts" : ""))
      #expect(harness.said.contains("! error: " + row.refusal), "\(harness.said)")
    }
  }

  @Test(arguments: rows) func refusesMissingAndSurplusWords(_ row: Row) throws {
    let verb = try #require(Verb.all.first { $0.name == row.verb })
    let (harness, _) = try harness()
    if verb.words.lowerBound > 0 {
      harness.run("." + verb.name)
      #expect(
        harness.said == "! error: \(verb.wordsMessage(given: 0))\n",
        "\(harness.said)")
    }
    guard verb.words.upperBound < 20 else { return }
    let words = Array(repeating: "x", count: verb.words.upperBound + 1).joined(separator: " ")
    harness.run("." + verb.name + " " + words)
    #expect(
      harness.said == "! error: \(verb.wordsMessage(given: verb.words.upperBound + 1))\n",
      "\(harness.said)")
    #expect(harness.console.exit == .usage)
  }

  @Test(arguments: rows.filter(\.takesCart)) func namesAnUnknownAndAnAmbiguousCart(_ row: Row)
    throws
  {
    let (harness, _) = try harness()
    let text = try #require(row.works.first { $0.hasPrefix("." + row.verb + " ID") })
    harness.run(line(text, "nope0000", harness))
    #expect(
      harness.said.hasPrefix(
        "! error: no cart has the id or order number 'nope0000'; find it with .carts NAME or .carts E-MAIL"
      ),
      "\(harness.said)")
    harness.run(line(text, "twin", harness))
    #expect(
      harness.said
        == "! error: cart 'twin': several begin so: twin0001, twin0002; type more of it\n",
      "\(harness.said)")
    harness.run(line(text, "twi", harness))
    #expect(
      harness.said.hasPrefix("! error: cart 'twi': expected an id or at least its first 4"),
      "\(harness.said)")
    harness.run(line(text, "@99", harness))
    #expect(harness.said.hasPrefix("! error: '@99': the last list has "), "\(harness.said)")
    #expect(harness.console.exit == .failed)
  }

  @Test(arguments: rows) func aShopThatMayOnlyBeReadStaysAsItIs(_ row: Row) throws {
    let (harness, id) = try harness(true)
    let before = try harness.lastSeq()
    for text in row.works where row.refusal.isEmpty {
      harness.run(line(text, id, harness))
      let isOwn = text.hasPrefix("." + row.verb)
      if !row.writes, isOwn, !["jobs", "rules"].contains(row.verb) {
        #expect(!harness.said.contains("! error"), "\(text): \(harness.said)")
      }
    }
    if row.writes, let text = row.works.first(where: { $0.hasPrefix("." + row.verb) }) {
      harness.run(line(text, id, harness))
      #expect(harness.said.contains("! error"), "\(text): \(harness.said)")
      #expect(harness.console.exit == .failed, "\(text): \(harness.said)")
    }
    #expect(try harness.lastSeq() == before)
  }
}
