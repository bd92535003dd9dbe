import CartEngine
import CartModel
import CartPractice
import CartRules
import CartStorage
import CartSupport
import CartTesting
import Testing

/// The practice store with labels: what a backtest says of it equals what its events say.
struct LabelTests {
  private static let most: Int64 = 20

  /// A cart's pieces and prices, added up from its events by another way than the cart does.
  private struct Tally {
    var lines: [String: (quantity: Int64, price: UnitPrice)] = [:]
    var order: Order.State?

    mutating func take(_ body: EventBody) {
      switch body {
      case .lineAdded(let line, _):
        lines[line.sku] = ((lines[line.sku]?.quantity ?? 0) + line.quantity, line.price)
      case .lineChanged(let line, let quantity): lines[line.sku]?.quantity = quantity
      case .lineRemoved(let line, _): lines[line.sku] = nil
      case .cartOrdered: order = .placed
      case .orderPaid: order = .paid
      case .orderCancelled: order = .cancelled
      default: break
      }
    }

    /// In cents, with the practice shop's shipping: 4.90 below 60.00.
    var total: Int64 {
      var sum: Int64 = 0
      for line in lines.values {
        let power = (0..<line.price.scale).reduce(Int64(1)) { value, _ in value * 10 }
        let exact = line.price.mantissa * line.quantity * 100
        sum += (2 * exact + power) / (2 * power)
      }
      return sum >= 6000 ? sum : sum + 490
    }

    var isBig: Bool { lines.values.contains { $0.quantity > LabelTests.most } }
  }

  @Test(arguments: [1, 7, 42] as [UInt64]) func figuresEqualTheKnownAnswer(_ seed: UInt64) throws {
    let test = try TestShop()
    var practice = Practice(until: TestShop.start)
    practice.carts = 800
    practice.seed = seed
    _ = try practice.fill(test.shop)
    try Files.makeFolder(test.folder.file("rules"))
    test.folder.write(
      "rules/big.lua",
      """
      rule "big" {
        when = function(c)
          for _, line in ipairs(c.lines) do if line.quantity > \(Self.most) then return true end end
        end,
      }
      """)
    let handler = test.handler()
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    try operation(handler) { _ = try book.scan() }
    book.refresh()
    _ = handler.begin("")
    let labels = Dictionary(
      uniqueKeysWithValues: practice.labels().map { ($0.cart, $0.label.rawValue) })
    let result = try book.backtest(
      "big", since: TestShop.start.advanced(by: -40 * 86_400_000), labels: labels)

    var (value, lost, lostValue, hits) = (Int64(0), 0, Int64(0), [String: Int]())
    var shares: [String: Int] = [:]
    for (name, label) in practice.labels() {
      let key = try #require(try test.shop.store.key(named: name))
      shares[label.rawValue, default: 0] += 1
      var (tally, isHit) = (Tally(), false)
      for event in try test.shop.store.history(of: key) {
        tally.take(event.body)
        guard !isHit, tally.order == nil, tally.isBig else { continue }
        isHit = true
        value += tally.total
        hits[label.rawValue, default: 0] += 1
      }
      if isHit, tally.order == .placed || tally.order == .paid {
        lost += 1
        lostValue += try #require(try test.shop.store.cart(key)?.order).total.minor
      }
    }
    #expect(result.hits.count == hits.values.reduce(0, +))
    #expect(result.value == [MoneySum(CheckedSum(value), .eur)])
    #expect(result.lost.count == lost)
    #expect(result.lostValue == (lost == 0 ? [] : [MoneySum(CheckedSum(lostValue), .eur)]))
    let score = try #require(result.score)
    for (label, of) in shares {
      #expect(score.counts[label]?.of == of)
      #expect(score.counts[label]?.caught == hits[label] ?? 0)
    }
    let caught = hits.reduce(0) { $0 + ($1.key == "human" ? 0 : $1.value) }
    let rogues = shares.reduce(0) { $0 + ($1.key == "human" ? 0 : $1.value) }
    #expect(score.precision == Double(caught) / Double(result.hits.count))
    #expect(score.recall == Double(caught) / Double(rogues))
    // Neither perfect nor useless: people buy a dozen, too.
    #expect((0.4..<1).contains(score.precision ?? 0))
  }

  @Test func theSameArgumentsGiveTheSameLabelsWheneverItIs() {
    var (one, two) = (Practice(until: TestShop.start), Practice(until: Timestamp(milliseconds: 0)))
    (one.carts, two.carts) = (200, 200)
    #expect(one.labels().map(\.cart) == two.labels().map(\.cart))
    #expect(Set(one.labels().map(\.label)) == Set(PracticeLabel.allCases))
    two.seed = 2
    #expect(one.labels().map(\.cart) != two.labels().map(\.cart))
  }
}
