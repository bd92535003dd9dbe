import CartModel
import CartSupport
import CartTesting
import Testing

/// What is declared of an event's type fits what its events say.
struct EventTraitsTests {
  private static let numbers = """
    1 cart.created
    2 line.added
    3 line.changed
    4 line.removed
    5 shopper.identified
    6 address.set
    7 coupon.applied
    8 coupon.removed
    9 payment.attempted
    10 cart.ordered
    11 order.paid
    12 order.cancelled
    13 order.refunded
    14 cart.deleted
    15 cart.held
    16 cart.restored
    17 cart.sent
    18 operation.undone
    19 operation.redone
    20 product.upserted
    21 customer.upserted
    22 settings.changed
    23 cart.flagged
    24 cart.unflagged
    25 entry.added
    26 entry.removed
    27 source.recorded
    28 rule.versioned
    29 rule.set
    30 decision.made
    31 policy.ran
    32 cart.claimed
    33 cart.released
    34 cart.noted
    35 cart.unnoted
    36 attributes.set
    37 cart.bound
    38 line.restated
    39 totals.stated
    42 cart.merged
    """

  @Test("Numbers and names of events stay as they are")
  func names() {
    let list = EventType.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: "\n")
    #expect(list == Self.numbers)
    for type in EventType.allCases { #expect(EventType(name: type.name) == type) }
    #expect(EventType(name: "line.moved") == nil)
  }

  @Test("Payloads are as the traits of their type say", arguments: EventType.allCases)
  func payloads(type: EventType) throws {
    let (traits, marks) = (type.traits, type.traits.marks)
    var records = RandomRecords(seed: UInt64(type.rawValue))
    for _ in 0..<20 {
      let body = try records.body(type)
      #expect(body.type == type)
      #expect((body.ofShop == nil) == (traits.subject == .cart))
      #expect((traits.need == nil) == (traits.subject != .cart))
      #expect((body.ofRule != nil) == (traits.subject == .rule))
      #expect(body.ofRule?.body == nil || body.ofRule?.body == body)
      #expect((body.listChange != nil) == (traits.subject == .list))
      #expect((body.mark != nil) == (traits.undo == .mark))
      #expect((body.changedOrder != nil) == (traits.need == .order))
      let isPayment = body.payment != nil
      #expect(
        (body.lineChange != nil || body.orderRecord != nil) == marks.contains(.pieces))
      #expect(
        (body.identity != nil || isPayment || body.orderRecord != nil) == marks.contains(.shared))
      if body.cause != nil { #expect(body.holdChange != nil) }
      if marks.contains(.flag) { #expect(body.holdChange != nil) }
      if marks.contains(.remark) {
        #expect(traits.statedBy == .staff && traits.need == .nothing && traits.undo == .reverted)
      }
      #expect(body.footprint >= MemoryLayout<EventBody>.stride)
    }
  }

  @Test("An event leaves a cart in the state of its type", arguments: EventType.allCases)
  func states(type: EventType) throws {
    var records = RandomRecords(seed: 7)
    for state in [Cart.State.open, .held, .deleted] {
      var cart = Cart(key: 1, id: "a", currency: .eur, at: TestShop.start)
      cart.state = state
      cart.apply(try records.body(type), at: TestShop.start)
      #expect(cart.state == type.traits.state ?? state)
    }
  }

  @Test("An act of the shopper wakes a cart, what staff say of it does not")
  func waking() throws {
    var records = RandomRecords(seed: 8)
    let later = TestShop.start.advanced(by: 1000)
    for type in EventType.allCases where type.traits.subject == .cart {
      for actor in [Actor.shopper, .staff("anna")] {
        var cart = Cart(key: 1, id: "a", currency: .eur, at: TestShop.start)
        cart.apply(try records.body(type), version: 1, actor: actor, at: later)
        let wakes = actor.isShopper && type.traits.marks.contains(.wakes)
        #expect(cart.touched == (wakes ? later : TestShop.start), "\(type.name)")
      }
    }
  }

  @Test("A command becomes events of the type that it names")
  func commands() throws {
    let start = TestShop.start
    func cart(_ change: (inout Cart) -> Void = { _ in }) -> Cart {
      var cart = Cart(key: 1, id: "a", currency: .eur, at: start)
      cart.lines = [Line(sku: "MUG", quantity: 2, price: UnitPrice(mantissa: 1, scale: 0))]
      change(&cart)
      return cart
    }
    let cause = Cause(rule: "r", source: "", reason: "")
    let ordered = cart {
      $0.state = .ordered
      $0.order = Order(id: "1", at: start, lines: [], total: .zero(.eur), state: .placed)
    }
    let claim = Claim(by: "staff:anna", until: start.advanced(by: 1000))
    let note = Note(at: start, by: "staff:anna", text: "a")
    let all: [(Command, Cart?)] =
      [
        (.create(.eur, [:]), nil),
        (.add(Line(sku: "TEA", quantity: 1, price: UnitPrice(mantissa: 1, scale: 0))), cart()),
        (.restate(.sku("MUG"), LineChanges(name: "a mug")), cart()),
        (.setQuantity(.sku("MUG"), 3), cart()), (.remove(.sku("MUG")), cart()),
        (.identify([.email: "a@example.com"]), cart()),
        (.setAddress([.shippingCountry: "DE"]), cart()), (.setAttributes(["a": "b"]), cart()),
        (.applyCoupon("A"), cart()), (.removeCoupon("A"), cart { $0.coupons = ["A"] }),
        (.order(.init(id: "1")), cart()),
        (.changeOrder(.paid, total: nil), ordered), (.changeOrder(.cancelled, total: nil), ordered),
        (.changeOrder(.refunded, total: nil), ordered), (.delete, cart()), (.hold(), cart()),
        (.restore(), cart { $0.state = .held }), (.flag(cause), cart()),
        (.unflag("r"), cart { $0.flags = ["r"] }),
        (.claim(claim, now: start), cart()),
        (.release(by: "staff:anna", now: start), cart { $0.claim = claim }), (.note(note), cart()),
        (.removeNote(note), cart { $0.notes = [note] }),
      ] + DeclaredType.allCases.map { (.declare($0.example), cart()) }
    for (command, cart) in all {
      #expect(try decide(command, on: cart, StoreSettings()).events.map(\.type) == [command.event])
      #expect(command.isJudged == command.event.traits.marks.contains(.judged))
    }
    let ofCarts = EventType.allCases.filter {
      $0.traits.subject == .cart && $0.traits.undo != .mark
    }
    #expect(Set(all.map(\.0.event)) == Set(ofCarts))
  }
}
