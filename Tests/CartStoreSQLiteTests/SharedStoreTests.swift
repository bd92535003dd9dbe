import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// What carts share, as a table that is kept beside the event log.
struct SharedStoreTests {
  private static let keys = [
    SharedKey(.ip), SharedKey(.email), SharedKey(.domain), SharedKey(.card), SharedKey(.net),
  ]

  /// Events of shoppers who come again, pay and order, in any order of time.
  private func lines(_ random: inout SeededRandom, from: Int, to: Int) -> String {
    var lines: [String] = []
    for cart in from..<to {
      let minute = random.pick(10...59)
      let at = "2026-11-01T07:\(minute)"
      let email = random.pick(["a@x.de", "A@X.de", "b@y.fr", ""])
      let ip = random.pick(["203.0.113.7", "203.0.113.8", "2001:db8::1", ""])
      lines.append(
        """
        {"type":"cart.created","at":"\(at):00Z","cart":"c\(cart)","shopper":{"email":"\(email)","ip":"\(ip)"}}
        {"type":"line.added","at":"\(at):01Z","cart":"c\(cart)","sku":"MUG-01","quantity":1,"price":"1.00"}
        """)
      if random.chance(40) {
        let result = random.pick(["declined", "approved"])
        lines.append(
          """
          {"type":"payment.attempted","at":"\(at):02Z","cart":"c\(cart)","result":"\(result)","card":"h\(random.pick(1...3))","code":"\(random.pick(["", "05"]))"}
          """)
      }
      if random.chance(40) {
        lines.append(
          """
          {"type":"shopper.identified","at":"\(at):03Z","cart":"c\(cart)","shopper":{"email":"\(random.pick(["c@z.it", "a@x.de"]))"}}
          """)
      }
      if random.chance(30) {
        lines.append(
          """
          {"type":"cart.ordered","at":"\(at):04Z","cart":"c\(cart)","order":"\(5000 + cart)"}
          """)
      }
    }
    return lines.joined(separator: "\n")
  }

  private func rows(_ store: SQLiteStorage, _ key: SharedKey) throws -> [String] {
    var rows: [String] = []
    try store.forEachSharedRow(key, through: .max) { rows.append("\($0) \($1)") }
    return rows
  }

  @Test("A table that is kept from the start is the one that is made at the end", arguments: 1...4)
  func keptAlong(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let test = try TestShop(seed: UInt64(seed))
    try test.take(TestShop.products)
    let (early, late) = (Self.keys.prefix(2), Self.keys.dropFirst(2))
    for key in early { try test.shop.store.keep(key, recorded: test.clock.now) }
    var from = 0
    for _ in 0..<5 {
      let to = from + random.pick(1...12)
      // Another process writes in turn: what is remembered of carts must not go stale.
      let shop = random.chance(50) ? test.shop : try test.reopened(seed: UInt64(from) + 9)
      try test.take(lines(&random, from: from, to: to), into: shop)
      from = to
    }
    for key in late { try test.shop.store.keep(key, recorded: test.clock.now) }
    #expect(try test.shop.check().problems == [])
    let store = try test.sqlite
    for key in early {
      let kept = try rows(store, key)
      #expect(try store.keeps(key))
      // Made anew by a store that does not know it.
      let copy = test.folder.file("copy\(key.bits).db")
      _ = try store.backup(to: copy)
      let other = try SQLiteStorage.open(.file(copy), random: { 1 })
      for table in ["shared", "sharing"] {
        try other.connection.execute("DELETE FROM \(table)")
      }
      #expect(try other.keeps(key) == false)
      try other.keep(key, recorded: test.clock.now)
      #expect(try rows(other, key) == kept)
    }
    for key in Self.keys { #expect(try store.sharedCount(key) == rows(store, key).count) }
  }

  @Test("Rows of a value come in the order of the log, and in parts that fit together")
  func valuesInParts() throws {
    var random = SeededRandom(seed: 8)
    let test = try TestShop(seed: 8)
    try test.take(TestShop.products)
    try test.take(lines(&random, from: 0, to: 60))
    let store = test.shop.store
    try store.keep(SharedKey(.email), recorded: test.clock.now)
    var values: [UInt64: [SharedRow]] = [:]
    try store.forEachSharedRow(SharedKey(.email), through: .max) {
      values[$0, default: []].append($1)
    }
    #expect(values.count >= 3)
    let last = try store.lastSeq()
    for (value, all) in values {
      #expect(all.map(\.seq) == all.map(\.seq).sorted())
      let whole = try store.sharedRows(
        SharedKey(.email), value, after: 0, through: last, since: nil)
      #expect(whole.rows == all)
      #expect(!whole.isPart)
      for _ in 0..<10 {
        let cut = Int64(random.pick(0...Int(last)))
        let first = try store.sharedRows(
          SharedKey(.email), value, after: 0, through: cut, since: nil
        ).rows
        let rest = try store.sharedRows(
          SharedKey(.email), value, after: cut, through: last, since: nil
        ).rows
        #expect(first + rest == all)
        // Left out is only what has nothing later at or before it.
        let since = random.pick(all).at
        let part = try store.sharedRows(
          SharedKey(.email), value, after: 0, through: last, since: since)
        #expect(part.rows == Array(all.suffix(part.rows.count)))
        #expect(part.isPart == (part.rows.count < all.count))
        #expect(all.dropLast(part.rows.count).allSatisfy { $0.peak <= since })
      }
    }
    #expect(
      try store.sharedRows(
        SharedKey(.email), 4711, after: 0, through: last, since: nil
      ).rows.isEmpty)
  }

