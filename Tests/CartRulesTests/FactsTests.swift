import CartEngine
import CartModel
import CartRules
import CartStorage
import CartSupport
import CartTesting
import Testing

/// `c:same`: facts about the carts that share something with the judged one.
struct FactsTests {
  private static let rule = """
    rule "facts" {
      when = function(c)
        local words = {}
        for _, key in ipairs{"ip", "net", "email", "domain", "card"} do
          for _, window in ipairs{"10m", "30d"} do
            local s = c:same(key, window)
            words[#words + 1] = s.carts .. "/" .. s.orders .. "/" .. s.declined .. "/" .. s.emails
              .. "/" .. s.ips .. "/" .. s.sessions .. "/" .. tostring(s.ordered)
          end
        end
        local both = c:same({"ip", "country"})
        return table.concat(words, " ") .. " " .. both.carts .. " " .. tostring(both.known)
      end,
    }
    """

  private func harness(_ text: String) throws -> (TestShop, CommandHandler, RuleBook) {
    let test = try TestShop()
    try test.take(TestShop.products)
    try Files.makeFolder(test.folder.file("rules"))
    test.folder.write("rules/facts.lua", text)
    let handler = test.handler()
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    try operation(handler) { _ = try book.scan() }
    book.refresh()
    return (test, handler, book)
  }

  private func said(_ handler: CommandHandler, _ book: RuleBook, _ name: String) throws -> String {
    _ = handler.begin("")
    let cart = try #require(try handler.cart(try handler.find(name)))
    return try book.verdicts(on: cart).first?.reason ?? "nothing"
  }

