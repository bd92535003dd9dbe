import CartSupport
import Glibc
import HTTPServing
import Synchronization
import Testing

@testable import StoreSimulator

/// What a receiver got.
private final class Receiver: Sendable {
  private let got = Mutex<[HTTPServerRequest]>([])
  let status: Mutex<Int> = Mutex(200)

  func server() -> HTTPServer {
    HTTPServer(HTTPServerConfiguration()) { [self] request, responder in
      got.withLock { $0.append(request) }
      responder.respond(HTTPServerResponse(status.withLock { $0 }))
    }
  }

  var requests: [HTTPServerRequest] { got.withLock { $0 } }

  var bodies: [JSONValue] {
    requests.compactMap { try? JSONParser.parse(String(decoding: $0.body, as: UTF8.self)) }
  }

  var scopes: [String] { bodies.compactMap { $0["scope"]?.string } }
}

struct HookTests {
  private let receiver = Receiver()

  private func hook(_ bench: Bench, _ scope: String, _ port: Int) -> Bench.Answer? {
    bench.send(
      "POST", "v3/hooks",
      #"{"scope":"\#(scope)","destination":"http://127.0.0.1:\#(port)/h","is_active":true,"headers":{"X-Cartio-Secret":"s"}}"#
    )
  }

  @Test("A first line gives created, updated and a line; the secret goes with each call")
  func first() throws {
    let (bench, server) = (Bench { $0.signingKey = Array("key".utf8) }, receiver.server())
    let port = try server.start()
    defer { server.stop() }
    #expect(hook(bench, "store/cart/*", port)?.status == 200)
    let id = bench.makeCart()
    #expect(bench.simulator.deliver() == 3)
    #expect(
      receiver.scopes == [
        "store/cart/created", "store/cart/updated", "store/cart/lineItem/created",
      ])
    #expect(receiver.bodies[0]["data"]?["id"]?.string == id)
    #expect(receiver.bodies[2]["data"]?["cartId"]?.string == id)
    #expect(receiver.bodies[0]["producer"]?.string == "stores/abc123")
    #expect(receiver.bodies[0]["hash"]?.string?.count == 40)
    let request = receiver.requests[0]
    #expect(request[header: "x-cartio-secret"] == "s")
    let (name, time) = (request[header: "webhook-id"], request[header: "webhook-timestamp"])
    let text = Array("\(name ?? "").\(time ?? "").".utf8) + request.body
    let code = Base64.text(MessageCode(key: Array("key".utf8))(text))
    #expect(request[header: "webhook-signature"] == "v1," + code)
  }

  @Test("Channels have a form of their own, and orders and products theirs")
  func forms() throws {
    let (bench, server) = (Bench(), receiver.server())
    let port = try server.start()
    defer { server.stop() }
    for scope in ["store/channel/1/cart/*", "store/order/*", "store/product/*"] {
      #expect(hook(bench, scope, port)?.status == 200)
    }
    let id = bench.makeCart()
    bench.simulator.deliver()
    #expect(receiver.bodies[0]["scope"]?.string == "store/channel/1/cart/created")
    #expect(receiver.bodies[0]["data"]?["cart_id"]?.string == id)
    #expect(receiver.bodies[2]["data"]?["cart_item_id"] != nil)
    #expect(bench.simulator.perform(.convert))
    #expect(bench.simulator.perform(.changePrice))
    bench.simulator.deliver()
    let types = Set(receiver.bodies.compactMap { $0["data"]?["type"]?.string })
    #expect(types == ["order", "product"])
    #expect(receiver.scopes.contains("store/channel/1/cart/converted"))
    #expect(receiver.scopes.contains("store/order/statusUpdated"))
  }

  @Test("Hooks are listed, changed and deleted; one scope goes to one place once")
  func management() {
    let bench = Bench { $0.needsHTTPS = true }
    func make(_ place: String) -> Int? {
      bench.send("POST", "v3/hooks", #"{"scope":"store/cart/*","destination":"\#(place)"}"#)?.status
    }
    #expect(make("http://127.0.0.1:80/") == 422)
    #expect(make("https://a.example:8443/x") == 422)
    #expect(make("https://a.example/0") == 200)
    #expect(make("https://a.example/0") == 422)
    for index in 1..<10 { #expect(make("https://a.example/\(index)") == 200) }
    #expect(make("https://a.example/10") == 422)
    let hooks = bench.get("v3/hooks?scope=store/cart/*")?.data.items ?? []
    #expect(hooks.count == 10)
    let id = hooks[0]["id"]?.int ?? 0
    bench.simulator.deactivateHooks()
    #expect(bench.get("v3/hooks/\(id)")?.data["is_active"] == .bool(false))
    let change = bench.send("PUT", "v3/hooks/\(id)", #"{"is_active":true,"headers":{"a":"b"}}"#)
    #expect(change?.data["headers"]?["a"]?.string == "b")
    #expect(bench.send("DELETE", "v3/hooks/\(id)")?.status == 200)
    #expect(bench.get("v3/hooks/\(id)")?.status == 404)
    #expect(bench.simulator.statistics.violations.isEmpty)
  }

  @Test("A call that is refused is tried again as documented, and then the hook is off")
  func retries() throws {
    let (bench, server) = (Bench(), receiver.server())
    let port = try server.start()
    defer { server.stop() }
    let id = hook(bench, "store/cart/created", port)?.data["id"]?.int ?? 0
    _ = bench.makeCart()
    receiver.status.withLock { $0 = 500 }
    #expect(bench.simulator.deliver() == 1)
    #expect(bench.simulator.deliver() == 0)
    bench.pass(59_999)
    #expect(bench.simulator.deliver() == 0)
    bench.pass(1)
    #expect(bench.simulator.deliver() == 1)
    for wait in HookBoard.retries.dropFirst() {
      bench.pass(wait * 1_000)
      #expect(bench.simulator.deliver() == 1)
    }
    #expect(receiver.requests.count == 14)
    #expect(bench.get("v3/hooks/\(id)")?.data["is_active"] == .bool(false))
  }

  @Test("A receiver that fails too often is left alone for three minutes, and loses nothing")
  func blocked() throws {
    let (bench, server) = (Bench(), receiver.server())
    let port = try server.start()
    defer { server.stop() }
    _ = hook(bench, "store/cart/created", port)
    for _ in 0..<100 { _ = bench.makeCart() }
    receiver.status.withLock { $0 = 500 }
    #expect(bench.simulator.deliver() == 100)
    _ = bench.makeCart()
    #expect(bench.simulator.deliver() == 0)
    let blocked = bench.get("v3/hooks/admin")?.data["blocked_domains"]?.items
    #expect(blocked?.first?["time_left"]?.int == 180)
    receiver.status.withLock { $0 = 200 }
    bench.pass(180_000)
    #expect(bench.simulator.deliver() == 101)
    #expect(bench.simulator.statistics.hooksWaiting == 0)
  }

  @Test("Hooks are doubled, lost, late and out of order at the given rates")
  func faults() throws {
    let (bench, server) = (Bench { $0.faults = .all }, receiver.server())
    bench.simulator.faults.serverError = 0
    let port = try server.start()
    defer { server.stop() }
    while hook(bench, "store/cart/*", port)?.status != 200 {}
    bench.act(400)
    let now = bench.simulator.deliver()
    let late = bench.simulator.deliver(all: true)
    #expect(now > 300 && late > 5)
    let faults = bench.simulator.statistics.faults
    for name in ["duplicate", "lost", "late", "reordered"] { #expect((faults[name] ?? 0) > 5) }
    #expect(Set(receiver.requests.map(\.body)).count < receiver.requests.count)
  }

  @Test("It answers over the network, and a thread sends its hooks")
  func network() throws {
    let (bench, server) = (Bench(), receiver.server())
    let port = try server.start()
    try bench.simulator.start()
    defer {
      server.stop()
      bench.simulator.stop()
    }
    let sender = HookSender(bench.simulator.configuration)
    let body = #"{"scope":"store/cart/*","destination":"http://127.0.0.1:\#(port)/h"}"#
    let call = HookCall(
      id: 1, hook: 1, url: bench.simulator.address + "/stores/abc123/v3/hooks",
      headers: [
        ("X-Auth-Token", bench.simulator.configuration.token), ("Accept", "application/json"),
      ], body: Array(body.utf8), due: 0)
    #expect(sender.send(call, now: 0))
    #expect(!sender.send(call, now: 0))
    bench.simulator.startDelivery()
    _ = bench.makeCart()
    while bench.simulator.statistics.hooksSent < 3 { sched_yield() }
    #expect(receiver.requests.count == 3)
  }
}
