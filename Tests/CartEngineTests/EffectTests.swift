import CartModel
import CartStorage
import CartSupport
import CartTesting
import ProgramTesting
import Testing

@testable import CartEngine

/// Effects are written in the transaction of the events that they were decided with.
struct EffectTests {
  /// Writes each effect as a row; fails where a test says so.
  private final class Outbox: CommitParticipant {
    struct Failure: Error {}

    private(set) var saved: [Commit.Requested] = []
    var fails = false

    func save(_ commit: Commit, _ writer: any WriteTransaction) throws {
      for requested in commit.effects {
        try writer.set("effect \(requested.effect.key)", requested.effect.data)
        saved.append(requested)
      }
      if fails { throw Failure() }
    }
  }

  private let test: TestShop
  private let handler: CommandHandler
  private let outbox = Outbox()

  init() throws {
    test = try TestShop()
    try test.take(TestShop.products)
    handler = test.handler()
    handler.participants = [outbox]
    _ = handler.begin("new")
    _ = handler.begin("new")
    try handler.create()
    _ = try handler.finish()
  }

  private var cart: Int64 {
    get throws { try #require(try handler.reader.keys(matching: Filter()).first) }
  }

  /// A note on a cart that asks for a call of the store.
  private func proposal(_ name: String) throws -> Admission.Proposal {
    let note = Note(at: test.clock.now, by: "anna", text: name)
    func decided(_ cart: Cart?) throws -> Decided {
      var decided = try decide(.note(note), on: cart, StoreSettings())
      decided.effects = [
        Effect(
          key: name, kind: "store.note", data: #"{"version":\#(cart?.version ?? 0)}"#)
      ]
      return decided
    }
    return .reversal(
      try decided(try handler.reader.cart(cart)), again: { cart, _ in try decided(cart) })
  }

  private func admit(_ name: String, _ run: Run) throws {
    let entry = try #require(try run.unit.entry(cart))
    try run.admit(try proposal(name), to: entry)
  }

  private func row(_ name: String) throws -> String {
    try test.shop.store.meta("effect \(name)")
  }

  @Test("A participant gets the effects of a run, with cart, version and operation")
  func effects() throws {
    let run = handler.begin("notes")
    try admit("one", run)
    try admit("two", run)
    #expect(outbox.saved.isEmpty)
    let outcome = try run.finish()
    let operation = try #require(outcome.operation)
    let version = try #require(try handler.reader.cart(cart)).version
    #expect(outbox.saved.map(\.effect.key) == ["one", "two"])
    #expect(outbox.saved.map(\.version) == [version - 1, version])
    #expect(outbox.saved.allSatisfy { $0.operation == operation })
    #expect(Set(outbox.saved.map(\.cart)) == [try cart])
    #expect(try row("one") == #"{"version":1}"#)
  }

  @Test("Where a participant fails, neither its rows nor the events are saved")
  func together() throws {
    let before = try #require(try handler.reader.cart(cart)).version
    outbox.fails = true
    let run = handler.begin("notes")
    try admit("one", run)
    #expect(throws: EngineError.self) { try run.finish() }
    _ = run.abandon()
    outbox.fails = false
    #expect(try row("one") == "")
    _ = handler.begin("look")
    #expect(try handler.reader.cart(cart)?.version == before)
  }

  @Test("Work that is rolled back, planned or tried has no effects")
  func undone() throws {
    let run = handler.begin("notes")
    #expect(throws: Outbox.Failure.self) {
      try run.attempt {
        try admit("one", run)
        throw Outbox.Failure()
      }
    }
    try run.trial { try admit("two", run) }
    _ = try run.plans.plan { try admit("three", run) }
    _ = try run.finish()
    #expect(outbox.saved.isEmpty)
  }

  @Test("What is decided again on a cart that another process changed has the effects of then")
  func again() throws {
    let run = handler.begin("notes")
    try admit("one", run)
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) { try other.add("MUG-01", 1, to: try cart) }
    _ = try run.finish()
    #expect(outbox.saved.map(\.effect.data) == [#"{"version":2}"#])
    #expect(outbox.saved.map(\.version) == [3])
  }

  @Test("A cart that is left as it is has no effects")
  func lost() throws {
    let run = handler.begin("notes")
    let entry = try #require(try run.unit.entry(cart))
    guard case .reversal(let decided, _) = try proposal("one") else { return }
    try run.admit(
      .reversal(decided, again: { _, _ in throw ModelError(.conflict, "changed") }), to: entry)
    let other = CommandHandler(try test.reopened(), actor: .staff("ben"), consent: .given)
    try operation(other) { try other.add("MUG-01", 1, to: try cart) }
    #expect(try run.finish().failures.map(\.message) == ["changed"])
    #expect(outbox.saved.isEmpty)
    #expect(try row("one") == "")
  }
}