  @Test("No text of a person stands in the table")
  func noTexts() throws {
    var random = SeededRandom(seed: 9)
    let test = try TestShop(seed: 9)
    try test.take(TestShop.products)
    try test.take(lines(&random, from: 0, to: 40))
    for key in Self.keys { try test.shop.store.keep(key, recorded: test.clock.now) }
    let types = try test.sqlite.read { statements in
      let rows = try statements.fresh("SELECT DISTINCT typeof(value), typeof(email) FROM shared")
      var types: Set<String> = []
      while try rows.step() { types.formUnion([rows.text(0), rows.text(1)]) }
      return types
    }
    #expect(types.isSubset(of: ["integer", "null"]))
    // Another shop has other hashes of the same people.
    let other = try TestShop(seed: 10)
    try other.take(TestShop.products)
    #expect(
      try other.shop.store.sharedHasher().hash(ofCode: "05")
        != test.shop.store.sharedHasher().hash(ofCode: "05"))
  }

  @Test("A change of the table is found by a check")
  func checked() throws {
    var random = SeededRandom(seed: 11)
    let test = try TestShop(seed: 11)
    try test.take(TestShop.products)
    try test.take(lines(&random, from: 0, to: 30))
    let store = test.shop.store
    try store.keep(SharedKey(.email), recorded: test.clock.now)
    for (sql, expected) in [
      ("DELETE FROM shared WHERE seq = (SELECT max(seq) FROM shared)", "rows, the event log says"),
      ("UPDATE shared SET email = 99", "differ from the event log"),
      ("UPDATE shared SET late = late + 1", "times of late events differ"),
      ("UPDATE sharing SET peak = 5", "their latest time is before that of the event log"),
    ] {
      let path = test.folder.file("c.db")
      Files.remove(path)
      _ = try store.backup(to: path)
      let copy = try SQLiteStorage.open(.file(path), random: { 1 })
      try copy.connection.execute(sql)
      let problems = try copy.check(productChanges: { _ in [] }).problems
      #expect(
        problems.contains { $0.hasPrefix("shared facts") && $0.contains(expected) }, "\(problems)")
      copy.close()
    }
  }

  @Test("Lateness is how far behind the latest time an event is")
  func lateness() {
    var (lateness, random, peak) = (Lateness(), SeededRandom(seed: 12), Int64.min)
    for _ in 0..<500 {
      let at = Int64(random.pick(-1000...1000))
      #expect(lateness.add(Timestamp(milliseconds: at)) == max(0, peak == .min ? 0 : peak - at))
      peak = max(peak, at)
      #expect(lateness.peak.milliseconds == peak)
    }
    var extreme = Lateness(after: Timestamp(milliseconds: .max))
    #expect(extreme.add(Timestamp(milliseconds: .min)) == .max)
  }
}
