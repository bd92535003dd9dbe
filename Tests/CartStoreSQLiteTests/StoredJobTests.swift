import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Bulk runs as they are stored: how far they came, and what failed.
struct StoredJobTests {
  private func job(_ ordinal: Int64 = 0, place: String = "f.lua:3", total: Int64 = 10) -> Job {
    Job(
      operation: "op", place: place, ordinal: ordinal, command: "for each", origin: "{}",
      actor: .staff("anna"), at: BareStore.now, total: total)
  }

  @Test("A job comes back with its carts, and goes on from where it came to")
  func jobsComeBack() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 51)
    let keys = (0..<200).map { _ in records.number() }
    var made = job(total: 200)
    made.command = "'; --"
    made.origin = "{\"x\":\"\u{2028}\"}"
    made.id = try bare.write { try $0.begin(made, carts: keys, made: [5, 3, 5]) }
    for store in [bare.store, try bare.another()] {
      #expect(try store.job(made.id) == made)
      #expect(try store.job(of: "op", place: "f.lua:3", ordinal: 0) == made)
      #expect(try store.job(of: "op", place: "f.lua:3", ordinal: 1) == nil)
      let carts = try store.carts(ofJob: made.id)
      #expect(carts.keys == keys)
      #expect(carts.made == [5, 3, 5])
    }
    #expect(try bare.store.job(99) == nil)
    #expect(try bare.store.carts(ofJob: 99).keys.isEmpty)
    try bare.write { writer in
      try writer.advance(job: made.id, from: 0, to: 120)
      try writer.set(origin: "{\"y\":1}", ofJob: made.id)
      try writer.set(made: [9], of: "op")
    }
    (made.next, made.origin) = (120, "{\"y\":1}")
    #expect(try bare.store.job(made.id) == made)
    #expect(!made.isFinished)
    #expect(try bare.store.carts(ofJob: made.id).made == [9])
    #expect(try bare.store.carts(ofJob: made.id).keys == keys)
  }

  @Test("A place of a script begins a job once")
  func placesAreUnique() throws {
    let bare = try BareStore()
    for place in ["a:1", "a:2", ""] {
      for ordinal in Int64(0)...2 {
        _ = try bare.write { try $0.begin(job(ordinal, place: place), carts: [], made: []) }
      }
    }
    #expect(throws: StoreError.self) {
      try bare.write { try $0.begin(job(1, place: "a:2"), carts: [], made: []) }
    }
    #expect(try bare.store.jobs(limit: 100).map(\.id) == Array((1...9).reversed()))
    #expect(try bare.store.jobs(limit: 2).map(\.id) == [9, 8])
  }

  @Test("Two processes cannot go on with one job")
  func conflicts() throws {
    let bare = try BareStore()
    let id = try bare.write { try $0.begin(job(), carts: [1, 2], made: []) }
    let other = try bare.another()
    try bare.write { try $0.advance(job: id, from: 0, to: 4) }
    let taken = StoreError(
      .conflict, "job \(id): another process goes on with it; see 'cartio jobs'")
    #expect(throws: taken) {
      try other.write(recorded: BareStore.now) { try $0.advance(job: id, from: 0, to: 4) }
    }
    #expect(throws: taken) {
      try other.write(recorded: BareStore.now) { try $0.succeed(job: id, cart: 1) }
    }
    try other.write(recorded: BareStore.now) { try $0.advance(job: id, from: 4, to: 10) }
    #expect(try bare.store.job(id)?.isFinished == true)
  }

  @Test("Failures are counted, mended and named by cart")
  func failures() throws {
    let bare = try BareStore()
    let id = try bare.write { try $0.begin(job(), carts: Array(1...9), made: []) }
    try bare.write { writer in
      for cart in [Int64(7), 2, 5] { try writer.fail(job: id, cart: cart, "no \(cart)") }
      try writer.fail(job: id, cart: 5, "still no 5")
      #expect(try writer.failureCount(ofJob: id) == 3)
    }
    let list = try bare.store.failures(ofJob: id)
    #expect(list.map(\.cart) == [2, 5, 7])
    #expect(list.map(\.message) == ["no 2", "still no 5", "no 7"])
    #expect(try bare.store.job(id)?.failed == 3)
    try bare.write { try $0.succeed(job: id, cart: 5) }
    #expect(try bare.store.failures(ofJob: id).map(\.cart) == [2, 7])
    #expect(try bare.store.job(id)?.failed == 2)
    #expect(throws: StoreError.self) { try bare.write { try $0.succeed(job: id, cart: 5) } }
    #expect(try bare.store.failures(ofJob: 99).isEmpty)
  }

  @Test("Damaged keys are an error and no shorter job")
  func damage() throws {
    let bare = try BareStore()
    let id = try bare.write { try $0.begin(job(), carts: [1, 300], made: []) }
    try bare.change("UPDATE job_carts SET keys = x'80'")
    #expect(throws: ByteReader.damaged) { try bare.another().carts(ofJob: id) }
  }
}
