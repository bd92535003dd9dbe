import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

/// Stated events are admitted as history, whatever file they stood in.
struct ImportAdmissionTests {
  private let test: TestShop
  private let at = TestShop.start

  init() throws { test = try TestShop() }

  private final class Rejects { var list: [Reject] = [] }

  private func admission(_ rejects: Rejects, isDry: Bool = false) throws -> ImportAdmission {
    var options = ImportAdmission.Options()
    options.isDry = isDry
    return try ImportAdmission(test.shop, actor: .importer, source: "test", options: options) {
      (reject: Reject) throws(EngineError) in rejects.list.append(reject)
    }
  }

  private func line(
    _ number: Int, _ type: EventType, _ payload: StatedEvent.Payload, id: String = "",
    unread: [IgnoredKeys.Unread] = []
  ) -> StatedLine {
    StatedLine(
      StatedEvent(
        type: type, at: at, actor: nil, id: id, group: "", reason: "", payload: payload),
      number: number, digest: EventKey(high: 1, low: UInt64(number)), unread: unread)
  }

  private func lines() throws -> [StatedLine] {
    let mug = Line(sku: "MUG-01", name: "Mug", quantity: 2, price: try UnitPrice("12.99"))
    return [
      line(1, .lineAdded, .cart("c1", .add(mug.unidentified), currency: nil)),
      line(2, .lineChanged, .cart("c1", .setQuantity(.sku("MUG-01"), 3), currency: nil)),
      line(3, .couponApplied, .cart("c2", .applyCoupon("TEN"), currency: nil)),
    ]
  }

  @Test("Events become carts, and those of no cart are rejected with their text")
  func admitting() throws {
    let rejects = Rejects()
    let admission = try admission(rejects)
    #expect(try lines().map { try admission.admit($0) { "text" } } == [true, true, false])
    let report = try admission.finish()
    #expect(report.imported == ["line.added": 1, "line.changed": 1])
    #expect(rejects.list == [Reject(line: 3, reason: "cart 'c2': unknown", text: "text")])
    #expect(report.reasons.map(\.reason) == ["cart '…': unknown"])
    let handler = test.handler()
    let cart = try handler.cart(try #require(try handler.key(named: "c1")))
    #expect(cart?.lines.map(\.quantity) == [3])
  }

  @Test("Lines that were admitted before are known, and a dry run saves none")
  func identity() throws {
    let dry = try admission(Rejects(), isDry: true)
    for line in try lines() { try dry.admit(line) { "" } }
    #expect(try dry.finish().total == 2)
    for imported in [2, 0] {
      let admission = try admission(Rejects())
      for line in try lines() { try admission.admit(line) { "" } }
      let report = try admission.finish()
      #expect(report.total == imported && report.known == 2 - imported && report.rejects == 1)
    }
  }

  @Test("Keys that were not read count only with events that are imported")
  func unread() throws {
    let admission = try admission(Rejects())
    let key = IgnoredKeys.Unread("foo", hint: "; did you mean 'for'?")
    for var line in try lines() {
      line.unread = [key]
      try admission.admit(line) { "" }
    }
    #expect(
      try admission.finish().ignored.keys.map(\.text) == [
        "unknown key 'foo': ignored in 2 events (line.added, line.changed); did you mean 'for'?"
      ])
  }

  @Test("The catalogue is seen with what was admitted so far")
  func catalogue() throws {
    try test.take(TestShop.products)
    let admission = try admission(Rejects())
    var mug = try #require(try admission.product("MUG-01"))
    mug.name = "Cup"
    let event = line(1, .productUpserted, .product(mug))
    #expect(try admission.isCurrent(event.event) == false)
    try admission.admit(event) { "" }
    #expect(try admission.product("MUG-01")?.name == "Cup")
    #expect(try admission.isCurrent(event.event))
    #expect(try test.shop.store.product("MUG-01")?.name == "Mug")
    _ = try admission.finish()
    #expect(try test.shop.store.product("MUG-01")?.name == "Cup")
  }
}
