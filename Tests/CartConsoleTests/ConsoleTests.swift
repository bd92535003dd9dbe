@testable import CartConsole
import CartApplication
import CartEngine
import CartModel
import CartPractice
import CartStoreSQLite
import CartReports
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// A console over a practice store with a fixed clock; what it says is kept.
final class ConsoleHarness {
  let folder = TemporaryFolder()
  private(set) var console: Console
  private let box: Box
  private var home: Home

  private final class Box {
    var text = ""
    var now = Timestamp(milliseconds: 0)
  }

  /// - Parameter isLive: whether it may write; then the clock goes on by a minute with each line.
  init(width: Int? = nil, colour: Bool = false, isLive: Bool = false) throws {
    var home = try Home(
      SQLiteStorageFactory(), home: folder.path, database: folder.file("cartio.db"),
      rules: folder.file("rules"),
      staff: "anna")
    let quiet = ConsoleIO(output: { _ in }, messages: { _ in })
    var practice = PracticeStore(home) {
      try Practice.fill(
        $0, carts: $1.carts, days: $1.days, seed: $1.seed, until: $2,
        isUntilGiven: $1.until != nil, shouldStop: $3)
    }
    (practice.carts, practice.days, practice.seed) = (30, 3, 7)
    practice.until = "2026-11-01T08:00:00Z"
    try Commands.practice(practice, home, quiet)
    let box = Box()
    self.box = box
    box.now = try Timestamp("2026-11-01T08:00:00Z")
    if isLive {
      var random = SeededRandom(seed: 1)
      home.sources.time = { box.now }
      home.sources.randomness = { random.next() }
    } else {
      home.sources.now = box.now
    }
    home.sources.seed = 1
    let io = ConsoleIO(
      output: { box.text += $0 }, messages: { box.text += "! " + $0 + "\n" },
      terminal: Terminal(width: width, hasColour: colour))
    console = try Console(home, io: io)
    self.home = home
  }

  /// What the console said to the last line of `run`.
  var said: String { box.text }

  /// Lets the console take some lines.
  func run(_ lines: String...) {
    for line in lines {
      box.text = ""
      box.now = box.now.advanced(by: 1000)
      console.take(line)
    }
  }

  /// Starts another console on the same shop.
  func reopen(readOnly: Bool) throws {
    home.access.isReadOnly = readOnly
    console = try Console(home, io: console.io)
  }

  /// Two carts whose ids begin alike, and one of two lines.
  func twins() throws {
    let handler = CommandHandler(console.shop, actor: .staff("twins"), consent: .given)
    _ = handler.begin("twins")
    for id in ["twin0001", "twin0002"] { _ = try handler.create(id: id) }
    let key = try handler.create(id: "open0001").key
    for (sku, quantity) in [("MUG-01", 2), ("TEA-BLACK", 1)] as [(String, Int64)] {
      try handler.add(sku, quantity, to: key)
    }
    _ = try handler.finish()
  }

  func lastSeq() throws -> Int64 { try console.shop.store.lastSeq() }

  /// What the console says to some lines, each shown before.
  func transcript(_ lines: String...) -> String {
    box.text = ""
    for line in lines {
      box.text += "> " + line + "\n"
      box.now = box.now.advanced(by: 60_000)
      console.take(line)
    }
    return box.text
  }
}

