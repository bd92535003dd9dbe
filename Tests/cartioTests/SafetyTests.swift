import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Plans, the sandbox, jobs and backups, as a user has them.
@Suite(.serialized)
struct SafetyTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func carts(_ count: Int) {
    var lines = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"TEA-01","name":"Tea","price":"4.20","currency":"EUR"}

      """
    for cart in 1...count {
      lines += """
        {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"cart\(10_000 + cart)","sku":"MUG-01","name":"Mug","quantity":1,"price":"12.99"}

        """
    }
    #expect(program.run("import", "-", input: lines).status == 0)
  }

  private func teas() -> String {
    program.run(
      "-e",
      """
      local n = {} for c in carts{status="any"} do local q = 0
      for _, l in ipairs(c.lines) do if l.sku == "TEA-01" then q = l.quantity end end
      n[q] = (n[q] or 0) + 1 end
      local t = {} for q, k in pairs(n) do t[#t + 1] = k .. "x" .. q end table.sort(t) return table.concat(t, " ")
      """
    ).output
  }

  private static let plan = """
    local seen = 0
    for c in carts{status="any", sort="id"} do
      c:add("TEA-01", math.random(1, 3))
      seen = seen + carts{status="any", sku="TEA-01"}:count()
    end
    print(seen, now() > 0)
    """

  @Test func aScriptIsPlannedShownAndDone() throws {
    carts(30)
    let script = folder.write("script.lua", Self.plan)
    let plan = folder.file("x.plan")
    let planned = program.run("run", script, "--plan", "-o", plan, "--seed", "4")
    #expect(planned.status == 0 && planned.output.hasPrefix("465\ttrue\ncart "))
    #expect(
      planned.messages.hasPrefix("[not saved] 30 carts, 30 events, totals +"), "\(planned.messages)"
    )
    #expect(teas() == "30x0\n")
    let refused = program.run("apply", plan)
    #expect(
      refused.status == 1
        && refused.messages.hasSuffix(
          "error: this changes 30 carts: nobody confirmed it; nothing was changed; run it with "
            + "--yes, or with confirm=30\n")
    )
    // A shopper changes two of them.
    #expect(program.run("-e", "cart('cart10003'):set('MUG-01', 4)").status == 0)
    #expect(program.run("-e", ".delete cart10004 reason=test").status == 0)
    let applied = program.run("apply", plan, "--yes", "--except", "cart10001", "cart10002")
    #expect(applied.status == 3)
    #expect(applied.messages.contains("not done: cart cart10003: staff:anna via script") == false)
    #expect(
      applied.messages.contains(
        "not done: cart cart10003: staff:anna: MUG-01 (Mug): quantity 1 → 4"),
      "\(applied.messages)")
    #expect(applied.messages.contains("not done: cart cart10004: staff:anna: deleted"))
    #expect(
      applied.messages.contains("plan: 26 carts done, 2 left out, 2 changed since and left alone"))
    let rest = program.run("apply", plan, "--yes", "--only", "cart10001,cart10002")
    #expect(rest.status == 0 && rest.messages.contains("plan: 2 carts done"))
    let again = program.run("apply", plan, "--yes", "--except", "cart10003", "cart10004")
    #expect(again.status == 0 && again.messages.contains("plan: 0 carts done, 28 were done before"))
    // What came out is what a run of the same seed would have done.
    let done = program.run("-e", "return carts{sku='TEA-01'}:sum('quantity')").output
    #expect(program.run("check").status == 0 && done != "")
    let operation = program.run("-e", "return ops{'except'}[1] or ops{'apply'}[2].op").output
    #expect(program.run("undo", String(operation.dropLast()), "--yes").status == 0, "\(operation)")
    #expect(program.run("check").status == 0)
  }

  @Test func aPlanOfOrdersIsAlwaysAskedAbout() {
    carts(2)
    let script = folder.write("script.lua", "cart('cart10001'):order{note='n'}")
    let plan = folder.file("x.plan")
    let planned = program.run("run", script, "--plan", "-o", plan)
    #expect(planned.output.contains("order 1001 to come"))
    #expect(planned.messages.contains("1 cart, 1 events, 1 order to come"))
    #expect(program.run("apply", plan).status == 1)
    #expect(program.run("-e", ".apply \(plan) confirm=1").status == 0)
    #expect(program.run("-e", "return order('1001').status").output == "placed\n")
  }

  @Test func theSandboxSavesNothing() {
    carts(5)
    // What an import left in the log is in the file once the database was opened and closed.
    #expect(program.run("-e", "return 1").status == 0)
    let before = folder.bytes("cartio.db")
    let tried = program.run(
      "--sandbox", "-e", "for c in carts{status='any'} do c:add('TEA-01') end")
    #expect(tried.status == 0)
    #expect(
      tried.messages.hasPrefix("[not saved] 5 carts changed in the sandbox only, totals ")
        && tried.messages.hasSuffix(" EUR; see .plan\n"), "\(tried.messages)")
    let console = program.run(
      input: """
        .sandbox
        .add cart10001 TEA-01 2
        .undo
        .add cart10001 TEA-01 3
        .order cart10001
        .promote \(folder.file("s.plan"))
        .live
        .cart cart10001
        """)
    #expect(console.status == 0, "\(console.messages)")
    for words in [
      ", 2 lines, 3 pieces, total 21.39 EUR  [not saved]\n",
      "undo of the sandbox's last step: 1 cart as before  [not saved]\n",
      ", 2 lines, 4 pieces, total 25.59 EUR  [not saved]\n",
      "cart cart10001: ordered, 2 lines, 4 pieces, total 25.59 EUR, order 1001  [not saved]\n",
      "\n1  MUG-01",
    ] { #expect(console.output.contains(words), "\(words)\(console.output)") }
    #expect(!console.output.contains("TEA-01"))
    let isSame = folder.bytes("cartio.db") == before
    #expect(isSame)
    #expect(folder.read("sandbox.jsonl").split(separator: "\n").count == 4)
    #expect(program.run("apply", folder.file("s.plan"), "--yes").status == 0)
    #expect(program.run("-e", "return cart('cart10001').order_id").output == "1001\n")
    #expect(program.run("--sandbox", "import", folder.file("s.plan")).status == 64)
  }

  @Test func aBulkRunNamesWhatFailedAndRetriesIt() {
    carts(10)
    let script = folder.write(
      "bulk.lua",
      """
      local n = carts{status='any', sort='id'}:each(function(c)
        c:add('TEA-01')
        if arg[1] == 'bad' and c.id:find('[37]$') then error('not this one') end
      end)
      print(n)
      """)
    let first = program.run("run", script, "bad", "--yes")
    #expect(first.status == 3 && first.output == "8\n")
    #expect(
      first.messages.replacing(/totals [^(]*/, with: "totals … ") == """
        not done: cart cart10003: bulk.lua:3: not this one
        not done: cart cart10007: bulk.lua:3: not this one
        Operation 2: 8 carts changed, totals … (.undo 2)
        error: job 1: 8 of 10 carts done, 2 failed; 'cartio jobs retry 1' does those again

        """, "\(first.messages)")
    #expect(program.run("jobs", "retry", "1").status == 1)
    folder.write(
      "bulk.lua", "carts{status='any'}:each(function(c) c:add('TEA-01') end)")
    let retried = program.run("jobs", "retry", "1")
    #expect(retried.status == 0, "\(retried.messages)")
    #expect(teas() == "10x1\n")
    let jobs = program.run("jobs")
    #expect(jobs.output.contains("finished     10    10       0  run "), "\(jobs.output)")
    let unasked = program.run("undo", "2")
    #expect(
      unasked.status == 1
        && unasked.messages.hasSuffix(
          "error: undo of operation 2 changes 10 carts: nobody confirmed it; nothing was changed; "
            + "run it with --yes, or with confirm=10\n"),
      "\(unasked)")
    #expect(program.run("undo", "2", "--confirm", "10").status == 0)
    #expect(teas() == "10x0\n")
    #expect(program.run("jobs", "resume", "1").status == 1)
    #expect(program.run("jobs", "resume").status == 64)
    #expect(program.run("check").status == 0)
  }

  @Test func aVerbOverManyCarts() {
    carts(30)
    #expect(
      program.run("-e", ".each status=any : add TEA-01 2").messages.contains(
        "nobody confirmed it; nothing was changed"))
    #expect(
      program.run("-e", ".each status=any : add TEA-01 2 confirm=29").messages
        == "error: confirm=29: expected confirm=30: 30 carts match; nothing was changed\n")
    let done = program.run("-e", ".each status=any : add TEA-01 2 reason=gift confirm=30")
    #expect(done.status == 0, "\(done.messages)")
    #expect(teas() == "30x2\n")
    #expect(program.run("-e", ".each status=any : frob").status == 64)
    #expect(program.run("-e", ".each status=any add TEA-01").status == 64)
    #expect(program.run("-e", ".each status=any : set TEA-01").status == 64)
    #expect(program.run("-e", ".ops gift").output.contains(".each status=any"))
  }

  /// Killed at two hundred moments, and gone on with each time: every cart exactly once.
  @Test func aKilledJobDoesEveryCartOnce() throws {
    carts(1500)
    let script = folder.write(
      "bulk.lua", "carts{status='any'}:each(function(c) c:add('TEA-01') print('.') end)")
    var random = UInt64(11)
    var (kills, jobs) = (0, 0)
    while kills < 200 {
      jobs += 1
      var arguments = ["run", script, "--yes"]
      while true {
        let conversation = program.converse(arguments)
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let carts = Int(random >> 33) % 700
        var seen = 0
        while seen < carts, conversation.read(until: ".\n") != nil { seen += 1 }
        conversation.kill()
        let status = conversation.finish()
        kills += status == 128 + SIGKILL ? 1 : 0
        // A job that was not saved yet begins anew.
        let state = program.run(
          "-e",
          "local j = jobs() return #j .. ' ' .. (#j > 0 and j[1].state or '')")
        #expect(state.status == 0, "\(state.messages)")
        if state.output == "\(jobs) finished\n" { break }
        if state.output == "\(jobs) open\n" { arguments = ["jobs", "resume", "\(jobs)"] }
      }
    }
    #expect(teas() == "1500x\(jobs)\n")
    let check = program.run("check")
    #expect(check.status == 0, "\(check.output)")
  }

  @Test func aBackupIsMadeWhileOthersWrite() throws {
    carts(200)
    let writer = program.converse([])
    writer.type(String(repeating: ".add cart10001 TEA-01\n", count: 400))
    #expect(writer.read(until: "total ") != nil)
    let made = program.run("backup", folder.file("b.db"))
    #expect(made.status == 0, "\(made.messages)")
    #expect(writer.finish() == 0)
    let check = program.run("--db", folder.file("b.db"), "check")
    #expect(check.status == 0 && check.output.hasPrefix("clean: 200 carts"), "\(check.messages)")
    #expect(program.run("backup", folder.file("b.db")).status == 1)
    #expect(program.run("backup", folder.file("cartio.db")).status == 64)
    #expect(program.run("check").status == 0)
  }

  @Test func thePastIsShownAsItWas() {
    carts(3)
    #expect(program.run("-e", ".add cart10001 TEA-01 2").status == 0)
    let then = program.run("-e", #".at "2026-11-01 12:00" .cart cart10001"#)
    #expect(
      then.status == 0 && then.output.hasPrefix("Cart cart10001  abandoned  as of 2026-11-01"))
    #expect(!then.output.contains("TEA-01"))
    #expect(
      program.run("-e", "return cart('cart10001'):at('2026-11-01 12:00').quantity").output == "1\n")
    #expect(
      program.run(
        "-e", "return carts{at='2026-11-01 12:00', status='any'}:sum('quantity')"
      ).output == "3\n")
    #expect(
      program.run("-e", "cart('cart10001'):at('2026-11-01 12:00'):add('TEA-01')").messages
        == "error: -e:1: add: cart cart10001 is shown as it stood at 2026-11-01 12:00:00; it can "
        + "only be read\n")
    #expect(program.run("-e", #".at "2026-11-01 12:00" .add cart10001 TEA-01"#).status == 64)
    #expect(program.run("-e", #".at 2030-01-01 .carts"#).status == 1)
    #expect(
      program.run("-e", ".diff cart10001 2026-11-02").output.contains("line TEA-01"))
    #expect(
      program.run("-e", #".at 2026-10-01 .carts status=any"#).output.split(separator: "\n").count
        == 1)
  }
}
