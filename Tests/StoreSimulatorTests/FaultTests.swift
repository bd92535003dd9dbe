import Testing

@testable import StoreSimulator

struct FaultTests {
  private func statuses(_ count: Int, _ change: (inout SimulatorConfiguration.Faults) -> Void)
    -> (Bench, [Int])
  {
    let bench = Bench { change(&$0.faults) }
    return (bench, (0..<count).map { _ in bench.get("v2/time")?.status ?? 0 })
  }

  @Test("Answers fail at the given rates")
  func rates() {
    #expect(Set(statuses(50) { $0.serverError = 100 }.1) == [500, 502])
    #expect(Set(statuses(5) { $0.unavailable = 100 }.1) == [503])
    #expect(Set(statuses(5) { $0.droppedBefore = 100 }.1) == [0])
    let some = statuses(1_000) { $0.throttled = 10 }.1.filter { $0 == 429 }.count
    #expect((60...140).contains(some))
  }

  @Test("A dropped request is done or not, as told")
  func dropped() {
    let after = Bench { $0.faults.droppedAfter = 100 }
    #expect(after.makeCart().isEmpty)
    #expect(after.simulator.carts().count == 1)
    let before = Bench { $0.faults.droppedBefore = 100 }
    #expect(before.makeCart().isEmpty)
    #expect(before.simulator.carts().isEmpty)
  }

  @Test("A look may show the cart of a moment ago, and not for longer")
  func stale() {
    let bench = Bench { $0.faults.stale = 100 }
    let id = bench.makeCart()
    bench.pass(10_000)
    #expect(bench.send("PUT", "v3/checkouts/\(id)", #"{"customer_message":"x"}"#)?.status == 200)
    #expect(bench.get("v3/carts/\(id)")?.data["version"]?.int == 1)
    bench.pass(5_000)
    #expect(bench.get("v3/carts/\(id)")?.data["version"]?.int == 2)
    #expect(bench.send("DELETE", "v3/carts/\(id)")?.status == 204)
    #expect(bench.get("v3/carts/\(id)")?.status == 200)
    bench.pass(5_000)
    #expect(bench.get("v3/carts/\(id)")?.status == 404)
  }

  @Test("Counters follow the newest answers")
  func served() throws {
    let bench = Bench()
    let id = bench.makeCart()
    let line = try #require(bench.simulator.cart(id)?.lines.first)
    _ = bench.get("v3/carts/\(id)")
    _ = bench.send(
      "PUT", "v3/carts/\(id)/items/\(line.id)",
      #"{"line_item":{"product_id":\#(bench.plain),"quantity":5}}"#)
    _ = bench.send(
      "PUT", "v3/carts/\(id)/items/\(line.id)",
      #"{"line_item":{"product_id":\#(bench.plain),"quantity":1}}"#)
    let served = try #require(bench.simulator.served()[id])
    #expect(served.added == [line.sku: 5])
    #expect(served.removed == [line.sku: 4])
    #expect(served.pieces == [line.sku: 1])
  }
}