struct ConsoleTests {
  @Test func listsAndPages() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        ".carts status=any limit=4", ".cart @2", ".history @", ".orders limit=2",
        ".products tea", ".report overview", ".report top-added limit=3"),
      "pages")
  }

  @Test func listsAndPagesOnANarrowTerminal() throws {
    let harness = try ConsoleHarness(width: 72, colour: true)
    let text = harness.transcript(".carts status=any limit=4", ".cart @2", ".ops")
    expectGolden(text, "narrow")
  }

  @Test(arguments: [40, 60, 80, 120])
  func tablesFitTheTerminal(width: Int) throws {
    let harness = try ConsoleHarness(width: width)
    let reports = BuiltInReports.titles.map { ".report \($0.name)" }
    for verb in [".carts status=any", ".ops", ".report overview by=day"] + reports {
      for line in harness.transcript(verb).split(separator: "\n") where !line.hasPrefix("! ") {
        #expect(CellWidth.of(String(line)) <= width, "\(verb): \(line)")
      }
    }
  }

  @Test func severalPeopleAtOneShop() throws {
    let harness = try ConsoleHarness(isLive: true)
    expectGolden(
      harness.transcript(
        ".carts limit=2", ".claim @1 ttl=2h", ".note @ says \"call after six\", don't mail",
        ".hold @2 reason=\"odd address\"", ".mine", ".mine all", ".mine ben",
        ".customer luca.rossi805@example.com", ".customer ek", ".customer luca",
        "cart('af193').claimed_by, #cart('af193').notes, cart('af193').notes[1].text",
        "cart('af193'):release()", "cart('af193'):claim{ttl='1h', take=1}", ".release @1",
        ".undo 4 confirm=1", ".handover since=15m", ".handover"),
      "team")
  }

  /// The support call of the README, word for word, on the store that it names.
  @Test func theSupportCallOfTheReadme() throws {
    let call = try ReadmeBlock("## On the phone")
    let harness = try ConsoleHarness(isLive: true)
    let rule = ReadmeBlock.root() + "/examples/rules/hoarding.lua"
    try Files.makeFolder(harness.folder.file("rules"))
    harness.folder.write("rules/hoarding.lua", try Files.text(rule))
    harness.run(".rules list", ".rules enforce hoarding", ".rules run")
    #expect(harness.said.contains("2 held"), "\(harness.said)")
    var text = ""
    for line in call.lines where line.hasPrefix("> ") {
      text += harness.transcript(String(line.dropFirst(2))).replacing("\n! ", with: "\n")
    }
    #expect(text == call.lines.joined(separator: "\n") + "\n", "\(text)")
  }

  @Test func aProductIsFoundByAPartOfItsName() throws {
    let harness = try ConsoleHarness(isLive: true)
    try harness.twins()
    harness.run(".add open0001 cobalt 2", ".lua")
    #expect(harness.said == "cart(\"open0001\"):add(\"MUG-02\", 2)\n")
    harness.run(".add open0001 Mug,")
    #expect(
      harness.said
        == "! error: 3 products match 'Mug,': MUG-01 (Mug, white), MUG-02 (Mug, cobalt blue), "
        + "MUG-XL (Mug, half a litre); type a SKU\n")
    harness.run(".add open0001 OT-IRO")
    #expect(
      harness.said == "! error: sku 'OT-IRO': no such product; did you mean 'POT-IRON'?\n")
    harness.run(".each id=twin0001 : add cobalt")
    #expect(harness.said.contains("by name there is MUG-02 (Mug, cobalt blue)"), "\(harness.said)")
    harness.run(".add open0001 nothing-like-it")
    #expect(harness.said == "! error: sku 'nothing-like-it': no such product; see .products\n")
  }

  @Test func outputModes() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        ".mode vertical", ".carts status=any limit=1", ".mode json", ".carts status=any limit=1",
        ".mode csv", ".carts status=any limit=1", ".mode md", ".carts status=any limit=1",
        ".mode"),
      "modes")
  }

  @Test func help() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        ".help", ".help find", ".help add", ".help c:add", "help('cart:add')", ".help .set",
        ".help carts", ".help cart.total", ".help clame", ".help tour"), "help")
  }

  @Test func everyVerbRefusesWrongWords() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        ".cart a b", ".cart", ".add", ".add @9 MUG-01", ".set x", ".remove", ".coupon @",
        ".delete", ".restore nope", ".order", ".history x", ".ops limit=0", ".undo 1 2",
        ".undo 55", ".mode loud", ".read", ".help nonsense", ".quit now", ".carts nope=1",
        ".carts total>x", ".new country=UK", ".cart \"x", ".customer", ".report nope", ". x"),
      "refusals")
  }
}
