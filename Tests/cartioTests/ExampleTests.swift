import CartEngine
import CartTesting
import Glibc
import Testing

/// The scripts of `examples`, run as a user runs them.
struct ExampleTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func practice() {
    let result = program.run(
      "practice", "--carts", "80", "--until", "2026-11-01T08:00:00Z", "--db",
      folder.file("cartio.db"))
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
    #expect(result.output == "1 put on the allowlist\n", "\(result.messages)")
    #expect(
      program.run("-e", "allowlist.check{email='vip@example.com'}.reason").output == "3 orders\n")
    #expect(program.run("-e", "cart('held-1').status").output != "held\n")
    #expect(program.run("run", script).output == "0 put on the allowlist\n")
  }

  @Test func theTestsOfTheExampleRulesPass() {
    folder.write("shop.jsonl", "")
    let result = program.run(
      "rules", "test", "--rules", CommandLineTests.root + "/examples/rules")
    #expect(result.status == 0, "\(result.output)\(result.messages)")
    #expect(result.output.hasPrefix("TAP version 13\n1..10\nok 1 - card-testing.lua: "))
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
