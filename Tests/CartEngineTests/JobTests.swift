import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

struct JobTests {
  struct Stop: Error {}

  func shop(_ count: Int) throws -> (TestShop, [Int64]) {
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

  func teas(_ test: TestShop) throws -> [Int64] {
    var list: [Int64] = []
    try test.shop.store.forEachCart { cart in
      list.append(cart.lines.first { $0.sku == "TEA-01" }?.quantity ?? 0)
    }
    return list
  }

  /// A bulk loop that ends at its nth cart.
  func stopped(_ test: TestShop, _ keys: [Int64], at place: Int, isSpoilt: Bool = false)
    throws -> (outcome: Outcome, job: Job)
  {
    let handler = test.handler()
    _ = handler.begin("each")
    var calls = 0
    #expect(throws: Stop.self) {
      try handler.run.jobs.each(keys) { key in
        try handler.add("TEA-01", 1, to: key)
        calls += 1
        if calls == place { throw JobStop(Stop(), isSpoilt: isSpoilt) }
      }
    }
    let outcome = handler.abandon()
    return (outcome, try #require(outcome.job))
  }

  @Test("A script's cart that is saved keeps its place in a job, also where another process wrote")
  func madeBeforeOthersWrote() throws {
    let (test, keys) = try shop(1_100)
    let handler = test.handler()
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = handler.begin("script")
    try handler.create(id: "made")
    for key in keys { try handler.add("TEA-01", 1, to: key) }
    try operation(other) { try other.add("SCREW", 1, to: keys[0]) }
    // The next batch finds that another process wrote, and forgets what is not changed.
    for key in keys { try handler.add("SCREW", 1, to: key) }
    try handler.run.jobs.each(keys) { try handler.add("MUG-01", 1, to: $0) }
    let outcome = try handler.finish()
    #expect(outcome.failures.isEmpty)
    let made = try #require(try test.shop.store.key(named: "made"))
    let job = try #require(try test.shop.store.jobs(limit: 1).first)
    #expect(try test.shop.store.carts(ofJob: job.id).made == [made])
    #expect(try test.shop.check().problems == [])
  }

  func ids(_ keys: [Int64], _ shop: Shop) throws -> [String] {
    try keys.map { try shop.store.cart($0)?.id ?? "" }
  }

  @Test func whatFailsOnACartIsTakenBackAndTheOthersGoOn() throws {
    let (test, keys) = try shop(700)
    let handler = test.handler()
    _ = handler.begin("each")
    let result = try handler.run.jobs.each(keys) { key in
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
    _ = try again.begin(job: job.id, retry: true)
    #expect(try again.run.jobs.each([]) { try again.add("TEA-01", 2, to: $0) } == (7, 0))
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
      try handler.run.jobs.each(keys) { key in
        try handler.add("TEA-01", 1, to: key)
        calls += 1
        if calls == count { throw JobStop(Stop(), isSpoilt: false) }
      }
      let seen = calls
      try handler.run.jobs.each(keys.reversed()) { key in
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
      _ =
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
    let (test, keys) = try shop(1700)
    let (_, job) = try stopped(test, keys, at: 400)
    #expect(job.next == 399 || job.next == 400)
    let first = test.handler()
    let second = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = try first.begin(job: job.id, retry: false)
    _ = try second.begin(job: job.id, retry: false)
    try first.run.jobs.each(keys) { try first.add("TEA-01", 1, to: $0) }
    _ = try first.finish()
    #expect(
      throws: EngineError(
        .conflict, "job \(job.id): another process goes on with it; see 'cartio jobs'")
    ) { try second.run.jobs.each(keys) { try second.add("TEA-01", 1, to: $0) } }
    _ = second.abandon()
    #expect(try teas(test) == Array(repeating: 1, count: 1700))
    #expect(try test.shop.check().problems == [])
  }

  @Test func aCartThatAnotherProcessChangesFailsAndCanBeRetried() throws {
    let (test, keys) = try shop(20)
    let handler = test.handler()
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = handler.begin("each")
    try handler.run.jobs.each(keys) { key in
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
    _ = try again.begin(job: job.id, retry: true)
    try again.run.jobs.each([]) { try again.execute(.setQuantity(.sku("MUG-01"), 5), on: $0) }
    #expect(try again.finish().job?.failed == 0)
    #expect(try test.shop.store.cart(keys[2])?.quantity == 5)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aJobWhoseOperationWasTakenBackDoesNotGoOn() throws {
    let (test, keys) = try shop(600)
    let (outcome, job) = try stopped(test, keys, at: 500, isSpoilt: true)
    let number = try #require(outcome.operation)
    // The cart that it ended at would end it again: it counts as failed.
    #expect(job.next == 500 && job.failed == 1)
    try takeBack(test.handler(), number)
    #expect(
      throws: EngineError(
        .refused,
        "job \(job.id): its operation \(number) was undone; 'redo \(number)' first, or start "
          + "anew")
    ) { try test.handler().begin(job: job.id, retry: false) }
    #expect(throws: EngineError(.notFound, "no job has the number 99; see .jobs")) {
      try test.handler().begin(job: 99, retry: false)
    }
  }

  @Test func whatOneTookBackOnACartIsNotGoneOnWithThere() throws {
    let (test, keys) = try shop(10)
    let handler = test.handler()
    _ = handler.begin("each")
    try handler.run.jobs.each(keys) { key in
      try handler.add("TEA-01", 1, to: key)
      if key == keys[2] || key == keys[3] { try handler.add("NOPE", 1, to: key) }
    }
    let outcome = try handler.finish()
    let (number, job) = (try #require(outcome.operation), try #require(outcome.job))
    // The job's carts are one operation: undone on a cart, a retry cannot add to it there.
    let undoing = test.handler()
    _ = undoing.begin("undo")
    try undoing.run.undo.revert(number, cart: keys[0])
    _ = try undoing.finish()
    let again = test.handler()
    _ = try again.begin(job: job.id, retry: true)
    try again.run.jobs.each([]) {
      try again.add("TEA-01", 1, to: $0)
      try again.add("TEA-01", 1, to: keys[0])
    }
    let retried = try again.finish()
    let words =
      "cart c10003: left as it is, as cart c10001: operation \(number), which this belongs to, was "
      + "undone on it; redo it first, or start anew"
    #expect(retried.failures.first?.message == words)
    #expect(retried.job?.failed == 2)
    #expect(try teas(test) == [0, 1, 0, 0, 1, 1, 1, 1, 1, 1])
    #expect(try test.shop.check().problems == [])
  }

  @Test func aRunThatIsUndoneMeanwhileStaysUndone() throws {
    let (test, keys) = try shop(1_030)
    let handler = test.handler()
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    _ = handler.begin("script")
    for key in keys { try handler.add("TEA-01", 1, to: key) }
    let number = try #require(handler.run.operationNumber)
    try takeBack(other, number)
    for key in keys.prefix(3) { try handler.add("TEA-01", 1, to: key) }
    let outcome = try handler.finish()
    #expect(outcome.failures.count == 3)
    #expect(try teas(test).prefix(256).allSatisfy { $0 == 0 })
    #expect(
      throws: EngineError(
        .refused, "operation \(number): is this run's own; it can be undone when the run has ended")
    ) { try handler.run.undo.revert(number) }
    #expect(try test.shop.check().problems == [])
  }
}
