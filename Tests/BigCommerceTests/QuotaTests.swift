import CartEngine
import CartModel
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// Our share of the store's requests.
struct QuotaTests {
  private let start = ScriptedServer.start

  private final class Memory: QuotaStorage {
    let records = Mutex<[String: QuotaRecord]>([:])
    func load() -> [QuotaRecord] { records.withLock { Array($0.values) } }
    func save(_ record: QuotaRecord) { records.withLock { $0[record.family] = record } }
  }

  /// - Returns: how long to wait; nil where it was let through.
  private func ask(_ quota: Quota, _ family: String, _ milliseconds: Int64, first: Bool = true)
    -> Int64?
  {
    storeError {
      try quota.admit(family, isFirst: first, at: start.advanced(by: milliseconds))
    }?.retry?.milliseconds
  }

  private func answer(
    _ status: Int = 200, quota: Int = 150, left: Int? = 140, reset: Int? = 10_000
  ) -> HTTPResponse {
    var headers: [(name: String, value: String)] = [
      ("X-Rate-Limit-Requests-Quota", String(quota)), ("X-Rate-Limit-Time-Window-Ms", "30000"),
    ]
    if let left { headers.append(("X-Rate-Limit-Requests-Left", String(left))) }
    if let reset { headers.append(("X-Rate-Limit-Time-Reset-Ms", String(reset))) }
    return HTTPResponse(status, headers: headers)
  }

  @Test("Any thirty seconds hold at most our share, whatever the resource")
  func share() throws {
    let quota = try Quota(share: 30)
    for number in 0..<45 { #expect(ask(quota, "checkouts", Int64(number) * 10) == nil) }
    #expect(ask(quota, "checkouts", 1_000) == 29_000)
    #expect(ask(quota, "orders", 1_000) == 29_000)
    #expect(ask(quota, "checkouts", 30_000) == nil)
    #expect(ask(quota, "checkouts", 30_000) == 10)
  }

  @Test("A catalogue leaves a third of the share to carts")
  func priority() throws {
    let quota = try Quota(share: 30)
    for _ in 0..<30 { #expect(ask(quota, "catalog", 0, first: false) == nil) }
    #expect(ask(quota, "catalog", 0, first: false) == 30_000)
    for _ in 0..<15 { #expect(ask(quota, "checkouts", 1_000) == nil) }
    #expect(ask(quota, "checkouts", 1_000) == 29_000)
  }

  @Test("A larger plan is known from the answers")
  func plan() throws {
    let quota = try Quota(share: 10)
    quota.note("checkouts", answer(quota: 450, left: 400), at: start)
    for _ in 0..<45 { #expect(ask(quota, "checkouts", 0) == nil) }
    #expect(ask(quota, "checkouts", 0) == 30_000)
  }

  @Test("Where others used nearly all, the rest is theirs until the window ends")
  func reserve() throws {
    let quota = try Quota(share: 30)
    quota.note("checkouts", answer(left: 15), at: start)
    #expect(ask(quota, "checkouts", 0) == nil)
    #expect(ask(quota, "checkouts", 0) == 10_000)
    #expect(ask(quota, "checkouts", 9_999) == 1)
    #expect(ask(quota, "checkouts", 10_000) == nil)
  }

  @Test("A refusal with a time is kept for its resource; one without stops all, longer each time")
  func refusals() throws {
    let quota = try Quota(share: 100)
    quota.note("checkouts", answer(429, left: 0, reset: 7_000), at: start)
    #expect(ask(quota, "checkouts", 0) == 7_000)
    #expect(ask(quota, "orders", 0) == nil)
    var (time, waits) = (Int64(8_000), [Int64]())
    for _ in 0..<8 {
      quota.note("orders", HTTPResponse(429), at: start.advanced(by: time))
      let wait = try #require(ask(quota, "checkouts", time))
      waits.append(wait)
      time += wait
    }
    #expect(waits == [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
    quota.note("orders", answer(), at: start.advanced(by: time))
    quota.note("orders", HTTPResponse(429), at: start.advanced(by: time))
    #expect(ask(quota, "checkouts", time) == 5_000)
    quota.note("orders", HTTPResponse(429, headers: [("X-Retry-After", "3")]), at: start)
    #expect(ask(quota, "orders", time) == 5_000)
  }

  @Test("A restart forgets neither what was used nor a refusal")
  func restart() throws {
    let memory = Memory()
    let before = try Quota(share: 30, memory)
    for number in 0..<40 { #expect(ask(before, "checkouts", Int64(number) * 100) == nil) }
    let after = try Quota(share: 30, memory)
    for _ in 0..<5 { #expect(ask(after, "checkouts", 4_000) == nil) }
    // Those of before count from the last one on.
    #expect(ask(after, "checkouts", 4_000) == 29_900)
    let other = Memory()
    try Quota(share: 30, other).note("orders", answer(429, left: 0, reset: 9_000), at: start)
    #expect(try ask(Quota(share: 30, other), "orders", 1_000) == 8_000)
  }

  @Test("A clock that is set back keeps no request for ever")
  func clock() throws {
    let quota = try Quota(share: 1)
    #expect(ask(quota, "checkouts", 1_000_000) == nil)
    #expect(ask(quota, "checkouts", 0) == nil)
  }

  @Test("The client says how long to wait after 429, and asks nothing meanwhile")
  func client() throws {
    let server = ScriptedServer { _ in
      HTTPResponse(429, headers: [("X-Rate-Limit-Time-Reset-Ms", "4321")])
    }
    let client = try server.client()
    for _ in 0..<3 {
      let error = storeError { _ = try client.get(StoreCall("v3/customers")) }
      #expect(error?.code == .throttled && error?.retry == Span(milliseconds: 4_321))
    }
    #expect(server.requests.count == 1)
  }
}
