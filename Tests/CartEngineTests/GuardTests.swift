import CartEngine
import CartExchange
import CartModel
import CartStore
import CartSupport
import CartTesting
import Testing

struct GuardTests {
  /// Carts c1000 … of one address each, all of one domain.
  func shop(_ count: Int = 6) throws -> TestShop {
    let test = try TestShop()
    try test.take(TestShop.products)
    var lines = ""
    for cart in 0..<count {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\(1000 + cart)","shopper":{"email":"s\(cart)@example.com","ip":"203.0.113.\(cart)","country":"DE"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":1,"price":"12.99"}

        """
    }
    try test.take(lines)
    return test
  }

  func ban(
    _ test: TestShop, _ kind: ListEntry.Kind, _ text: String, ttl: Span? = nil,
    on list: ListEntry.List = .blacklist
  ) throws -> Int64 {
    let handler = test.handler()
    return try #require(
      try operation(handler, "ban") {
        try handler.add(.init(kind, text), to: list, reason: "cards", tell: "Call us.", ttl: ttl)
      })
  }

  func cart(_ test: TestShop, _ name: String) throws -> Cart {
    try #require(try test.shop.store.cart(try test.handler().find(name)))
  }

  @Test func aChangeOfACartThatIsListedHoldsIt() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/31")
    #expect(try cart(test, "c1000").state == .open)
    let handler = test.handler()
    let number = try operation(handler) {
      try handler.add("TEA-01", 1, to: handler.find("c1000"))
      try handler.add("TEA-01", 1, to: handler.find("c1002"))
    }
    let held = try cart(test, "c1000")
    #expect(held.state == .held && held.lines.count == 2)
    #expect(
      held.heldBy?.reason == "ip 203.0.113.0/31: cards" && held.heldBy?.tell == "Call us.")
    #expect(try cart(test, "c1002").state == .open)
    let last = try #require(try test.shop.store.history(of: held.key).last)
    #expect(last.actor.description == "rule:blacklist" && last.operation != number)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anOrderIsRefusedAndTheCartHeldAlthoughTheRunFailed() throws {
    let test = try shop()
    _ = try ban(test, .email, "*@example.com")
    let handler = test.handler()
    #expect(
      throws: EngineError(
        .refused,
        "cart c1001: no order is made of it: blacklist, email *@example.com: cards; 'allowlist add' "
          + "lets the person buy")
    ) {
      try operation(handler) {
        try handler.execute(.order(.init(id: "")), on: handler.find("c1001"))
      }
    }
    #expect(try cart(test, "c1001").state == .held)
    #expect(try test.shop.check().problems == [])
  }

  @Test func theAllowlistWinsAndBringsBack() throws {
    let test = try shop()
    _ = try ban(test, .country, "DE")
    let handler = test.handler()
    try operation(handler) {
      for name in ["c1000", "c1001"] { try handler.add("TEA-01", 1, to: handler.find(name)) }
      try handler.execute(.hold(), on: handler.find("c1002"))
    }
    let result = try handler.add(.init(.email, "s0@example.com"), to: .allowlist)
    _ = try handler.finish()
    #expect(result.restored == 1)
    #expect(try cart(test, "c1000").state == .open)
    #expect(try cart(test, "c1001").state == .held)
    // What a person held stays held.
    _ = try ban(test, .email, "s2@example.com", on: .allowlist)
    #expect(try cart(test, "c1002").state == .held)
    try operation(handler) {
      try handler.execute(.order(.init(id: "")), on: handler.find("c1000"))
    }
    #expect(try cart(test, "c1000").state == .ordered)
  }

  @Test func aRestoredCartIsNotHeldAgainByTheSameEntry() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    try operation(handler) { try handler.execute(.restore(), on: key) }
    for _ in 0..<10 { try operation(handler) { try handler.add("TEA-01", 1, to: key) } }
    #expect(try cart(test, "c1000").state == .open)
    // Another entry is another matter, and so is being asked to judge again.
    _ = try ban(test, .email, "s0@example.com")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    #expect(try cart(test, "c1000").heldBy?.reason == "email s0@example.com: cards")
    try operation(handler) { try handler.execute(.restore(), on: key) }
    #expect(try cart(test, "c1000").state == .open)
    try operation(handler) { try handler.execute(.hold(), on: key) }
    try operation(handler) { try handler.execute(.restore(judge: true), on: key) }
    #expect(try cart(test, "c1000").state == .held)
    #expect(try test.shop.check().problems == [])
  }

  @Test func anEntryCountsUntilItExpires() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24", ttl: try Span("1h"))
    let handler = test.handler()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .held)
    test.clock.advance(3_600_000)
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1001")) }
    #expect(try cart(test, "c1001").state == .open)
  }

  @Test func anotherProcesssEntryCountsFromTheNextRunOn() throws {
    let test = try shop()
    let handler = test.handler()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) { try other.add(.init(.country, "DE"), to: .blacklist) }
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .held)
  }

  /// No order for a listed cart: planned before the entry stood, applied after.
  @Test func aPlannedOrderIsRefusedWhenThePersonIsListedByThen() throws {
    let test = try shop()
    let planner = CommandHandler(test.shop, mode: .plan, actor: .staff("anna"))
    planner.begin("plan")
    for name in ["c1000", "c1005"] {
      try planner.execute(.order(.init(id: "")), on: planner.find(name))
    }
    let path = test.folder.file("x.plan")
    try PlanFile.write(try planner.run.plans.takePlan(), to: path)
    _ = try ban(test, .ip, "203.0.113.0")
    let handler = test.handler()
    handler.begin("apply")
    let report = try handler.run.plans.apply(try PlanReader(path), rules: [:])
    _ = try handler.finish()
    #expect(report.done == 1 && report.conflicts.map(\.cart) == ["c1000"])
    #expect(try cart(test, "c1000").state == .held)
    #expect(try cart(test, "c1005").state == .ordered)
    #expect(try test.shop.check().problems == [])
  }

  @Test func undoOfWhatHeldItBringsItBackButNoOrderComesOfIt() throws {
    let test = try shop()
    _ = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    let key = try handler.find("c1000")
    try operation(handler) { try handler.add("TEA-01", 1, to: key) }
    let hold = try #require(try test.shop.store.history(of: key).last?.operation)
    let before = try cart(test, "c1000")
    let undo = try takeBack(handler, hold)
    #expect(undo.report.carts.count == 1)
    #expect(try cart(test, "c1000").state == .open)
    try takeBack(handler, hold, redo: true)
    #expect(try cart(test, "c1000").hasSameContent(as: before))
    #expect(throws: EngineError.self) {
      try operation(handler) { try handler.execute(.order(.init(id: "")), on: key) }
    }
    #expect(try test.shop.check().problems == [])
  }

  @Test func anEntryCanBeTakenBackAndDoneAgain() throws {
    let test = try shop()
    let number = try ban(test, .ip, "203.0.113.0/24")
    let handler = test.handler()
    #expect(try handler.run.undo.lastUndoable().operation == number)
    #expect(try takeBack(handler, number).report.entries == 1)
    #expect(try handler.reader.entries(.blacklist).isEmpty)
    try takeBack(handler, number, redo: true)
    #expect(try handler.reader.entries(.blacklist).map(\.pattern.text) == ["203.0.113.0/24"])
    #expect(throws: EngineError.self) { try takeBack(handler, number, redo: true) }
    #expect(try test.shop.check().problems == [])
  }

  @Test func theSandboxAndARefusedRunLeaveTheListsAlone() throws {
    let test = try shop()
    let sandbox = CommandHandler(test.shop, mode: .sandbox, actor: .staff("anna"))
    sandbox.begin("try")
    try sandbox.add(.init(.country, "DE"), to: .blacklist)
    try sandbox.add("TEA-01", 1, to: sandbox.find("c1000"))
    #expect(try sandbox.cart(sandbox.find("c1000"))?.state == .held)
    let handler = test.handler()
    handler.begin("fails")
    try handler.add(.init(.country, "DE"), to: .blacklist)
    _ = handler.abandon()
    try operation(handler) { try handler.add("TEA-01", 1, to: handler.find("c1000")) }
    #expect(try cart(test, "c1000").state == .open)
    #expect(try test.shop.store.entries().isEmpty)
  }

  @Test func importsAreHistoryUnlessTheyAreLive() throws {
    let test = try shop()
    _ = try ban(test, .email, "*@example.com")
    let line = """
      {"type":"line.added","at":"2026-11-01T09:00:00Z","cart":"%","sku":"TEA-01","quantity":1,"price":"4.20"}
      """
    try test.take(line.replacing("%", with: "c1000"))
    #expect(try cart(test, "c1000").state == .open)
    var options = EventImport.Options()
    options.live = true
    let importer = try EventImport(test.shop, source: "live", options: options) {
      (reject: Reject) throws(EngineError) in Issue.record("\(reject)")
    }
    try importer.accept(line: Array(line.replacing("%", with: "c1001").utf8)[...], number: 1)
    // The store's word counts: its order of a held cart did happen.
    try importer.accept(
      line: Array(
        #"{"type":"cart.ordered","at":"2026-11-01T09:00:01Z","cart":"c1001","order":"9"}"#.utf8)[
          ...],
      number: 2)
    #expect(try importer.finish().held == 1)
    let ordered = try cart(test, "c1001")
    #expect(ordered.state == .ordered && ordered.flags == ["blacklist"])
    #expect(try test.shop.check().problems == [])
  }

  @Test func anExportBringsListsHoldsAndFlagsAlong() throws {
    let test = try shop()
    _ = try ban(test, .email, "s0@example.com", ttl: try Span("7d"))
    _ = try ban(test, .country, "FR", on: .allowlist)
    let handler = test.handler()
    try operation(handler) {
      try handler.add("TEA-01", 1, to: handler.find("c1000"))
      try handler.execute(
        .flag(.init(rule: "hoard", source: "3", reason: "many")), on: handler.find("c1001"))
    }
    try operation(handler) { try handler.run.lists.remove(.init(.country, "FR"), from: .allowlist) }
    let text = try test.exported()
    let copy = try TestShop(seed: 2)
    let (_, rejects) = try copy.take(text)
    #expect(rejects.isEmpty)
    #expect(try copy.exported() == text)
    #expect(try copy.shop.store.entries() == test.shop.store.entries())
    #expect(try cart(copy, "c1000").heldBy == cart(test, "c1000").heldBy)
    #expect(try cart(copy, "c1001").flags == ["hoard"])
    #expect(try copy.shop.check().problems == [])
  }

  @Test func thePreviewKnowsWhomAnEntryWouldHit() throws {
    let test = try shop(200)
    let handler = test.handler()
    try operation(handler) {
      for name in 0..<50 {
        try handler.execute(.order(.init(id: "")), on: handler.find("c\(1000 + name)"))
      }
    }
    let narrow = try handler.run.lists.preview(.init(.ip, "203.0.113.199"))
    #expect((narrow.open, narrow.orders, narrow.warnings) == (1, 0, []))
    let wide = try handler.run.lists.preview(.init(.ip, "203.0.113.0/29"))
    #expect((wide.open, wide.orders) == (0, 8))
    #expect(wide.orderValue.map(\.description) == ["103.92 EUR"])
    #expect(wide.share.description == "16")
    #expect(wide.warnings == ["its orders are 16 % of the turnover, more than 1 %"])
    #expect(
      try handler.run.lists.preview(.init(.ip, "192.168.1.0/24")).warnings == [
        "it is about 192.168.0.0/16, a private net: a proxy of the shop's own, not a shopper"
      ])
    var settings = test.shop.settings
    settings.lists.own = ["198.51.100.7", "*@shop.example"]
    try test.shop.use(settings)
    #expect(
      try handler.run.lists.preview(.init(.ip, "198.51.100.0/24")).warnings == [
        "it is about 198.51.100.7, which is the shop's own"
      ])
    #expect(
      try handler.run.lists.preview(.init(.email, "anna@shop.example")).warnings == [
        "it is about *@shop.example, which is the shop's own"
      ])
  }

  @Test func filesOfAllFormsAreRead() throws {
    func rows(_ text: String) throws -> [String] {
      var file = ListFile(
        LineReader(bytes: Array(text.utf8)), list: .blacklist,
        times: FilterParser(zone: .utc, now: TestShop.start))
      var shown: [String] = []
      while let item = try file.next() {
        switch item {
        case .rows(let rows):
          shown += rows.map {
            "\($0.list.name) \($0.pattern.kind.name) \($0.pattern.text) \($0.reason)"
          }
        case .reject(let reject): shown.append("\(reject.line)! \(reject.reason)")
        }
      }
      return shown
    }
    #expect(
      try rows("# disposable\n0-mail.com\n10.1.0.0/16\nDE\nspam@x.example\nwhat is this\n") == [
        "blacklist email *@0-mail.com ", "blacklist ip 10.1.0.0/16 ", "blacklist country DE ",
        "blacklist email spam@x.example ",
        "6! expected an IP address, a block or a range of them, an e-mail, a domain or a country, got "
          + "'what is this'",
      ])
    #expect(
      try rows("email,reason,list\n\"a@x.example\",\"said \"\"no\"\", twice\",allowlist\n,x,\n")
        == [
          "allowlist email a@x.example said \"no\", twice",
          "3! expected one of ip, email and country, got 0",
        ])
    #expect(
      try rows(#"{"ip":"203.0.113.9","reason":"cards"}"#) == ["blacklist ip 203.0.113.9 cards"])
    #expect(
      try rows(#"{"ip":"203.0.113.9","reson":"cards"}"#)
        == ["1! unknown key 'reson'; did you mean 'reason'?"])
    // As lists are published: a comment, a count, blanks, a range, an address with a mistake.
    #expect(
      try rows(
        "\u{FEFF}; comment\r\n203.0.113.0/24 ; SBL1\r\n203.0.113.9\t7 \r\nspam.example , x\r\n"
          + "198.51.100.1-198.51.100.6\r\n1.2.3.400\r\n198.51.100.9-198.51.100.1\r\nbad.example # 3\r\n"
      ) == [
        "blacklist ip 203.0.113.0/24 ", "blacklist ip 203.0.113.9 ",
        "blacklist email *@spam.example ", "blacklist ip 198.51.100.1 ",
        "blacklist ip 198.51.100.2/31 ", "blacklist ip 198.51.100.4/31 ",
        "blacklist ip 198.51.100.6 ",
        "6! ip: expected an address, a block or a range, got '1.2.3.400'",
        "7! ip: expected an address, a block or a range, got '198.51.100.9-198.51.100.1'",
        "blacklist email *@bad.example ",
      ])
    #expect(
      try rows("IP;Reason\n203.0.113.7;\"a;b\"\n\"203.0.113.8;open\n203.0.113.9\n") == [
        "blacklist ip 203.0.113.7 a;b", "3! quote not closed", "blacklist ip 203.0.113.9 ",
      ])
    #expect(
      try rows("ip\treason\n2001:db8::-2001:db8::ffff\tnet\n") == [
        "blacklist ip 2001:db8::/112 net"
      ])
    let error = #expect(throws: EngineError.self) { try rows("ip,reson\n203.0.113.7,x\n") }
    #expect(
      error?.message
        == "the header has an unknown column 'reson'; expected some of country, domain, email, entry, "
        + "expires, ip, list, reason, tell, ttl, value; did you mean 'reason'?")
  }
}
