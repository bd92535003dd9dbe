import CartEngine
import CartModel
import CartTesting
import Glibc
import Testing

/// Work on one cart grows with its events, not with their square.
@Suite(.serialized)
struct LongCartTests {
  /// A cart that one operation changed so often.
  private func shop(events: Int) throws -> (test: TestShop, operation: Int64) {
    let test = try TestShop()
    let handler = test.handler()
    let number = try operation(handler) {
      let key = try handler.create(id: "long0001").key
      let line = Line(sku: "MUG-01", quantity: 1, price: UnitPrice(mantissa: 1, scale: 0))
      try handler.execute(.add(line), on: key)
      for index in 2..<events {
        try handler.execute(.setQuantity(.id("MUG-01"), Int64(index % 9) + 2), on: key)
      }
    }
    test.clock.advance(1000)
    return (test, try #require(number))
  }

  /// Processor time of this thread; a busy machine does not add to it.
  private func seconds(_ body: () throws -> Void) throws -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try body()
    return now() - start
  }

  @Test func undoHistoryAndPastGrowLinearly() throws {
    let (small, large) = (2_000, 8_000)
    var times: [String: [Double]] = [:]
    for events in [small, large] {
      let (test, number) = try shop(events: events)
      let handler = test.handler()
      let middle = TestShop.start
      func measure(_ name: String, _ body: () throws -> Void) throws {
        let runs = try (0..<3).map { _ in try seconds(body) }
        times[name, default: []].append(runs.min() ?? 0)
      }
      try measure("undo and redo") {
        _ = try takeBack(handler, number)
        _ = try takeBack(handler, number, redo: true)
      }
      var (entries, version) = (0, Int64(0))
      try measure("history") { entries = try handler.history(of: 1).count }
      try measure("at") {
        _ = handler.begin("")
        version = try handler.cart(1, at: middle)?.version ?? 0
      }
      #expect(entries > events && version == events)
      try measure("diff") {
        _ = handler.begin("")
        _ = try handler.reader.difference(of: 1, from: middle, to: nil)
      }
      #expect(try test.shop.check().problems == [])
    }
    // Four times the events: 4 where it is linear, 16 where it is quadratic.
    for (name, pair) in times {
      #expect(pair[1] < 10 * pair[0], "\(name): \(pair[0]) s, then \(pair[1]) s")
    }
  }

  @Test func aLineThatWasSetOftenIsNamedOnce() throws {
    let (test, number) = try shop(events: 20)
    let ben = test.handler("ben")
    for quantity in [7, 3, 7] as [Int64] {
      try operation(ben) { try ben.execute(.setQuantity(.id("MUG-01"), quantity), on: 1) }
    }
    let (report, _) = try takeBack(test.handler(), number)
    #expect(report.stays == ["cart long0001: line 'MUG-01' stays at 7, as staff:ben set it later"])
  }
}
