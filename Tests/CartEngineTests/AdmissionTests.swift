import CartExchange
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartEngine

/// The same proposals give the same events from each caller of admission.
struct AdmissionTests {
  /// What is proposed of a cart at a time.
  private struct Proposal {
    let cart: String
    let command: Command
    /// The type of event that a file would state it as.
    var type = EventType.lineAdded
    /// Whether it leaves the cart as it is: a file states that as an event, too.
    var isIdle = false
  }

  /// What became of proposals: the events, carts and counters of a shop, and the refusals.
  private struct Result: Equatable {
    struct Told: Equatable {
      var at: Timestamp
      var actor: Actor
      var version: Int64
      var body: EventBody
    }

    var events: [String: [Told]] = [:]
    var carts: [String: Cart] = [:]
    var counters: [ProductCount] = []

    /// The first cart of which something else came.
    func difference(from other: Result) -> String {
      for (name, told) in events.sorted(by: { $0.key < $1.key }) {
        guard let others = other.events[name] else { return "\(name): is missing" }
        for (a, b) in zip(told, others) where a != b { return "\(name): \(a) and \(b)" }
        if told.count != others.count { return "\(name): \(told.count), \(others.count) events" }
        if carts[name] != other.carts[name] {
          return
            "\(name): \(String(describing: carts[name])), \(String(describing: other.carts[name]))"
        }
      }
      return "counters \(counters), \(other.counters)"
    }

    init(_ shop: Shop) throws {
      try shop.store.forEachCart { cart in
        events[cart.id] = try shop.store.history(of: cart.key).map {
          Told(at: $0.at, actor: $0.actor, version: $0.version, body: $0.body)
        }
        var own = cart
        (own.key, own.head) = (0, 0)
        carts[cart.id] = own
      }
      // A plan goes cart by cart, so that another one of one moment's names may be the last.
      counters = try shop.store.counts(from: 0, until: .max / 2).sorted { $0.sku < $1.sku }.map {
        ProductCount(
          sku: $0.sku, name: "", added: $0.added, removed: $0.removed, ordered: $0.ordered)
      }
    }
  }

  private static let carts = 40
  private static let chunks = 100
  private static let chunk = 25
  private static let anna = Actor.staff("anna")

  private func shop() throws -> TestShop {
    let test = try TestShop()
    try test.take(TestShop.products)
    return test
  }

  /// Calls a body for each chunk, at its time.
  private func forEach(
    _ chunks: [[Proposal]], _ test: TestShop, _ body: ([Proposal]) throws -> Void
  ) throws {
    for chunk in chunks {
      test.clock.advance(60_000)
      try body(chunk)
    }
  }

  /// Executes random commands, and says what each of them was.
  private func live(_ test: TestShop, seed: UInt64) throws -> (chunks: [[Proposal]], [String]) {
    let handler = test.handler()
    var random = RandomCarts(seed: seed)
    var (chunks, refusals, orders) = ([[Proposal]](), [String](), 0)
    for _ in 0..<Self.chunks {
      test.clock.advance(60_000)
      var chunk: [Proposal] = []
      let run = handler.begin("live")
      for _ in 0..<Self.chunk {
        let name = "cart-\(random.random.pick(1...Self.carts))"
        guard let key = try handler.key(named: name), let cart = try handler.cart(key) else {
          _ = try run.create(id: name, currency: .eur)
          chunk.append(
            Proposal(cart: name, command: .create(.eur, [:]), type: .cartCreated))
          continue
        }
        var command = random.command(for: cart)
        if random.random.chance(2) {
          orders += 1
          command = .order(.init(id: "O\(orders)"))
        }
        var proposal = Proposal(cart: name, command: command)
        do throws(EngineError) {
          let after = try run.execute(command, on: key)
          proposal.isIdle = after.version == cart.version
        } catch { refusals.append("\(name): \(error.message)") }
        chunk.append(proposal)
      }
      _ = try run.finish()
      chunks.append(chunk)
    }
    return (chunks, refusals)
  }

  private func imported(_ test: TestShop, _ chunks: [[Proposal]]) throws -> [String] {
    final class Rejects { var list: [String] = [] }
    let rejects = Rejects()
    let admission = try ImportAdmission(
      test.shop, actor: .importer, source: "test", options: .init()
    ) { (reject: Reject) throws(EngineError) in
      rejects.list.append("\(reject.text): \(reject.reason)")
    }
    var number = 0
    try forEach(chunks, test) { chunk in
      for proposal in chunk where !proposal.isIdle {
        number += 1
        let event = StatedEvent(
          type: proposal.type, at: test.clock.now, actor: Self.anna, id: "", group: "", reason: "",
          payload: .cart(proposal.cart, proposal.command, currency: nil))
        let line = StatedLine(
          event, number: number, digest: EventKey(high: 1, low: UInt64(number)))
        try admission.admit(line) { proposal.cart }
      }
    }
    _ = try admission.finish()
    return rejects.list
  }

  private func planned(_ test: TestShop, _ chunks: [[Proposal]]) throws -> [String] {
    let planner = CommandHandler(test.shop, mode: .plan, actor: Self.anna, consent: .given)
    let handler = test.handler()
    var refusals: [String] = []
    try forEach(chunks, test) { chunk in
      planner.enter(.plan)
      let run = planner.begin("plan")
      for proposal in chunk {
        guard let key = try planner.key(named: proposal.cart) else {
          _ = try run.create(id: proposal.cart, currency: .eur)
          continue
        }
        do throws(EngineError) { try run.execute(proposal.command, on: key) } catch {
          refusals.append("\(proposal.cart): \(error.message)")
        }
      }
      let path = test.folder.file("x.plan")
      try PlanFile.write(try run.plans.takePlan(), to: path)
      let report = try handler.begin("apply").plans.apply(try PlanReader(path), rules: [:])
      _ = try handler.run.finish()
      #expect(report.conflicts == [] && report.known == 0)
    }
    return refusals
  }

  @Test("Live, imported, planned and applied, and replayed: the same events", arguments: 1...4)
  func callers(seed: UInt64) throws {
    let source = try shop()
    let (chunks, refusals) = try live(source, seed: seed)
    let wanted = try Result(source.shop)
    #expect(chunks.joined().count == Self.chunks * Self.chunk)
    #expect(refusals.count > 100 && wanted.counters.count >= RandomCarts.skus.count)

    let file = try shop()
    #expect(try imported(file, chunks) == refusals)
    let imported = try Result(file.shop)
    #expect(imported == wanted, "\(imported.difference(from: wanted))")

    let plan = try shop()
    #expect(try planned(plan, chunks) == refusals)
    let applied = try Result(plan.shop)
    #expect(applied == wanted, "\(applied.difference(from: wanted))")

    let handler = source.handler()
    _ = handler.begin("replay")
    let replay = try Replay(of: handler, since: handler.now, replacing: [])
    try replay.run(start: { _ in }, next: { _ in }, rules: { _ in }, keeps: { _, _ in true })
    let replayed = try Result(replay.handler.shop)
    #expect(replayed == wanted, "\(replayed.difference(from: wanted))")
    #expect(replay.lost == Replay.Lost())
    for shop in [source.shop, file.shop, plan.shop] {
      #expect(try shop.check().problems == [])
    }
  }
}
