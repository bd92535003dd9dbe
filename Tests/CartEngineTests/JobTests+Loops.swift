import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Several loops, loops within all or nothing, and loops that nobody confirmed.
extension JobTests {
  /// A script with two loops, of which the first may not come to pass when it is run again, and which
  /// makes carts inside and outside of them.
  @Test func loopsAreKnownByTheirPlaceAndCartsByWhereTheyWereMade() throws {
    let (test, keys) = try shop(20)
    func script(_ handler: CommandHandler, withFirst: Bool, failing: Set<Int64>) throws -> [String]
    {
      let before = try handler.create()
      if withFirst {
        try handler.run.jobs.each(Array(keys.prefix(5)), place: "a.lua:1") { key in
          try handler.add("MUG-01", 1, to: try handler.create().key)
          try handler.add("SCREW", 1, to: key)
        }
      }
      try handler.run.jobs.each(keys, place: "a.lua:2") { key in
        guard !failing.contains(key) else { throw EngineError(.refused, "no") }
        try handler.add("TEA-01", 1, to: key)
      }
      let after = try handler.create()
      try handler.add("TEA-01", 7, to: after.key)
      return [before.id, after.id]
    }
    let handler = test.handler()
    _ = handler.begin("script")
    let made = try script(handler, withFirst: true, failing: [keys[3], keys[4]])
    let outcome = try handler.finish()
    #expect(outcome.jobs.map(\.failed) == [0, 2])
    let again = test.handler()
    _ = try again.begin(job: try #require(outcome.job).id, retry: true)
    #expect(try script(again, withFirst: false, failing: []) == made)
    let retried = try again.finish()
    #expect(retried.job?.failed == 0 && retried.carts == 2)
    #expect(try teas(test).prefix(20).allSatisfy { $0 == 1 })
    #expect(try teas(test).suffix(1) == [7])
    let missing = test.handler()
    let (_, job) = try stopped(test, keys, at: 9)
    _ = try missing.begin(job: job.id, retry: false)
    try missing.run.jobs.each(keys, place: "b.lua:1") { try missing.add("TEA-01", 1, to: $0) }
    #expect(
      throws: EngineError(
        .refused,
        "job \(job.id): the script did not come to its loop again; nothing was done; start it anew")
    ) { try missing.finish() }
    _ = missing.abandon()
    #expect(try test.shop.check().problems == [])
  }

  @Test func aLoopWithinAllOrNothingIsAllOrNothing() throws {
    let (test, keys) = try shop(20)
    let handler = test.handler()
    _ = handler.begin("script")
    #expect(throws: EngineError.self) {
      try handler.run.atomically {
        try handler.run.jobs.each(keys) { key in
          try handler.add("TEA-01", 1, to: key)
          if key == keys[9] { try handler.add("NOPE", 1, to: key) }
        }
      }
    }
    let outcome = try handler.finish()
    #expect(outcome.jobs.isEmpty && outcome.carts == 0)
    #expect(try teas(test).reduce(0, +) == 0)
  }

  @Test func withoutAYesNothingIsSaved() throws {
    let (test, keys) = try shop(60)
    let handler = test.handler("anna", consent: .refuse)
    _ = handler.begin("each")
    #expect(throws: EngineError.self) {
      try handler.run.jobs.each(keys) { try handler.add("TEA-01", 1, to: $0) }
    }
    _ = handler.abandon()
    #expect(try teas(test).reduce(0, +) == 0)
    #expect(try test.shop.store.jobs(limit: 1).isEmpty)
  }

  @Test("A failure names its cart once, whether the message does or not")
  func named() throws {
    let (test, keys) = try shop(2)
    let handler = test.handler()
    _ = handler.begin("each")
    try handler.run.jobs.each(keys) { key in
      if key == keys[0] { throw EngineError(.refused, "no") }
      try handler.execute(.delete, on: key)
      try handler.execute(.delete, on: key)
    }
    #expect(
      try handler.finish().failures.map(\.message) == [
        "cart c10001: no", "cart c10002: is deleted already",
      ])
  }
}
