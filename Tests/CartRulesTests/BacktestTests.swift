import CartEngine
import CartModel
import CartRules
import CartSupport
import CartTesting
import Testing

/// What a rule would have done, compared with a history whose answer is known.
struct BacktestTests {
  @Test func figuresEqualTheKnownAnswer() throws {
    let test = try TestShop()
    try Files.makeFolder(test.folder.file("rules"))
    test.folder.write(
      "rules/q.lua",
      """
      rule "q" { params = { max = 5 }, when = function(c, p) return c.quantity > p.max end }
      rule "bad" { when = function(c) return c.totl end }
      """)
    let known = KnownHistory()
    try test.take(known.lines)
    let handler = test.handler()
    let book = RuleBook(handler, folder: test.folder.file("rules"))
    try operation(handler) { _ = try book.scan() }
    book.refresh()
    _ = handler.begin("backtest")
    let since = TestShop.start.advanced(by: -240 * 3_600_000)
    let result = try book.backtest("q", since: since)
    #expect(result.judged == known.judged && known.hits > 10 && known.lost > 3 && known.repeats > 0)
    #expect(result.hits.count == known.hits)
    #expect(result.value == [MoneySum(CheckedSum(known.value), .eur)])
    #expect(result.lost.count == known.lost)
    #expect(result.lostValue == [MoneySum(CheckedSum(known.lostValue), .eur)])
    #expect(result.lost.count(where: \.isRepeat) == known.repeats)
    #expect(result.known[.email] == known.judged && result.known[.ip] == nil)
    let bad = try book.backtest("bad", since: since)
    #expect(bad.hits.isEmpty && bad.errors == known.judged && bad.error.contains("total"))
    #expect(
      throws: EngineError(.notFound, "rule 'q': no version 9; it has 1 … 1")
    ) { try book.backtest("q", version: 9, since: since) }
    #expect(try test.shop.check().problems == [])
  }
}

/// Two hundred carts, and what a rule about more than five pieces would have done to the recent ones.
private struct KnownHistory {
  private(set) var lines = ""
  private(set) var (judged, hits, lost, repeats) = (0, 0, 0, 0)
  /// Of the carts that it would have held, and of their orders; cents.
  private(set) var (value, lostValue) = (Int64(0), Int64(0))

  init() {
    var random = SeededRandom(seed: 5)
    var bought: Set<Int> = []
    for number in 0..<200 {
      let at = TestShop.start.advanced(by: Int64(number - 250) * 3_600_000)
      func stamp(_ minutes: Int64) -> String { at.advanced(by: minutes * 60_000).description }
      let (first, second) = (random.pick(1...4), random.pick(0...5))
      let person = random.pick(1...40)
      let cart = "cart\(1000 + number)"
      lines += """
        {"type":"cart.created","at":"\(stamp(0))","cart":"\(cart)","shopper":{"email":"p\(person)@example.com"}}
        {"type":"line.added","at":"\(stamp(1))","cart":"\(cart)","sku":"A","quantity":\(first),"price":"10"}

        """
      if second > 0 {
        lines +=
          #"{"type":"line.added","at":"\#(stamp(2))","cart":"\#(cart)","sku":"A","quantity":\#(second),"price":"10"}"#
          + "\n"
      }
      // Later taken down again: it would have been held all the same.
      lines +=
        #"{"type":"line.changed","at":"\#(stamp(3))","cart":"\#(cart)","sku":"A","quantity":1}"#
      lines += "\n"
      let orders = number % 3 == 0
      if orders {
        lines +=
          #"{"type":"cart.ordered","at":"\#(stamp(4))","cart":"\#(cart)","order":"o\#(number)"}"#
          + "\n"
      }
      // Ten days back from the moment that is looked from.
      let isRecent = at.advanced(by: 240_000) > TestShop.start.advanced(by: -240 * 3_600_000)
      if isRecent { count(first + second, isOrdered: orders, isRepeat: bought.contains(person)) }
      if orders { bought.insert(person) }
    }
  }

  private mutating func count(_ pieces: Int, isOrdered: Bool, isRepeat: Bool) {
    judged += 1
    guard pieces > 5 else { return }
    hits += 1
    value += Int64(pieces) * 1000
    guard isOrdered else { return }
    lost += 1
    lostValue += 1000
    if isRepeat { repeats += 1 }
  }
}
