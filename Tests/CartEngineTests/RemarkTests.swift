import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

struct RemarkTests {
  private func shop() throws -> (TestShop, Int64) {
    let test = try TestShop()
    try test.take(TestShop.products)
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","shopper":{"email":"s@example.com"}}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"MUG-01","quantity":1,"price":"12.99"}
      """)
    return (test, try #require(try test.shop.store.key(named: "c1")))
  }

  private func error(_ body: () throws -> Void) -> String {
    do { try body() } catch { return EngineError(error).message }
    return ""
  }

  @Test func whoComesSecondIsToldWhoWasFirst() throws {
    let (test, key) = try shop()
    let (anna, ben) = (test.handler("anna"), test.handler("ben"))
    try operation(anna) { try anna.claim(key) }
    #expect(
      error { try operation(ben) { try ben.claim(key) } }
        == "cart c1: staff:anna has claimed it, for another 30m; ask them, or take it over with "
        + "take=yes")
    #expect(try ben.reader.keys(claimedBy: "staff:anna") == [key])
    #expect(try ben.reader.keys(claimedBy: "staff:ben") == [])
    try operation(ben) { try ben.claim(key, ttl: Span("2h"), takesOver: true) }
    #expect(try ben.reader.keys(claimedBy: nil) == [key])
    #expect(try anna.reader.keys(claimedBy: "staff:anna") == [])
    #expect(error { try operation(anna) { try anna.release(key) } }.contains("staff:ben"))
  }

  /// Both have read the cart before either wrote: it is decided again under the lock.
  @Test func twoConsolesRaceAndOneWins() throws {
    let (test, key) = try shop()
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    let anna = test.handler("anna")
    _ = anna.begin("claim")
    _ = other.begin("claim")
    try anna.claim(key)
    try other.claim(key)
    let won = try anna.finish()
    let lost = try other.finish()
    #expect(won.failures.isEmpty && won.carts == 1)
    #expect(
      lost.failures.map(\.message) == [
        "cart c1: staff:anna has claimed it, for another 30m; ask them, or take it over with "
          + "take=yes"
      ])
    #expect(try test.shop.store.cart(key)?.claim?.by == "staff:anna")
  }

  @Test func aClaimRunsOutByItself() throws {
    let (test, key) = try shop()
    let (anna, ben) = (test.handler("anna"), test.handler("ben"))
    try operation(anna) { try anna.claim(key, ttl: Span("10m")) }
    test.clock.advance(600_000 - 1)
    #expect(error { try operation(ben) { try ben.claim(key) } } != "")
    test.clock.advance(1)
    try operation(ben) { try ben.claim(key) }
    #expect(try test.shop.store.cart(key)?.claim?.by == "staff:ben")
    for ttl in ["0s", "8d"] {
      #expect(
        error { try operation(ben) { try ben.claim(key, ttl: Span(ttl)) } }.hasPrefix(
          "claim: expected more than 0 s and at most 7d, got "))
    }
  }

  @Test func ofAScriptThePersonHasIt() throws {
    let (test, key) = try shop()
    let script = test.handler()
    script.actor = Actor.staff("anna").via(script: "call.lua")
    try operation(script) {
      try script.claim(key)
      try script.write(note: "rang", on: key)
    }
    let cart = try #require(try test.shop.store.cart(key))
    #expect(cart.claim?.by == "staff:anna")
    #expect(cart.notes.map(\.by) == ["staff:anna"])
  }

  @Test func notesStayWithACartThatIsSoldAndCanBeTakenBack() throws {
    let (test, key) = try shop()
    let anna = test.handler("anna")
    try operation(anna) { try anna.execute(.order(.init(id: "")), on: key) }
    let number = try #require(
      try operation(anna) {
        try anna.write(note: "wants it at the neighbour's", on: key)
        try anna.claim(key)
      })
    var cart = try #require(try test.shop.store.cart(key))
    #expect(cart.notes.map(\.text) == ["wants it at the neighbour's"])
    #expect(cart.claim != nil && cart.state == .ordered)
    let (report, _) = try takeBack(anna, number)
    #expect(report.stays.isEmpty)
    cart = try #require(try test.shop.store.cart(key))
    #expect(cart.notes.isEmpty && cart.claim == nil && cart.order?.id == "1001")
    try takeBack(anna, number, redo: true)
    cart = try #require(try test.shop.store.cart(key))
    #expect(cart.notes.count == 1 && cart.claim?.by == "staff:anna")
    #expect(try test.shop.check().problems == [])
  }

  @Test func nothingEmptyOrEndlessIsWrittenDown() throws {
    let (test, key) = try shop()
    let anna = test.handler("anna")
    func refusal(_ text: String) -> String {
      error { try operation(anna) { try anna.write(note: text, on: key) } }
    }
    #expect(refusal(" \t") == "note: expected a text, got an empty one")
    #expect(
      refusal(String(repeating: "x", count: 2001))
        == "note: expected at most 2000 bytes, got 2001")
    #expect(refusal("a\0b") == "note: a text cannot hold a NUL")
    for number in 1...Note.most { #expect(refusal("note \(number)") == "") }
    #expect(refusal("one more") == "note: the cart c1 has 100 of at most 100 notes")
  }

  @Test func exportAndImportKeepThem() throws {
    let (test, key) = try shop()
    let (anna, ben) = (test.handler("anna"), test.handler("ben"))
    let first = try operation(anna) {
      try anna.claim(key)
      try anna.write(note: "first \"quoted\"", on: key)
    }
    test.clock.advance(1000)
    let taken = try #require(
      try operation(ben) {
        try ben.claim(key, takesOver: true)
        try ben.write(note: "second", on: key)
      })
    test.clock.advance(1000)
    try takeBack(ben, taken)
    test.clock.advance(1000)
    try operation(anna) { try anna.release(key) }
    try operation(anna) { try anna.execute(.delete, on: key) }
    try takeBack(anna, try #require(first))
    let exported = try test.exported()
    let copy = try TestShop(seed: 7)
    let (_, rejects) = try copy.take(exported)
    #expect(rejects.isEmpty)
    #expect(try copy.exported() == exported)
    let copied = try #require(try copy.shop.store.key(named: "c1"))
    let cart = try #require(try copy.shop.store.cart(copied))
    #expect(cart.hasSameContent(as: try #require(try test.shop.store.cart(key))))
    #expect(try copy.shop.check().problems == [])
  }

  @Test func aClaimTakenInASandboxIsNobodysBusiness() throws {
    let (test, key) = try shop()
    let handler = CommandHandler(test.shop, mode: .sandbox, actor: .staff("anna"), consent: .given)
    _ = handler.begin("claim")
    try handler.run.claim(key)
    #expect(try handler.reader.keys(claimedBy: "staff:anna") == [key])
    _ = try handler.finish()
    #expect(try test.handler("ben").reader.keys(claimedBy: nil) == [])
  }

  @Test func theHandoverSaysWhatOthersDidSince() throws {
    let (test, key) = try shop()
    let (anna, ben) = (test.handler("anna"), test.handler("ben"))
    try operation(anna) { try anna.add("TEA-01", 1, to: key) }
    test.clock.advance(60_000)
    let number = try #require(
      try operation(ben, ".hold c1") {
        try ben.execute(.hold(), on: key)
        try ben.write(note: "asks for a refund", on: key)
      })
    try operation(ben) {
      try ben.add(.init(.ip, "203.0.113.0/24"), to: .blacklist, reason: "testing cards")
    }
    test.clock.advance(60_000)
    try test.take(
      """
      {"type":"line.added","at":"2026-11-01T08:02:00Z","cart":"c2","sku":"MUG-01","quantity":1,"price":"1"}
      """)
    try operation(ben) { try ben.claim(key) }
    let start = test.clock.now
    test.clock.advance(60_000)
    try operation(anna) { try anna.write(note: "I am back", on: key) }
    _ = anna.begin("handover")
    let report = try anna.reader.operations.handover(
      to: anna.actor.person, since: nil, start: start)
    #expect(report.lastSeen == TestShop.start)
    // What an import brought is history, whenever it happened.
    #expect(report.work.map(\.who) == ["staff:ben"] && report.imports == 1)
    let bens = report.work[0]
    #expect(bens.carts == 1 && bens.held == 1 && bens.operations == 3 && bens.changes == 3)
    #expect(
      report.operations.map(\.words) == [
        "cart c1: claimed by staff:ben until 2026-11-01 08:32:00",
        "blacklist: ip 203.0.113.0/24: testing cards",
        "cart c1: held; cart c1: note: asks for a refund",
      ])
    #expect(report.operations.last?.operation == number)
    #expect(report.claims.map(\.cart) == ["c1"])
    let all = try anna.reader.operations.handover(
      to: anna.actor.person, since: TestShop.start, start: start)
    #expect(all.work.contains { $0.who == "staff:anna" })
    #expect(all.lastSeen == nil)
    #expect(throws: Never.self) {
      try test.handler("new").reader.operations.handover(to: "staff:new", since: nil, start: start)
    }
  }
}
