import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Counters of products: by quarter hours, days and in all time.
struct ProductCounterTests {
  private struct Added {
    var sku: String
    var at: Timestamp
    var counts: [Int64]
  }

  /// Random counts over some weeks around 1970 and around now.
  private func filled(_ bare: BareStore, seed: UInt64) throws -> [Added] {
    var random = SeededRandom(seed: seed)
    var list: [Added] = []
    for _ in 0..<30 {
      try bare.write { writer in
        for _ in 0..<random.pick(0...80) {
          let base: Int64 = random.chance(50) ? 0 : TestShop.start.milliseconds
          let at = Timestamp(
            milliseconds: base + Int64(random.pick(-2_000_000...2_000_000)) * 1000)
          let added = Added(
            sku: random.pick(RandomCarts.skus), at: at,
            counts: (0..<3).map { _ in Int64(random.pick(-3...9)) })
          try writer.count(
            ProductCount(
              sku: added.sku, name: "Name", added: added.counts[0], removed: added.counts[1],
              ordered: added.counts[2]), at: at)
          list.append(added)
        }
      }
    }
    return list
  }

  private func sums(_ list: [Added]) -> [String: [Int64]] {
    var sums: [String: [Int64]] = [:]
    for added in list {
      sums[added.sku] = zip(sums[added.sku] ?? [0, 0, 0], added.counts).map(+)
    }
    return sums.filter { $0.value != [0, 0, 0] }
  }

  private func stored(_ bare: BareStore, _ from: Int64, _ until: Int64) throws -> [String: [Int64]]
  {
    let list = try bare.store.counts(from: from, until: until)
    // The most added first, then the most ordered, then by SKU.
    #expect(
      list.map(\.sku)
        == list.sorted {
          (-$0.added, -$0.ordered, $0.sku) < (-$1.added, -$1.ordered, $1.sku)
        }.map(\.sku))
    return Dictionary(
      uniqueKeysWithValues: list.map { ($0.sku, [$0.added, $0.removed, $0.ordered]) })
  }

  @Test("Counts of any range are the sums of what was counted in it", arguments: 1...5)
  func ranges(seed: Int) throws {
    let bare = try BareStore()
    let list = try filled(bare, seed: UInt64(seed))
    #expect(try stored(bare, .min, .max) == sums(list))
    var random = SeededRandom(seed: UInt64(seed) + 50)
    let quarters = list.map(\.at.quarter)
    for _ in 0..<60 {
      var bounds = [random.pick(quarters), random.pick(quarters)].map {
        $0 + Int64(random.pick(-100...100))
      }
      bounds.sort()
      let wanted = list.filter { (bounds[0]..<bounds[1]).contains($0.at.quarter) }
      #expect(try stored(bare, bounds[0], bounds[1]) == sums(wanted), "\(bounds)")
      let later = list.filter { $0.at.quarter >= bounds[0] }
      #expect(try stored(bare, bounds[0], .max) == sums(later))
    }
  }

  @Test("Days are the sums of their quarters, before 1970 too")
  func tallies() throws {
    let bare = try BareStore()
    let list = try filled(bare, seed: 9)
    let problems = try bare.store.check(productChanges: { _ in [] }).problems
    #expect(!problems.contains { $0.contains("tally") }, "\(problems)")
    #expect(problems.contains { $0.hasPrefix("counter of") })
    for added in list { #expect(added.at.quarter.flooredDay == floorDay(added.at)) }
    try bare.change("UPDATE tally SET added = added + 1 WHERE product = 1")
    let changed = try bare.another().read { statements in
      var checker = Checker(statements: statements, totals: nil, productChanges: { _ in [] })
      try checker.tallies()
      return checker.report.problems
    }
    #expect(changed.contains { $0.hasPrefix("tally of product 1 on day ") }, "\(changed)")
  }

  private func floorDay(_ at: Timestamp) -> Int64 {
    let day: Int64 = 86_400_000
    let (quotient, rest) = at.milliseconds.quotientAndRemainder(dividingBy: day)
    return rest < 0 ? quotient - 1 : quotient
  }

  @Test("Pieces ordered are listed by quarter, the latest first")
  func orderedPieces() throws {
    let bare = try BareStore()
    let list = try filled(bare, seed: 10)
    let since = TestShop.start
    var expected: [String: [Int64: Int64]] = [:]
    for added in list where added.at.quarter >= since.quarter {
      expected[added.sku, default: [:]][added.at.quarter, default: 0] += added.counts[2]
    }
    let found = try bare.store.orderedPieces(since: since)
    for (sku, quarters) in expected {
      let wanted = quarters.filter { $0.value != 0 }.sorted { $0.key > $1.key }
      #expect(found[sku]?.map(\.quarter) ?? [] == wanted.map(\.key))
      #expect(found[sku]?.map(\.pieces) ?? [] == wanted.map(\.value))
    }
  }

  @Test("Many products in one transaction are many rows of few statements")
  func manyProducts() throws {
    let bare = try BareStore()
    let log = StatementLog()
    bare.store.statementLog = log
    try bare.write { writer in
      for product in 0..<100 {
        try writer.count(
          ProductCount(sku: "SKU\(product)", name: "N", added: Int64(product + 1)),
          at: BareStore.now)
      }
    }
    #expect(log.underLock.count { $0.contains("INSERT INTO counter") } == 13)
    #expect(log.underLock.count { $0.contains("INSERT INTO tally") } == 25)
    let counts = try bare.store.counts(from: .min, until: .max)
    #expect(counts.count == 100)
    #expect(counts.first?.sku == "SKU99")
    #expect(counts.reduce(0) { $0 + $1.added } == 5050)
  }
}
