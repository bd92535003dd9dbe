import CartSupport
import HTTPServing
import Synchronization
import Testing

@testable import StoreSimulator

/// Who only looks where hooks point, and looks once more at the end.
private final class Follower: Sendable {
  private let named = Mutex<Set<String>>([])
  let seen = Mutex<[String: JSONValue]>([:])

  func server() -> HTTPServer {
    HTTPServer(HTTPServerConfiguration()) { [self] request, responder in
      let text = String(decoding: request.body, as: UTF8.self)
      let data = (try? JSONParser.parse(text))?["data"] ?? .null
      let isLine = data["type"]?.string == "cart_line_item"
      if let id = (isLine ? data["cartId"] : data["id"])?.string {
        _ = named.withLock { $0.insert(id) }
      }
      responder.respond(HTTPServerResponse(200))
    }
  }

  /// Looks at what was named; what is not answered stays.
  func look(_ bench: Bench) {
    for id in named.withLock({ $0.sorted() }) {
      guard let answer = bench.get("v3/checkouts/\(id)"), [200, 404].contains(answer.status) else {
        continue
      }
      _ = named.withLock { $0.remove(id) }
      seen.withLock { $0[id] = answer.status == 200 ? answer.data : .null }
    }
  }

  func sweep(_ bench: Bench) {
    named.withLock { $0 = Set(seen.withLock { Array($0.keys) }) }
    look(bench)
  }
}

/// A number without the noise of floats.
func amount(_ value: JSONValue?) -> String? {
  value?.scalar.flatMap { Amount($0) }?.text
}

struct FollowerTests {
  @Test("Who looks where hooks point knows all carts, whatever goes wrong")
  func follow() throws {
    let bench = Bench(seed: 9) { $0.faults = .all }
    let follower = Follower()
    let server = follower.server()
    let port = try server.start()
    defer { server.stop() }
    let hook = #"{"scope":"store/cart/*","destination":"http://127.0.0.1:\#(port)/"}"#
    while bench.send("POST", "v3/hooks", hook)?.status != 200 {}
    for _ in 0..<60 {
      bench.act(10)
      bench.simulator.deliver()
      follower.look(bench)
    }
    bench.simulator.faults = SimulatorConfiguration.Faults()
    bench.simulator.deliver(all: true)
    follower.look(bench)
    follower.sweep(bench)

    let (carts, seen) = (bench.simulator.carts(), follower.seen.withLock { $0 })
    #expect(carts.count > 40)
    #expect(Set(seen.filter { $0.value != .null }.keys) == Set(carts.map(\.id)))
    for cart in carts {
      let shown = seen[cart.id] ?? .null
      #expect(amount(shown["grand_total"]) == cart.totals.grand)
      #expect(amount(shown["subtotal_ex_tax"]) == cart.totals.subtotalExTax)
      let kinds = shown["cart"]?["line_items"]?.members ?? []
      let quantities = kinds.flatMap { $0.value.items }.compactMap { $0["quantity"]?.int }
      #expect(quantities.reduce(0, +) == cart.lines.map(\.quantity).reduce(0, +))
    }
    let served = bench.simulator.served()
    for cart in carts {
      var pieces: [String: Int] = [:]
      for line in cart.lines { pieces[line.sku, default: 0] += line.quantity }
      #expect(served[cart.id]?.pieces == pieces)
    }
    #expect(bench.simulator.statistics.violations.isEmpty)
    for name in ["stale", "slow", "throttled", "dropped before", "dropped after", "server error"] {
      #expect((bench.simulator.statistics.faults[name] ?? 0) > 0, "\(name) did not happen")
    }
  }
}
