import CartEngine
import CartModel
import CartPractice
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Replayed time ranges under other rules: streams with a known result.
struct WhatIfTests {
  static let since = TestShop.start.advanced(by: -86_400_000)

  /// A stream of events, a minute from one cart to the next.
  struct Stream {
    var lines = ""
    var at = WhatIfTests.since

    mutating func add(_ type: String, _ cart: String, _ members: String = "") {
      lines += #"{"type":"\#(type)","at":"\#(at)","cart":"\#(cart)"\#(members)}"# + "\n"
      at = at.advanced(by: 1000)
    }

    mutating func cart(_ id: String, quantity: Int, email: String = "", ip: String = "") {
      add("cart.created", id, #","shopper":{"email":"\#(email)","ip":"\#(ip)"}"#)
      add("line.added", id, #","sku":"PEN","quantity":\#(quantity),"price":"10.00""#)
    }

    mutating func order(_ id: String) {
      add("cart.ordered", id, #","order":"o-\#(id)""#)
    }

    mutating func wait(_ seconds: Int64) { at = at.advanced(by: seconds * 1000) }
  }

  func harness(_ stream: Stream, _ rules: String) throws -> RuleHarness {
    let harness = try RuleHarness(0)
    let (_, rejects) = try harness.test.take(stream.lines)
    #expect(rejects == [])
    harness.write("own.lua", rules)
    #expect(try harness.scan().errors.map(\.message) == [])
    return harness
  }

  func whatIf(_ harness: RuleHarness, _ name: String) throws -> WhatIf {
    try harness.book.whatIf(.version(try harness.book.rule(name).newest), since: Self.since)
  }

  func states(_ handler: CommandHandler) throws -> [String: Cart.State] {
    var states: [String: Cart.State] = [:]
    try handler.reader.forEachCart { states[$0.id] = $0.state }
    return states
  }

  func ids(_ result: WhatIf, _ state: Cart.State) throws -> [String] {
    try states(result.handler).filter { $0.value == state }.keys.sorted()
  }

  // MARK: Rules

  @Test func aHeldCartDoesNotConvert() throws {
    var stream = Stream()
    for number in 1...60 { stream.cart("c\(number)", quantity: number) }
    for number in stride(from: 3, through: 60, by: 3) { stream.order("c\(number)") }
    let harness = try harness(
      stream, #"rule "many" { when = function(c) return c.quantity > 40 end }"#)
    let before = try harness.test.exported()
    let result = try whatIf(harness, "many")
    #expect(try ids(result, .held) == (41...60).map { "c\($0)" }.sorted())
    let ordered = stride(from: 3, through: 40, by: 3).map { "c\($0)" }
    #expect(try ids(result, .ordered) == ordered.sorted())
    #expect(result.lost.changes == 0 && result.lost.orders == 7)
    // The real shop is as it was.
    #expect(try harness.test.exported() == before)
  }

  @Test func anOrderThatWasNotMadeCountsForNoLaterQuestion() throws {
    var stream = Stream()
    for number in 1...4 {
      stream.cart("c\(number)", quantity: 1, email: "eve@x.example")
      stream.order("c\(number)")
    }
    // In the past the second cart was the only one that met just one order.
    let harness = try harness(
      stream, #"rule "once" { when = function(c) return c:same("email").orders == 1 end }"#)
    let backtest = try harness.book.backtest("once", since: Self.since.advanced(by: -1))
    #expect(backtest.hits.map(\.cart) == ["c2"])
    #expect(try ids(try whatIf(harness, "once"), .held) == ["c2", "c3", "c4"])
  }

  @Test func aBanHoldsOthersUntilItEnds() throws {
    var stream = Stream()
    stream.cart("before", quantity: 1, ip: "203.0.113.9")
    stream.cart("bad", quantity: 99, ip: "203.0.113.9")
    stream.cart("during", quantity: 1, ip: "203.0.113.9")
    stream.cart("other", quantity: 1, ip: "203.0.113.10")
    stream.wait(3700)
    stream.cart("after", quantity: 1, ip: "203.0.113.9")
    let harness = try harness(
      stream,
      """
      rule "ban" {
        when = function(c) return c.quantity > 50 end, ban = { by = "ip", ttl = "1h" },
      }
      """)
    let result = try whatIf(harness, "ban")
    #expect(try ids(result, .held) == ["bad", "during"])
    #expect(try harness.test.shop.store.entries().isEmpty)
  }

  /// A cart that is left for two hours is held by a pass, and its later order is lost; so does one that
  /// was open before the range began.
  @Test(arguments: [
    "c.idle > 7200 and c.idle < 10800", "c:matches{'idle>2h'}", "now() - c.updated > 7200",
    "c.status == 'abandoned' and c.idle > 7200",
  ])
  func passesBetweenEventsAreSimulated(body: String) throws {
    var stream = Stream()
    stream.at = Self.since.advanced(by: -3_600_000)
    stream.cart("before", quantity: 1)
    stream.at = Self.since.advanced(by: 60_000)
    stream.cart("left", quantity: 1)
    stream.cart("quick", quantity: 1)
    stream.wait(1800)
    stream.order("quick")
    stream.wait(6 * 3600)
    stream.order("left")
    stream.order("before")
    let harness = try harness(stream, "rule \"idle\" { when = function(c) return \(body) end }")
    let result = try whatIf(harness, "idle")
    #expect(try ids(result, .held) == ["before", "left"])
    #expect(try ids(result, .ordered) == ["quick"])
    #expect(result.lost.orders == 2)
    #expect(result.clock?.found == 2 && result.clock?.isCoarse == false)
    #expect(try harness.book.whatIf(.nothing("idle"), since: Self.since).clock == nil)
  }

  @Test func aRuleWithoutAClockMakesNoPasses() throws {
    var stream = Stream()
    stream.cart("c1", quantity: 5)
    let harness = try harness(
      stream, #"rule "many" { when = function(c) return c.quantity > 4 end }"#)
    let result = try whatIf(harness, "many")
    #expect(result.clock == nil)
  }

  @Test func whatAPersonBroughtBackStays() throws {
    var stream = Stream()
    stream.cart("a", quantity: 60)
    stream.cart("b", quantity: 60)
    stream.add("cart.held", "a", #","actor":"rule:old","reason":"many","source":"1""#)
    stream.add("cart.restored", "a", #","actor":"staff:anna""#)
    stream.add("line.added", "a", #","sku":"TEA","quantity":1,"price":"1.00""#)
    stream.order("a")
    let harness = try harness(
      stream, #"rule "many" { when = function(c) return c.quantity > 50 end }"#)
    let result = try whatIf(harness, "many")
    #expect(try ids(result, .held) == ["b"])
    #expect(try ids(result, .ordered) == ["a"])
  }

  @Test func aFileAndOff() throws {
    var stream = Stream()
    for number in 1...10 { stream.cart("c\(number)", quantity: number) }
    let harness = try harness(
      stream, #"rule "many" { when = function(c) return c.quantity > 5 end }"#)
    harness.write(
      "try.lua", #"rule "few" { when = function(c) return #c.lines > 0 and c.quantity < 3 end }"#)
    let path = harness.test.folder.file("rules/try.lua")
    let other = try harness.book.whatIf(.file(path), since: Self.since)
    #expect(try ids(other, .held) == ["c1", "c2"])
    #expect(try harness.book.rules().map(\.name) == ["many"])

    try harness.enforce("many", judged: [(10, 10)])
    _ = try harness.pass()
    #expect(try states(harness.handler).values.count { $0 == .held } == 5)
    let off = try harness.book.whatIf(.nothing("many"), since: Self.since)
    #expect(try ids(off, .held) == [])
    let fates = try off.fates(harness.handler)
    #expect(fates.released == 5 && fates.older == 0)
  }

  @Test func aRuleThatFailsIsRefused() throws {
    var stream = Stream()
    for number in 1...10 { stream.cart("c\(number)", quantity: number) }
    let harness = try harness(
      stream, #"rule "bad" { when = function(c) return c.lines[1].sku + 1 end }"#)
    #expect(throws: EngineError.self) { try whatIf(harness, "bad") }
    harness.write("none.lua", "local x = 1")
    #expect(throws: EngineError.self) {
      try harness.book.whatIf(
        .file(harness.test.folder.file("rules/none.lua")), since: Self.since)
    }
  }

  /// Another enforced rule that is asked about a shop in which an order is missing.
  @Test(arguments: [
    // In the past it held the third and the fourth cart; without the first order, neither.
    ("orders >= 2", ["c1"], ["c3", "c4"]),
    // In the past it matched none of those after it was enforced; now it does.
    ("orders == 1", ["c1", "c3", "c4"], [] as [String]),
  ])
  func othersAnswerForTheShopAsItWouldBe(condition: String, then: [String], was: [String]) throws {
    // Others stand about, so that two carts are within the band.
    let harness = try RuleHarness(9)
    harness.write("many.lua", #"rule "many" { when = function(c) return c.quantity > 50 end }"#)
    harness.write(
      "other.lua",
      #"rule "other" { when = function(c) return c:same("email").\#(condition) end }"#)
    _ = try harness.scan()
    func cart(_ id: String, _ quantity: Int64, isOrdered: Bool) throws {
      harness.test.clock.advance(60_000)
      harness.handler.actor = .shopper
      try operation(harness.handler) {
        let key = try harness.handler.create(id: id, [.email: "eve@x.example"]).key
        guard try harness.handler.cart(key)?.state == .open else { return }
        try harness.handler.add("MUG-01", quantity, to: key)
        if isOrdered { try harness.handler.execute(.order(.init(id: "")), on: key) }
      }
      harness.book.refresh()
    }
    try cart("c1", 60, isOrdered: true)
    try cart("c2", 1, isOrdered: true)
    harness.test.clock.advance(60_000)
    harness.handler.actor = .staff("anna")
    try harness.enforce("other", judged: [(1, 1)])
    harness.book.refresh()
    try cart("c3", 1, isOrdered: false)
    try cart("c4", 1, isOrdered: false)
    _ = harness.handler.begin("look")
    let held = { (handler: CommandHandler) in
      try states(handler).filter { $0.value == .held }.keys.sorted()
    }
    #expect(try held(harness.handler) == was)
    let result = try harness.book.whatIf(
      .version(try harness.book.rule("many").newest), since: TestShop.start)
    #expect(try held(result.handler) == then)
    #expect(try ids(result, .ordered) == ["c2"])
  }

  @Test func cartsThatItFailsOnAreCounted() throws {
    var stream = Stream()
    for number in 1...10 { stream.cart("c\(number)", quantity: number) }
    let harness = try harness(
      stream,
      """
      rule "half" {
        when = function(c)
          if #c.lines > 0 and c.quantity % 2 == 0 then error("boom") end
          return c.quantity > 6
        end,
      }
      """)
    let result = try whatIf(harness, "half")
    #expect(try ids(result, .held) == ["c7", "c9"])
    let error = try #require(result.errors.first)
    #expect(error.rule == "half" && error.carts == 5 && error.message.hasSuffix("boom"))
  }
}
