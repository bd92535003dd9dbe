import CartEngine
import CartModel
import CartStore
import CartTesting
import Testing

struct JobTests {
  private struct Stop: Error {}

  private func shop(_ count: Int) throws -> (TestShop, [Int64]) {
    let test = try TestShop()
    try test.take(TestShop.products)
    var lines = ""
    for cart in 1...count {
      lines += """
        {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c\(10_000 + cart)","sku":"MUG-01","quantity":1,"price":"12.99"}

        """
    }
    try test.take(lines)
    return (
      test, try (1...count).map { try #require(try test.shop.store.key(named: "c\(10_000 + $0)")) }
    )
  }

  private func teas(_ test: TestShop) throws -> [Int64] {
    var list: [Int64] = []
    try test.shop.store.forEachCart { cart in
      list.append(cart.lines.first { $0.sku == "TEA-01" }?.quantity ?? 0)
    }
    return list
  }

  private func ids(_ keys: [Int64], _ shop: Shop) throws -> [String] {
    try keys.map { try shop.store.cart($0)?.id ?? "" }
  }

  @Test func whatFailsOnACartIsTakenBackAndTheOthersGoOn() throws {
    let (test, keys) = try shop(700)
    let handler = test.handler()
    handler.begin("each")
    let result = try handler.each(keys) { key in
      try handler.add("TEA-01", 2, to: key)
      if key % 100 == 7 { try handler.add("NOPE", 1, to: key) }
    }
    let outcome = try handler.finish()
    #expect(result == (693, 7))
    #expect(outcome.carts == 693 && outcome.failures.count == 7)
    let job = try #require(outcome.job)
    #expect((job.total, job.next, job.done, job.failed) == (700, 700, 693, 7))
    #expect(
      outcome.failures.first?.message
        == "cart \(try ids([7], test.shop)[0]): sku 'NOPE': no such product; see .products")
    #expect(try teas(test).reduce(0, +) == 693 * 2)
    // What failed is done again by itself.
    let again = test.handler()
    try again.begin(job: job.id, retry: true)
    #expect(try again.each([]) { try again.add("TEA-01", 2, to: $0) } == (7, 0))
    let retried = try again.finish()
    #expect(retried.operation == outcome.operation && retried.job?.failed == 0)
    #expect(try teas(test) == Array(repeating: 2, count: 700))
    #expect(
      throws: EngineError(.refused, "job \(job.id): nothing of it failed")
    ) { try again.begin(job: job.id, retry: true) }
    #expect(
      throws: EngineError(.refused, "job \(job.id): is finished, nothing is left to do")
    ) { try again.begin(job: job.id, retry: false) }
    // One operation: one undo.
    try takeBack(test.handler(), try #require(outcome.operation))
    #expect(try teas(test) == Array(repeating: 0, count: 700))
    #expect(try test.shop.check().problems == [])
  }

  /// Stopped at random carts, and gone on with: each cart once, what stands around the loop once.
  @Test(arguments: 1...8)
  func aRunThatStopsIsGoneOnWith(seed: UInt64) throws {
    let (test, keys) = try shop(1500)
    var random = SeededRandom(seed: seed)
    var made: Set<String> = []
    func script(_ handler: CommandHandler, stoppingAfter count: Int?) throws {
      var calls = 0
      let cart = try handler.create()
      made.insert(cart.id)
      try handler.add("MUG-01", 3, to: cart.key)
      try handler.each(keys) { key in
        try handler.add("TEA-01", 1, to: key)
        calls += 1
        if calls == count { throw JobStop(Stop(), isSpoilt: false) }
      }
      let seen = calls
      try handler.each(keys.reversed()) { key in
        try handler.add("SCREW", 1, to: key)
        calls += 1
        if calls - seen == count { throw JobStop(Stop(), isSpoilt: false) }
      }
      try handler.add("MUG-01", 4, to: cart.key)
    }
    var job: Int64?
    var (operation, rounds) = (Int64(0), 0)
    while true {
      let handler = test.handler()
      if let job { try handler.begin(job: job, retry: false) } else { handler.begin("script") }
      let stop = random.pick(100...900)
      do {
        try script(handler, stoppingAfter: stop)
        let outcome = try handler.finish()
        #expect(outcome.operation == operation)
        break
      } catch is Stop {
        let outcome = handler.abandon()
        if let number = outcome.operation { operation = number }
        job = outcome.job?.id ?? job
        if let latest = outcome.job { #expect(latest.next < latest.total) }
        if operation == 0 { made = [] }
      }
      rounds += 1
      #expect(rounds < 100)
    }
    #expect(made.count == 1)
    var (tea, screws, mugs) = ([Int64](), [Int64](), Int64(0))
    try test.shop.store.forEachCart { cart in
      func count(_ sku: String) -> Int64 { cart.lines.first { $0.sku == sku }?.quantity ?? 0 }
      if made.contains(cart.id) { return mugs = count("MUG-01") }
      tea.append(count("TEA-01"))
      screws.append(count("SCREW"))
    }
    #expect(tea == Array(repeating: 1, count: 1500))
    #expect(screws == Array(repeating: 1, count: 1500))
    #expect(mugs == 7)
    #expect(try test.shop.check().problems == [])
    #expect(try test.shop.store.jobs(limit: 10).map(\.isFinished) == [true, true])
  }

  @Test func twoThatGoOnWithOneJobDoNoCartTwice() throws {
    let (test, keys) = try shop(1200)
    let handler = test.handler()
    handler.begin("each")
    var calls = 0
    #expect(throws: Stop.self) {
      try handler.each(keys) { key in
        try handler.add("TEA-01", 1, to: key)
        calls += 1
        if calls == 400 { throw JobStop(Stop(), isSpoilt: false) }
      }
    }
    let job = try #require(handler.abandon().job)
    #expect(job.next == 399 || job.next == 400)
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try first.begin(job: job.id, retry: false)
    try second.begin(job: job.id, retry: false)
    try first.each(keys) { try first.add("TEA-01", 1, to: $0) }
    _ = try first.finish()
    #expect(
      throws: EngineError(
        .conflict, "job \(job.id): another process goes on with it; see 'cartio jobs'")
    ) { try second.each(keys) { try second.add("TEA-01", 1, to: $0) } }
    _ = second.abandon()
    #expect(try teas(test) == Array(repeating: 1, count: 1200))
    #expect(try test.shop.check().problems == [])
  }

  @Test func aCartThatSomebodyElseChangesFailsAndCanBeRetried() throws {
    let (test, keys) = try shop(20)
    let handler = test.handler()
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    handler.begin("each")
    try handler.each(keys) { key in
      try handler.execute(.setQuantity(.sku("MUG-01"), 5), on: key)
      if key == keys[3] {
        try operation(other) {
          try other.execute(.setQuantity(.sku("MUG-01"), 9), on: keys[2])
        }
      }
    }
    let outcome = try handler.finish()
    let job = try #require(outcome.job)
    #expect(outcome.carts == 19 && job.failed == 1 && job.done == 19)
    #expect(try test.shop.store.failures(ofJob: job.id).map(\.cart) == [keys[2]])
    let again = test.handler()
    try again.begin(job: job.id, retry: true)
    try again.each([]) { try again.execute(.setQuantity(.sku("MUG-01"), 5), on: $0) }
    #expect(try again.finish().job?.failed == 0)
    #expect(try test.shop.store.cart(keys[2])?.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aJobWhoseOperationWasTakenBackDoesNotGoOn() throws {
    let (test, keys) = try shop(600)
    let handler = test.handler()
    handler.begin("each")
    var calls = 0
    #expect(throws: Stop.self) {
      try handler.each(keys) { key in
        try handler.add("TEA-01", 1, to: key)
        calls += 1
        if calls == 500 { throw JobStop(Stop(), isSpoilt: true) }
      }
    }
    let outcome = handler.abandon()
    let job = try #require(outcome.job)
    let number = try #require(outcome.operation)
    // The cart that it ended at would end it again: it counts as failed.
    #expect(job.next == 500 && job.failed == 1)
    try takeBack(test.handler(), number)
    #expect(
      throws: EngineError(
        .refused,
        "job \(job.id): its operation \(number) was taken back; 'redo \(number)' first, or start "
          + "anew")
    ) { try test.handler().begin(job: job.id, retry: false) }
    #expect(throws: EngineError(.notFound, "job 99: there is none of this number; see .jobs")) {
      try test.handler().begin(job: 99, retry: false)
    }
  }

  @Test func withoutAYesNothingIsSaved() throws {
    let (test, keys) = try shop(60)
    let handler = test.handler("anna", consent: .refuse)
    handler.begin("each")
    #expect(throws: EngineError.self) {
      try handler.each(keys) { try handler.add("TEA-01", 1, to: $0) }
    }
    _ = handler.abandon()
    #expect(try teas(test).reduce(0, +) == 0)
    #expect(try test.shop.store.jobs(limit: 1).isEmpty)
  }
}
