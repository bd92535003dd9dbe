import CartModel
import Testing

@testable import CartConsole

/// Words that a verb cannot understand: none is passed over without a word.
struct MisreadWordTests {
  /// Verbs whose words are any text, a name that a user chooses, or a file that is made.
  private static let free: Set<String> = [
    "note", "customer", "view", "reveal", "send", "outbox", "rings", "last",
  ]

  /// What could stand at each place of a verb, so that only the last word is wrong.
  private func good(_ verb: Verb) -> [String] {
    switch verb.name {
    case "at": return ["1h", ".carts"]
    case "watch": return ["2", ".carts"]
    case "each": return ["country=DE", ":", "hold"]
    case "report": return ["overview"]
    case "blacklist", "allowlist": return ["list"]
    case "diff": return ["open0001", "2h"]
    default:
      return verb.words.lowerBound == 0
        ? [] : ["open0001", "MUG-01", "1"].prefix(verb.words.lowerBound).map { $0 }
    }
  }

  @Test(arguments: Verb.all.map(\.name))
  func everyVerbRefusesThem(_ name: String) throws {
    guard !Self.free.contains(name) else { return }
    let verb = try #require(Verb.all.first { $0.name == name })
    let harness = try ConsoleHarness(isLive: true)
    try harness.twins()
    let before = try harness.lastSeq()
    for wrong in [
      "--frobnicate", "--frobnicate 3", "-h", "--limt 5", "frobnicate=1", "--", "limt=5",
    ] {
      let line = "." + ([name] + good(verb) + [wrong]).joined(separator: " ")
      harness.run(line)
      #expect(
        harness.said.contains("! error: "), "\(line) was taken: \(harness.said.prefix(300))")
      #expect(harness.console.exit != .done, "\(line)")
    }
    #expect(try harness.lastSeq() == before)
  }

  /// Verbs with a filter refuse what another program would take for one.
  @Test(arguments: [".carts", ".orders", ".report overview", ".each", ".at 1h .carts"])
  func filtersRefuseThem(_ verb: String) throws {
    let harness = try ConsoleHarness(isLive: true)
    for wrong in [
      "limit 5", "order by total", "where country=DE", "not", "country DE", "total > 100", "(anna",
      "anna or", "contry=DE", "total>abc", "country==DE", "-5", "sort=nope", "country:DE",
    ] {
      let line = verb + " " + wrong + (verb == ".each" ? " : hold" : "")
      harness.run(line)
      #expect(harness.said.contains("! error: "), "\(line) was taken: \(harness.said.prefix(300))")
    }
  }

  @Test func optionsAreWrittenWithDashesToo() throws {
    let harness = try ConsoleHarness()
    func said(_ line: String) -> String {
      harness.run(line)
      return harness.said
    }
    for (dashed, plain) in [
      (".carts --limit 3 --sort -total", ".carts limit=3 sort=-total"),
      (".carts --country DE --min_total=20", ".carts country=DE min_total=20"),
      (".carts --by country", ".carts by=country"),
      (".carts --columns id,email,total --limit 2", ".carts columns=id,email,total limit=2"),
      (".report overview --since 7d --by day", ".report overview since=7d by=day"),
      (".report top-added --since 7d --limit 3", ".report top-added since=7d limit=3"),
      (".report overview --since 7d --compare", ".report overview since=7d compare=yes"),
      (".ops --limit 3 --actor anna", ".ops limit=3 actor=anna"),
      (".products tea --limit 2", ".products tea limit=2"),
    ] {
      let wanted = said(plain)
      #expect(!wanted.contains("! error"), "\(plain): \(wanted)")
      #expect(said(dashed) == wanted, "\(dashed)")
    }
    #expect(said(".carts limit=3 --limit 4") == "! error: filter: limit= is given twice\n")
    #expect(said(".carts --limit").contains("--limit: expected a value behind it"))
    #expect(
      said(".carts --frobnicate 3")
        == "! error: .carts: no option '--frobnicate'; it takes at= by= columns= limit= page= sort=\n"
    )
    #expect(said(".undo 5 --crt x").contains("no option '--crt'; did you mean 'cart'?"))
  }

  @Test func aSearchThatFindsNothingOpenSaysWhatElseThereIs() throws {
    let harness = try ConsoleHarness(isLive: true)
    try harness.twins()
    func said(_ line: String) -> String {
      harness.run(line)
      return harness.said
    }
    _ = said(".hold open0001")
    #expect(said(".carts id=open0001").contains("! 0 open carts; 1 held (status=any)\n"))
    #expect(said(".each id=open0001 : note x").contains("! 0 open carts; 1 held (status=any)\n"))
    #expect(said(".carts zzzz").contains("! 0 carts of any status match: zzzz\n"))
    #expect(said(".carts status=deleted zzzz").contains("! 0 carts match: status=deleted zzzz\n"))
    #expect(
      said(".carts \"total>1\"").contains(
        "! note: 'total>1' was searched as a text; without quotes around the whole it is a test\n"))
    #expect(said(".carts name~zzz").contains("! note: name~zzz means the whole value; "))
    #expect(said(".carts option.size=XL").contains("! note: no cart has option.size\n"))
    #expect(harness.console.exit == .done)
  }
}
