import CartSupport
import HTTPServing
import Synchronization

@testable import StoreSimulator

/// A store with a clock that a test moves.
final class Bench: Sendable {
  let simulator: StoreSimulator
  private let clock = Clock()

  init(
    seed: UInt64 = 1, _ change: (inout SimulatorConfiguration) -> Void = { _ in }
  ) {
    var configuration = SimulatorConfiguration(seed: seed)
    configuration.quota = 1_000_000
    change(&configuration)
    simulator = StoreSimulator(configuration) { [clock] in clock.now }
  }

  private final class Clock: Sendable {
    private let time = Mutex<Int64>(1_764_600_000_000)
    var now: Int64 { time.withLock { $0 } }
    func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
  }

  func pass(_ milliseconds: Int64) { clock.pass(milliseconds) }

  /// Lets shoppers do a number of things, a second apart.
  func act(_ count: Int) {
    for _ in 0..<count {
      pass(1_000)
      simulator.act()
    }
  }

  struct Answer {
    let status: Int
    let body: JSONValue
    let headers: [String: String]
    var data: JSONValue { body["data"] ?? .null }
  }

  /// Sends a request as our client does.
  func send(
    _ method: String, _ path: String, _ body: String = "", token: String? = nil,
    accept: String = "application/json"
  ) -> Answer? {
    let parts = path.split(separator: "?", maxSplits: 1)
    var headers = [
      ("X-Auth-Token", token ?? simulator.configuration.token), ("Accept", accept),
    ]
    if !body.isEmpty { headers.append(("Content-Type", "application/json")) }
    let request = HTTPServerRequest(
      method, "/stores/abc123/" + parts[0], query: parts.count > 1 ? String(parts[1]) : "",
      headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    guard let response = simulator.answer(request) else { return nil }
    let text = String(decoding: response.body, as: UTF8.self)
    return Answer(
      status: response.status, body: (try? JSONParser.parse(text)) ?? .null,
      headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 })
  }

  func get(_ path: String) -> Answer? { send("GET", path) }

  /// A product without options.
  var plain: Int {
    let all = simulator.products()
    return all.first { one in all.filter { $0.product == one.product }.count == 1 }?.product ?? 0
  }

  /// Makes a cart by the API.
  func makeCart(_ more: String = "", quantity: Int = 2) -> String {
    let line = #"{"product_id":\#(plain),"quantity":\#(quantity),"list_price":9.99}"#
    let answer = send("POST", "v3/carts", #"{"line_items":[\#(line)]\#(more)}"#)
    return answer?.data["id"]?.string ?? ""
  }
}
