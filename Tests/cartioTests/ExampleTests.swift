import CartEngine
import CartModel
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// The scripts of `examples`, run as a user runs them.
struct ExampleTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func practice() {
    let result = program.practice()
    #expect(result.status == 0, "\(result.messages)")
  }

  @Test func theReplacingExampleIsABulkRun() {
    practice()
    let script = CommandLineTests.root + "/examples/scripts/replace.lua"
    let before = program.run("-e", "return carts{sku='MUG-01'}:count()").output
    let done = program.run("run", script, "MUG-01", "CUP-S4", "--yes")
    #expect(done.status == 0 && done.output.hasPrefix(before.dropLast()), "\(done.messages)")
    #expect(program.run("-e", "return carts{sku='MUG-01'}:count()").output == "0\n")
    #expect(program.run("jobs").output.contains("finished"))
    #expect(program.run("run", script, "CUP-S4", "NOPE").status == 1)
    #expect(program.run("-e", ".undo", "--yes").status == 0)
    #expect(program.run("-e", "return carts{sku='MUG-01'}:count()").output == before)
    #expect(program.run("check").status == 0)
  }

  @Test func theBulkExampleWantsAYesAndCanBeUndone() {
    practice()
    let script = CommandLineTests.root + "/examples/scripts/coupon.lua"
    folder.write(
      "store.lua",
      "return { coupons = { FREESHIP = { free_shipping = true } }, confirm_above = 3 }")
    let before = program.run("export", "carts").output
    let refused = program.run("run", script, "FREESHIP", "DE", "1")
    #expect(refused.status == 1 && refused.messages.contains("more than 3 carts and nobody"))
    #expect(program.run("export", "carts").output == before)
    let many = program.run("run", script, "FREESHIP", "DE", "1", "--yes")
    #expect(many.status == 0 && many.output.contains("carts got FREESHIP"), "\(many.messages)")
    #expect(
      program.run("-e", "carts{coupon='FREESHIP', country='DE'}:count() > 0").output == "true\n")
    #expect(program.run("-e", ".undo", "--yes").status == 0)
    #expect(program.run("check").status == 0)
    func plain(_ text: String) -> [String] {
      text.split(separator: "\n").map { line in
        line.split(separator: ",").filter {
          !$0.hasPrefix("\"version\"") && !$0.hasPrefix("\"updated\"")
        }
        .joined(separator: ",")
      }
    }
    #expect(plain(program.run("export", "carts").output) == plain(before))
  }

  /// The example rules over carts that each is and is not against.
  @Test func theExampleRulesHoldWhatTheySay() throws {
    let rules = CommandLineTests.root + "/examples/rules"
    var lines = ""
    func cart(_ id: String, _ shopper: String, _ quantity: Int, _ price: String, declined: Int = 0)
    {
      lines +=
        #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"\#(id)","shopper":{\#(shopper)}}"#
        + "\n"
      lines +=
        #"{"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"\#(id)","sku":"MUG-01","quantity":\#(quantity),"price":"\#(price)"}"#
        + "\n"
      for attempt in 0..<declined {
        lines +=
          #"{"type":"payment.attempted","at":"2026-11-01T07:00:02Z","cart":"\#(id)","result":"declined","card":"h\#(attempt)"}"#
          + "\n"
      }
    }
    cart("cart-mail", #""email":"x@Mailinator.com""#, 1, "10")
    cart("cart-card", #""ip":"203.0.113.7""#, 1, "10", declined: 2)
    cart("cart-tester", #""ip":"203.0.113.7""#, 1, "10", declined: 2)
    cart("cart-hoard", #""country":"DE""#, 21, "10")
    cart("cart-far", #""country":"BR","email":"a@example.com""#, 1, "301")
    cart("cart-good", #""country":"DE","email":"b@example.com","ip":"203.0.113.8""#, 20, "10")
    folder.write("carts.jsonl", lines)
    #expect(program.run("import", folder.file("carts.jsonl")).status == 0)
    for name in ["disposable", "card-testing", "hoarding", "far-and-dear"] {
      #expect(program.run("rules", "enforce", name, "--rules", rules).status == 0)
    }
    let run = program.run("rules", "run", "--rules", rules)
    #expect(run.status == 0, "\(run.messages)")
    let held = program.run("-e", "for c in carts{status='held', sort='id'} do print(c.id) end")
    #expect(held.output == "cart-hoard\ncart-mail\ncart-tester\n")
    #expect(
      program.run(
        "-e", "for c in carts{status='any'} do if #c.flags > 0 then print(c.id, c.flags[1]) end end"
      )
      .output == "cart-far\tfar-and-dear\n")
    #expect(
      program.run("-e", "blacklist.check{ip='203.0.113.7'}.author").output == "rule:card-testing\n")
    #expect(program.run("check").status == 0)
  }

  /// The shop's file: the real one where `CARTIO_REES46` names it, else one of the same form.
  private func shopFile() -> String {
    if let path = getenv("CARTIO_REES46") { return String(cString: path) }
    var random = SeededRandom(seed: 46)
    var text =
      "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
    for second in 0..<3_000 {
      let clock = [second / 3600, second / 60 % 60, second % 60].map {
        ($0 < 10 ? "0" : "") + "\($0)"
      }
      let time = "2022-10-01 \(clock.joined(separator: ":")) UTC"
      let session = random.pick(1...60)
      let kind = random.pick(["view", "cart", "cart", "cart", "remove_from_cart", "purchase"])
      for _ in 0..<(kind == "purchase" ? random.pick(1...3) : 1) {
        let product = random.pick(1...25)
        text += "\(time),\(kind),\(product),1,,acme,\(product).\(product + 10),7,s-\(session)\n"
      }
    }
    return folder.write("shop.csv", text)
  }

  /// The figures of reports, counted from the rows of the file by another way than through carts.
  @Test func reportsSayWhatTheShopsFileSays() throws {
    let path = shopFile()
    let script = CommandLineTests.root + "/examples/importers/rees46.lua"
    let imported = program.run(
      "import", path, "--using", script, "--rejects", folder.file("rejects.jsonl"))
    #expect([0, 3].contains(imported.status), "\(imported.messages)")
    var (added, ordered, orders, value) = ([String: Int64](), [String: Int64](), 0, Int64(0))
    // Rows of one session and second that follow each other are one order.
    var latest = ""
    for line in try Files.text(path).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      switch fields[1] {
      case "cart": added[fields[2], default: 0] += 1
      case "purchase":
        ordered[fields[2], default: 0] += 1
        if latest != fields[0] + fields[8] { orders += 1 }
        value += try Money(fields[6], .eur).minor
      default: break
      }
      latest = fields[1] == "purchase" ? fields[0] + fields[8] : ""
    }
    func report(_ words: String...) throws -> JSONValue {
      let result = program.run(arguments: ["report"] + words + ["--format", "json"])
      #expect(result.status == 0, "\(result.messages)")
      return try JSONParser.parse(result.output)
    }
    func rows(_ report: JSONValue) -> [[String]] {
      guard case .array(let rows)? = report["rows"] else { return [] }
      return rows.map { row in
        guard case .array(let cells) = row else { return [] }
        return cells.map { $0.scalar ?? "" }
      }
    }
    let topAdded = rows(try report("top-added", "limit=10000"))
    #expect(
      Dictionary(uniqueKeysWithValues: topAdded.map { ($0[0], Int64($0[2]) ?? 0) }).filter {
        $0.value > 0
      } == added)
    let topOrdered = rows(try report("top-ordered", "limit=10000"))
    #expect(
      Dictionary(uniqueKeysWithValues: topOrdered.map { ($0[0], Int64($0[4]) ?? 0) }) == ordered)
    // Ranked by units, then by SKU, with the rank of the other list.
    let byUnits = ordered.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    #expect(topOrdered.map { $0[0] } == byUnits)
    for row in topAdded {
      #expect(row[9] == (byUnits.firstIndex(of: row[0]).map { "\($0 + 1)" } ?? ""), "\(row)")
    }
    let overview = rows(try report("overview"))
    let sold = overview.first { $0[0] == "ordered" } ?? []
    #expect(sold[1] == "\(orders)" && sold[6] == Money(minor: value, .eur).description)
    #expect(rows(try report("funnel")).last?[1] == "\(orders)")
  }

  @Test func regularCustomersGoOnTheAllowlist() throws {
    var lines = ""
    func order(_ cart: String, _ email: String, cancelled: Bool = false) {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"\(cart)","shopper":{"email":"\(email)"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"\(cart)","sku":"X","quantity":1,"price":"1"}
        {"type":"cart.ordered","at":"2026-11-01T07:00:02Z","cart":"\(cart)","order":"o-\(cart)"}

        """
      if cancelled {
        lines += """
          {"type":"order.cancelled","at":"2026-11-01T07:00:03Z","order":"o-\(cart)"}

          """
      }
    }
    for number in 1...3 {
      order("vip-\(number)", "vip@example.com")
      order("bad-\(number)", "bad@example.com", cancelled: number == 2)
      if number < 3 { order("new-\(number)", "new@example.com") }
    }
    lines += """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"held-1","shopper":{"email":"vip@example.com"}}
      {"type":"cart.held","at":"2026-11-01T07:00:01Z","cart":"held-1","rule":"blacklist","source":"x","cause":"y"}

      """
    folder.write("carts.jsonl", lines)
    #expect(program.run("import", folder.file("carts.jsonl")).status == 0)
    let script = CommandLineTests.root + "/examples/scripts/vip.lua"
    let result = program.run("run", script, "3", "90d")
    #expect(result.output == "1 added to the allowlist\n", "\(result.messages)")
    #expect(
      program.run("-e", "allowlist.check{email='vip@example.com'}.reason").output == "3 orders\n")
    #expect(program.run("-e", "cart('held-1').status").output != "held\n")
    #expect(program.run("run", script).output == "0 added to the allowlist\n")
  }

  @Test func theTestsOfTheExampleRulesPass() {
    folder.write("shop.jsonl", "")
    let result = program.run(
      "rules", "test", "--rules", CommandLineTests.root + "/examples/rules")
    #expect(result.status == 0, "\(result.output)\(result.messages)")
    #expect(result.output.hasPrefix("TAP version 13\n1..13\nok 1 - card-testing.lua: "))
  }

  @Test func theReportExampleRuns() {
    practice()
    let result = program.run(
      "--rules", CommandLineTests.root + "/examples/reports", "--now", "2026-11-01T08:00:00Z",
      "report",
      "by-domain", "--format", "csv")
    #expect(
      result.output.hasPrefix("domain,carts,registered,total\r\nexample.com,"), "\(result.messages)"
    )
  }

  // MARK: Practice and check
}