  @Test func manyCartsFromOneAddress() throws {
    let (test, handler, book) = try harness(
      """
      rule "cards" {
        when = function(c)
          local s = c:same("ip", "10m")
          if s.declined >= 3 then
            return s.carts .. " carts, " .. s.declined .. " declined, " .. s.emails .. " mails"
          end
        end,
      }
      """)
    var lines = ""
    for cart in 1...5 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:0\(cart):00Z","cart":"cart\(cart)","session":"s\(cart)","shopper":{"ip":"203.0.113.7","email":"S\(cart)+x@Example.com"}}
        {"type":"payment.attempted","at":"2026-11-01T07:0\(cart):30Z","cart":"cart\(cart)","result":"declined","card":"h\(cart)"}

        """
    }
    try test.take(lines)
    #expect(try said(handler, book, "cart1") == "nothing")
    #expect(try said(handler, book, "cart2") == "nothing")
    #expect(try said(handler, book, "cart3") == "3 carts, 3 declined, 3 mails")
    #expect(try said(handler, book, "cart5") == "5 carts, 5 declined, 5 mails")
    // Held, deleted and ordered carts count: else the rule would switch itself off.
    try operation(handler) {
      try handler.execute(.delete, on: handler.find("cart1"))
      try handler.execute(.hold(), on: handler.find("cart2"))
    }
    #expect(try said(handler, book, "cart5") == "5 carts, 5 declined, 5 mails")
  }

  @Test func anUnknownKeyIsNotKnownAndZero() throws {
    let (test, handler, book) = try harness(
      """
      rule "none" {
        when = function(c)
          local s = c:same({"ip", "email"})
          return tostring(s.known) .. s.carts .. s.orders .. tostring(s.ordered) .. s.first .. s.last
        end,
      }
      """)
    try test.take(
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1","shopper":{"ip":"203.0.113.7"}}"#
    )
    #expect(try said(handler, book, "cart1") == "false000.0000")
  }

  @Test func whatARunHasNotSavedCounts() throws {
    let (_, handler, book) = try harness(
      "rule \"many\" { when = function(c) return c:same(\"email\").carts .. \" carts\" end }")
    _ = handler.begin("script")
    var last: Int64 = 0
    for _ in 1...4 { last = try handler.create([.email: "a@example.com"]).key }
    let cart = try #require(try handler.cart(last))
    #expect(try book.verdicts(on: cart).first?.reason == "4 carts")
    _ = handler.abandon()
    _ = handler.begin("script")
    let again = try handler.create([.email: "a@example.com"])
    #expect(try book.verdicts(on: again).first?.reason == "1 carts")
  }

  /// Up to the judged cart's last event, saved or not: what the run did after it would count, or not,
  /// by when it was saved.
  @Test func whatARunDidAfterACartsLastEventDoesNotCount() throws {
    let (test, handler, book) = try harness(
      "rule \"many\" { when = function(c) return c:same(\"ip\", \"10m\").carts .. \" carts\" end }")
    _ = handler.begin("script")
    let keys = try (0..<3).map { _ in try handler.create([.ip: "203.0.113.7"]).key }
    func said(_ key: Int64) throws -> String? {
      try book.verdicts(on: try #require(try handler.cart(key))).first?.reason
    }
    #expect(try keys.map(said) == ["1 carts", "2 carts", "3 carts"])
    try handler.execute(.identify([.country: "DE"]), on: keys[0])
    #expect(try keys.map(said) == ["3 carts", "2 carts", "3 carts"])
    let names = try keys.map { try #require(try handler.cart($0)).id }
    _ = try handler.finish()
    #expect(
      try names.map { try self.said(handler, book, $0) } == ["3 carts", "2 carts", "3 carts"])
    _ = test
  }

  /// A ban that followed from a hit is not on the list when the hit is looked back at.
  @Test func whatFollowsFromAHitDoesNotExplainItAway() throws {
    let (test, handler, book) = try harness(
      """
      rule "b" {
        band = "100%", ban = { by = "ip", ttl = "1d" },
        when = function(c)
          if blacklist.check(c) then return nothing.at_all end
          return c:same("ip", "10m").carts >= 3 and "many"
        end,
      }
      """)
    handler.judge = book
    try operation(handler) { _ = try book.set("b", .enforce, judged: []) }
    book.refresh()
    var last = ""
    for _ in 1...3 {
      test.clock.advance(1000)
      try operation(handler) {
        last = try handler.create([.ip: "203.0.113.7"]).id
      }
    }
    let cart = try #require(try handler.cart(try handler.find(last)))
    #expect(cart.state == .held)
    #expect(try handler.reader.entries(.blacklist).count == 1)
    test.clock.advance(60_000)
    _ = handler.begin("look back")
    let held = try #require(
      try handler.history(of: cart.key).map(\.event).last { event in
        if case .cartHeld = event.body { return true }
        return false
      })
    guard case .cartHeld(_, let cause?) = held.body else { return }
    let facts = try #require(try book.facts(of: cause, held))
    #expect(
      facts.map { "\($0.name) \($0.value)" } == [
        "blacklist.check(c) nil", "same(ip, 10m).carts 3",
      ])
    let result = try book.backtest("b", since: TestShop.start.advanced(by: -1000))
    #expect(result.hits.map(\.cart) == [last] && result.errors == 0)
  }

  /// One customer number written in several ways is one, in rows and in the event log.
  @Test func aCustomersNumberIsOneNumber() throws {
    let (test, handler, book) = try harness(
      "rule \"n\" { when = function(c) local s = c:same(\"customer\") return tostring(s.known) .. s.carts end }"
    )
    var lines = ""
    for (place, number) in ["7", "\"007\"", "\"+7\"", "\"000\""].enumerated() {
      lines +=
        #"{"type":"cart.created","at":"2026-11-01T07:0\#(place):00Z","cart":"cart\#(place)","shopper":{"customer":\#(number)}}"#
        + "\n"
    }
    try test.take(lines)
    #expect(
      try (0...3).map { try said(handler, book, "cart\($0)") }
        == ["true1", "true2", "true3", "false0"])
    #expect(try test.shop.check().problems == [])
  }

  /// The same events judged one by one as they are recorded, and in one pass at the end, late ones included.
  @Test(arguments: 1...6)
  func liveAndPassAgreeAlsoWithLateEvents(seed: Int) throws {
    let (test, handler, book) = try harness(Self.rule)
    var random = SeededRandom(seed: UInt64(seed))
    var live: [String: String] = [:]
    var latest: [String: Int64] = [:]
    for number in 0..<250 {
      let cart = "cart\(random.pick(1...25))"
      // Every fifth is late, though never before its own cart's last.
      var time = Int64(number) * 20
      if random.chance(20) { time = max(latest[cart] ?? 0, time - Int64(random.pick(1...2000))) }
      time = max(time, latest[cart] ?? 0)
      let at = TestShop.start.advanced(by: (time - 6000) * 1000)
      let shopper =
        #""shopper":{"email":"p\#(random.pick(1...6))@d\#(random.pick(1...3)).example","ip":"203.0.113.\#(random.pick(1...4))","country":"\#(random.pick(["DE", "AT"]))"}"#
      let body: String
      switch random.pick(0...4) {
      case _ where latest[cart] == nil:
        body = #""type":"cart.created","session":"s\#(random.pick(1...9))",\#(shopper)"#
      case 0: body = #""type":"shopper.identified",\#(shopper)"#
      case 1:
        body =
          #""type":"payment.attempted","result":"\#(random.pick(["declined", "ok"]))","card":"h\#(random.pick(1...5))""#
      case 2 where number > 100:
        body =
          #""type":"cart.ordered","order":"o\#(number)","lines":[{"sku":"A","quantity":\#(random.pick(1...5)),"price":"10"}]"#
      default: body = #""type":"line.added","sku":"MUG-01","quantity":1,"price":"10""#
      }
      let (_, rejects) = try test.take(#"{"at":"\#(at)","cart":"\#(cart)",\#(body)}"#)
      guard rejects.isEmpty else { continue }
      latest[cart] = time
      live[cart] = try said(handler, book, cart)
    }
    let fresh = test.handler()
    let other = RuleBook(fresh, folder: test.folder.file("rules"))
    for (cart, words) in live.sorted(by: { $0.key < $1.key }) {
      #expect(try said(fresh, other, cart) == words, "\(cart)")
    }
    #expect(Set(live.values).count > 5)
  }

  /// Compared with the event log read cart by cart.
  @Test func countsAreThoseOfTheEventLog() throws {
    let (test, handler, book) = try harness(
      "rule \"n\" { when = function(c) local s = c:same(\"domain\", \"1h\") return s.carts .. \" \" .. s.emails .. \" \" .. tostring(s.ordered) end }"
    )
    var (random, lines) = (SeededRandom(seed: 3), "")
    var made: [(cart: String, at: Int64, domain: Int, email: String, orderedAt: Int64?)] = []
    for number in 0..<300 {
      let (at, domain) = (Int64(number) * 30, random.pick(1...4))
      let email = "p\(random.pick(1...20))@d\(domain).example"
      let name = "cart\(10_000 + number)"
      lines += """
        {"type":"cart.created","at":"\(TestShop.start.advanced(by: (at - 20_000) * 1000))","cart":"\(name)","shopper":{"email":"\(email)"}}
        {"type":"line.added","at":"\(TestShop.start.advanced(by: (at - 20_000) * 1000))","cart":"\(name)","sku":"MUG-01","quantity":1,"price":"10"}

        """
      let orders = number % 3 == 0
      if orders {
        lines += """
          {"type":"cart.ordered","at":"\(TestShop.start.advanced(by: (at - 20_000) * 1000))","cart":"\(name)","order":"o\(number)"}

          """
      }
      made.append((name, at, domain, email, orders ? at : nil))
    }
    try test.take(lines)
    for judged in made where judged.at % 210 == 0 {
      let same = made.filter {
        $0.domain == judged.domain && $0.at <= judged.at && $0.at > judged.at - 3600
      }
      let expected =
        "\(same.count) \(Set(same.map(\.email)).count) "
        + Money(minor: Int64(same.count { $0.orderedAt != nil }) * 1000, .eur).description
      #expect(try said(handler, book, judged.cart) == expected, "\(judged)")
    }
  }

  @Test func nonsenseIsNamed() throws {
    let (test, handler, book) = try harness(
      "rule \"n\" { when = function(c) return c:same(\"mail\").carts > 0 end }")
    try test.take(#"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1"}"#)
    #expect(
      try said(handler, book, "cart1").contains("same: no key 'mail'; did you mean 'email'?"))
  }
}
