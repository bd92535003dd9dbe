import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine
@testable import CartStoreSQLite

/// What is kept beside the event log for questions about other carts, against the event log itself.
struct SharedFactsTests {
  /// Texts that name the same are one value, however they are written.
  @Test func canonicalFormsAreOneValue() throws {
    let hasher = try TestShop().shop.store.sharedHasher()
    func value(_ field: ShopperField, _ text: String, _ kind: SharedKey.Kind) -> UInt64? {
      var person = SharedPerson()
      hasher.set(&person, field, text)
      return hasher.value(SharedKey(kind), of: person)
    }
    let same: [(ShopperField, SharedKey.Kind, [String])] = [
      (.ip, .ip, ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107", "203.0.113.7/32"]),
      (.ip, .ip, ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"]),
      (.ip, .net, ["203.0.113.7", "203.0.113.254", "203.0.113.0/24"]),
      (.ip, .net, ["2001:db8::1", "2001:db8:0:0:9::"]),
      (.email, .email, ["anna@example.com", "Anna+shop@Example.COM", " anna@example.com."]),
      (.email, .email, ["anna@bücher.example", "anna@xn--bcher-kva.example"]),
      (.email, .email, ["caf\u{e9}@b.de", "cafe\u{301}@b.de"]),
      (.session, .session, ["\u{1ec7}", "e\u{323}\u{302}"]),
      (.email, .domain, ["anna@bücher.example", "bert@XN--bcher-kva.example"]),
    ]
    for (field, kind, texts) in same {
      let values = Set(texts.map { value(field, $0, kind) })
      #expect(values.count == 1 && !values.contains(nil), "\(kind) \(texts)")
    }
    let unknown: [(ShopperField, SharedKey.Kind, String)] = [
      (.ip, .ip, ""), (.ip, .net, "not an address"), (.ip, .net, "203.0.0.0/16"),
      (.email, .domain, "nobody"), (.email, .email, ""), (.customer, .customer, "0"),
    ]
    for (field, kind, text) in unknown { #expect(value(field, text, kind) == nil, "\(text)") }
    #expect(value(.ip, "203.0.113.7", .ip) != value(.ip, "203.0.113.8", .ip))
    #expect(value(.ip, "not an address", .ip) != nil)
  }

  /// Random events, late ones and those of another process among them; keys that are kept from the
  /// beginning, from somewhere in the middle, and made at the end.
  @Test(arguments: 1...4)
  func tablesAreWhatTheEventLogSays(seed: Int) throws {
    let test = try TestShop()
    var random = SeededRandom(seed: UInt64(seed))
    let keys = try [
      SharedKey(["ip"]), SharedKey(["email"]), SharedKey(["ip", "country"]), SharedKey(["card"]),
      SharedKey(["net", "email", "session"]),
    ]
    let store = test.shop.store
    try store.keep(keys[0], recorded: test.clock.now)
    let other = try test.reopened()
    var latest: [String: Int64] = [:]
    for round in 0..<12 {
      var lines = ""
      for number in 0..<60 {
        lines += event(&random, Int64(round * 60 + number), &latest) + "\n"
      }
      try test.take(lines, into: random.chance(40) ? other : nil)
      if round == 5 { for key in keys[1...3] { try store.keep(key, recorded: test.clock.now) } }
    }
    try store.keep(keys[4], recorded: test.clock.now)
    #expect(try test.shop.check().problems == [])

    let (hasher, last) = (try store.sharedHasher(), try store.lastSeq())
    for key in keys {
      var values: Set<UInt64> = []
      try store.forEachSharedRow(key, through: last) { value, _ in values.insert(value) }
      let (table, log) = (try SharedTable(key, store, through: last), SharedLog(key))
      try log.read(store, hasher, through: last)
      #expect(values.count > 2)
      for value in values {
        let rows = try store.sharedRows(
          key, value, after: 0, through: last, since: nil
        ).rows
        #expect(Array(try #require(table.run(value)).rows) == rows)
        #expect(Array(try #require(log.run(value)).rows) == rows)
        try compare(rows, key, value, store, last, &random)
      }
      #expect(table.run(12_345) == nil)
    }
  }

  /// Counts by index, of rows that were read as far as they are wanted, against those of all rows.
  private func compare(
    _ rows: [SharedRow], _ key: SharedKey, _ value: UInt64, _ store: any Storage, _ last: Int64,
    _ random: inout SeededRandom
  ) throws {
    let counts = SharedCounts()
    for _ in 0..<30 {
      let until = TestShop.start.advanced(by: Int64(random.pick(-8000...8000)) * 1000)
      let since = random.chance(70) ? until.advanced(by: -Int64(random.pick(1...9000)) * 1000) : nil
      let seq = random.chance(50) ? last : Int64(random.pick(1...Int(last)))
      let range = SharedRange(since: since, until: until, seq: seq)
      let part = try store.sharedRows(
        key, value, after: 0, through: seq, since: since
      ).rows
      for what in SharedCount.allCases {
        let plain = rows.filter(range.contains)
        let expected =
          what.isDistinct
          ? Set(plain.compactMap(what.entry)).count : plain.count { what.entry($0) != nil }
        #expect(SharedRun(rows: rows[...]).count(what, range) == expected)
        #expect(SharedRun(rows: rows[...], counts: counts).count(what, range) == expected)
        #expect(SharedRun(rows: part[...]).count(what, range) == expected)
      }
      for run in [SharedRun(rows: rows[...]), SharedRun(rows: rows[...], counts: counts)] {
        let plain = rows.filter { range.contains($0) && !$0.what.isEmpty }
        #expect(run.span(range)?.first == plain.map(\.at).min())
        #expect(run.span(range)?.last == plain.map(\.at).max())
        var sum: Int64 = 0
        run.forEachTotal(range) { sum += $0.minor }
        #expect(sum == plain.reduce(0) { $0 + ($1.total?.minor ?? 0) })
      }
    }
  }

  private func event(
    _ random: inout SeededRandom, _ number: Int64, _ latest: inout [String: Int64]
  ) -> String {
    let cart = "cart\(1000 + random.pick(1...90))"
    var time = number * 10
    if random.chance(25) { time -= Int64(random.pick(1...3000)) }
    time = max(time, latest[cart] ?? -10_000)
    let isNew = latest.updateValue(time, forKey: cart) == nil
    let at = TestShop.start.advanced(by: (time - 7000) * 1000)
    let shopper =
      #""shopper":{"email":"\#(random.pick(["a@x.de", "B+1@x.de", "c@y.de", ""]))","ip":"203.0.113.\#(random.pick(1...3))","country":"\#(random.pick(["DE", "AT", ""]))"}"#
    let body: String
    switch random.pick(0...4) {
    case _ where isNew:
      body = #""type":"cart.created","session":"s\#(random.pick(1...9))",\#(shopper)"#
    case 0, 1: body = #""type":"shopper.identified",\#(shopper)"#
    case 2, 3:
      body =
        #""type":"payment.attempted","result":"\#(random.pick(["declined", "ok"]))","card":"h\#(random.pick(1...5))""#
    default:
      body =
        #""type":"cart.ordered","order":"o\#(number)","lines":[{"sku":"A","quantity":1,"price":"10"}]"#
    }
    return #"{"at":"\#(at)","cart":"\#(cart)",\#(body)}"#
  }

  @Test(arguments: [
    (
      "DELETE FROM shared WHERE seq = (SELECT min(seq) FROM shared)",
      "shared facts of email: 1 rows, the event log says 2"
    ),
    ("UPDATE shared SET value = value + 1", "shared facts of email: differ from the event log"),
    ("UPDATE shared SET what = 7", "shared facts: event 1: event log: unknown currency number 0"),
    ("UPDATE shared SET cart = 3", "shared facts of email: differ from the event log"),
    ("UPDATE shared SET late = 5", "times of late events differ"),
    ("UPDATE sharing SET peak = 5", "their latest time is before that of the event log"),
    (
      "INSERT INTO sharing VALUES(1, 9999999999999)",
      "shared facts of ip: 0 rows, the event log says 1"
    ),
  ])
  func checkFindsWhatIsWrong(sql: String, expected: String) throws {
    let test = try TestShop()
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","shopper":{"email":"a@b.de","ip":"203.0.113.7"}}
      {"type":"cart.created","at":"2026-11-01T07:00:01Z","cart":"c2","shopper":{"email":"a@b.de"}}
      """)
    try test.shop.store.keep(SharedKey(.email), recorded: test.clock.now)
    #expect(try test.shop.check().problems == [])
    try #require(test.shop.store as? SQLiteStorage).connection.execute(sql)
    let problems = try test.shop.check().problems
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
  }

  /// A plan writes nothing, and says the same.
  @Test func aPlanAsksTheEventLogItself() throws {
    let test = try TestShop()
    try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1","shopper":{"email":"a@b.de"}}
      {"type":"cart.created","at":"2026-11-01T07:00:01Z","cart":"cart2","shopper":{"email":"A@b.de"}}
      """)
    let key = SharedKey(.email)
    func count(_ handler: CommandHandler) throws -> Int {
      let cart = try #require(try handler.cart(try handler.find("cart2")))
      return try handler.shared.count(.carts, handler.shared.question(key, of: cart, window: nil))
    }
    let handler = test.handler()
    _ = handler.begin("plan")
    handler.mode = .plan
    #expect(try count(handler) == 2)
    #expect(try !test.shop.store.keeps(key))
    handler.mode = .live
    #expect(try count(handler) == 2)
    #expect(try test.shop.store.keeps(key))
  }
}
