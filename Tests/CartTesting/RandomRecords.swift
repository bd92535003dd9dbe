import CartModel
import CartStorage
import CartSupport

/// Random records of all kinds, with texts that a shopper might type to break something; a seed
/// fixes them.
package struct RandomRecords {
  package var random: SeededRandom
  private var carts: RandomCarts

  package init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    carts = RandomCarts(seed: seed &+ 1)
  }

  /// Texts of which each once broke some program.
  package static let texts = [
    "", "a", "é", "e\u{301}", "'; DROP TABLE cart; --", "\"", "\\", "%_*?[", "\u{1b}[31mred",
    "\u{202e}gnp", "\u{2028}", "\u{0}x", "line\nbreak", "\t", "=1+1", "👩‍👩‍👧‍👦", "ｆｕｌｌ", "İ", "ß",
    String(repeating: "x", count: 300), String(repeating: "ü", count: 70_000),
  ]

  package mutating func text() -> String { random.pick(Self.texts) }

  /// A text that may stand where an empty one says that there is none.
  package mutating func known() -> String {
    let text = text()
    return text.isEmpty ? "known" : text
  }

  package mutating func number() -> Int64 {
    random.pick([
      0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 31, -(1 << 40), .max, .min,
      Int64(bitPattern: random.next()),
    ])
  }

  package mutating func time() -> Timestamp {
    Timestamp(milliseconds: random.pick([0, 1, -1, 1_793_520_000_000, 253_402_300_799_999]))
  }

  package mutating func currency() -> Currency { random.pick(RandomCarts.currencies) }

  package mutating func price() -> UnitPrice {
    UnitPrice(
      mantissa: Int64(bitPattern: random.next()) >> Int64(random.pick([5, 20, 50])),
      scale: random.pick(0...12))
  }

  package mutating func options() -> [Line.Option] {
    (0..<random.pick(0...3)).map { _ in Line.Option(name: text(), value: text()) }
  }

  package mutating func line() -> Line {
    var line = Line(
      id: random.chance(50) ? known() : nil, sku: known(), name: text(), options: options(),
      quantity: number(), price: price(), image: text())
    if line.id.isEmpty { line.id = line.sku }
    if random.chance(30) { line.facts = facts() }
    return line
  }

  package mutating func orderLine() -> OrderLine {
    OrderLine(
      sku: text(), name: text(), options: options(), quantity: number(), price: price())
  }

  package mutating func changes() -> [FieldChange] {
    var list: [FieldChange] = []
    for field in ShopperField.allCases where random.chance(20) {
      list.append(FieldChange(field, before: text(), after: text()))
    }
    return list
  }

  package mutating func attributes() -> [AttributeChange] {
    (0..<random.pick(0...3)).map { AttributeChange("name_\($0)", before: text(), after: text()) }
  }

  package mutating func money() -> Money { Money(minor: number(), currency()) }

  package mutating func cause() -> Cause {
    Cause(rule: known(), source: text(), reason: text(), tell: text())
  }

  package mutating func actor() -> Actor {
    random.pick([.shopper, .importer, .sync, .staff("anna"), .rule("r"), .policy("p")])
  }

  package mutating func pattern() -> ListEntry.Pattern {
    let texts: [(ListEntry.Kind, String)] = [
      (.ip, "203.0.113.7"), (.ip, "203.0.113.0/24"), (.ip, "2001:db8::/32"), (.ip, "0.0.0.0/1"),
      (.email, "a@example.com"), (.email, "*@example.com"), (.country, "DE"),
    ]
    let (kind, text) = random.pick(texts)
    guard let pattern = try? ListEntry.Pattern(kind, text) else { return .country("AT") }
    return pattern
  }

  package mutating func entry(_ id: String? = nil) -> ListEntry {
    ListEntry(
      id: id ?? known(), list: random.pick(ListEntry.List.allCases), pattern: pattern(),
      reason: text(), tell: text(), author: actor(), created: time(),
      expires: random.chance(50) ? time() : nil)
  }

  package mutating func product(_ sku: String? = nil) -> Product {
    Product(
      sku: sku ?? known(), name: text(), price: price(), currency: currency(), image: text(),
      stock: random.chance(50) ? number() : nil, stocked: random.chance(50) ? time() : nil,
      details: ProductDetails(
        category: text(), brand: text(), weight: random.chance(50) ? price() : nil,
        cost: random.chance(50) ? price() : nil, tags: random.chance(50) ? [known()] : [],
        attributes: options(), isBackordered: random.chance(50)))
  }

  package mutating func version() -> RuleVersion {
    RuleVersion(
      rule: text(), kind: random.pick([.rule, .policy]), number: number(), file: text(),
      sources: (0..<random.pick(0...3)).map { _ in .init(path: text(), digest: text()) },
      parameters: (0..<random.pick(0...3)).map { _ in .init(name: text(), value: text()) })
  }

  package mutating func setting() throws -> RuleSetting {
    RuleSetting(
      rule: text(), mode: random.pick([.shadow, .enforce, .off]), version: number(),
      band: random.chance(50) ? try Percent("12.5") : nil, reason: text())
  }

  package mutating func decision() -> Decision {
    Decision(
      cart: text(), rule: text(), version: number(),
      outcome: random.pick([.hold, .flag, .error, .order, .left]), isShadow: random.chance(50),
      reason: text())
  }

  package mutating func note() -> Note { Note(at: time(), by: text(), text: text()) }
  package mutating func claim() -> Claim { Claim(by: known(), until: time()) }
  package mutating func place() -> Int? { random.pick([nil, 0, 1, 9_999]) }
  package mutating func state() -> Cart.State {
    random.pick([.open, .ordered, .deleted, .held, .merged])
  }
  package mutating func orderState() -> Order.State {
    random.pick([.placed, .paid, .cancelled, .refunded])
  }

  /// Any body of a type; a new type does not compile before it is here.
  package mutating func body(_ type: EventType) throws -> EventBody {
    switch type {
    case .core(let type): try body(type)
    case .declared(let type): .declared(declared(type))
    }
  }

  package mutating func binding() -> Binding {
    Binding(
      storefront: known(), storeID: known(), channel: number(), locale: text(),
      origin: random.pick(Binding.Origin.allCases))
  }

  package mutating func statedTotals() -> StatedTotals {
    var totals = StatedTotals(subtotal: price(), total: price())
    if random.chance(50) { (totals.discount, totals.shipping) = (price(), price()) }
    if random.chance(50) {
      (totals.handling, totals.fees, totals.tax) = (price(), price(), price())
    }
    totals.shippingName = text()
    totals.taxes = (0..<random.pick(0...2)).map { _ in .init(name: text(), amount: price()) }
    totals.coupons = [.init(code: text(), name: text(), amount: price())]
    totals.lines = (0..<random.pick(0...2)).map { _ in .init(known(), price()) }
    if random.chance(30) { totals.reckoned = [.init(known(), price())] }
    if random.chance(30) { totals.answers = [.init(number()), .init(4)] }
    return totals
  }

  package mutating func facts() -> LineFacts {
    LineFacts(
      kind: random.pick(LineFacts.Kind.allCases), product: text(), variant: text(), parent: text(),
      isGift: random.chance(50), isMutable: random.chance(50),
      choices: random.chance(50) ? [.init(option: text(), value: text())] : [])
  }

  package mutating func declared(_ type: DeclaredType) -> DeclaredEvent {
    switch type {
    case .paymentAttempted: .payment(.init(result: text(), code: text(), card: text()))
    case .cartSent: .sent(.init(to: text(), note: text()))
    case .cartBound: .bound(binding())
    case .cartMerged: .merged(.init(into: text()))
    case .totalsStated: .stated(statedTotals())
    }
  }

  private mutating func body(_ type: CoreType) throws -> EventBody {
    switch type {
    case .cartCreated: .cartCreated(currency(), changes(), attributes())
    case .lineAdded: .lineAdded(line(), at: place())
    case .lineChanged: .lineChanged(line(), quantity: number())
    case .lineRemoved: .lineRemoved(line(), at: place() ?? 0)
    case .lineRestated: .lineRestated(line(), line())
    case .shopperIdentified: .shopperIdentified(changes())
    case .addressSet: .addressSet(changes())
    case .attributesSet: .attributesSet(attributes())
    case .couponApplied: .couponApplied(text(), at: place())
    case .couponRemoved: .couponRemoved(text(), at: place() ?? 0)
    case .cartOrdered:
      .cartOrdered(
        .init(
          id: text(), lines: (0..<random.pick(0...3)).map { _ in orderLine() }, total: money(),
          note: text()))
    case .orderPaid: .orderPaid(text(), total: total(), before: orderState())
    case .orderCancelled: .orderCancelled(text(), before: orderState())
    case .orderRefunded: .orderRefunded(text(), total: total(), before: orderState())
    case .cartDeleted: .cartDeleted(before: state())
    case .cartHeld: .cartHeld(before: state(), cause: random.chance(50) ? cause() : nil)
    case .cartRestored: .cartRestored(before: state(), judge: random.chance(50))
    case .operationUndone: .operationUndone(target: number(), groups: [number(), number()])
    case .operationRedone: .operationRedone(target: number())
    case .productUpserted:
      .productUpserted(before: random.chance(50) ? product() : nil, after: product())
    case .customerUpserted: .customerUpserted(key: text(), changes())
    case .settingsChanged: .settingsChanged(before: text(), after: text())
    case .cartFlagged: .cartFlagged(cause())
    case .cartUnflagged: .cartUnflagged(text())
    case .entryAdded: .entryAdded(entry())
    case .entryRemoved: .entryRemoved(entry())
    case .sourceRecorded: .sourceRecorded(digest: text(), text: text())
    case .ruleVersioned: .ruleVersioned(version())
    case .ruleSet: .ruleSet(try setting())
    case .decisionMade: .decisionMade(decision())
    case .policyRan:
      .policyRan(
        PolicyRun(
          policy: text(), version: number(), isShadow: random.chance(50), carts: number(),
          orders: number(), left: number()))
    case .cartClaimed: .cartClaimed(before: random.chance(50) ? claim() : nil, claim())
    case .cartReleased: .cartReleased(claim())
    case .cartNoted: .cartNoted(note(), at: place())
    case .cartUnnoted: .cartUnnoted(note(), at: place() ?? 0)
    }
  }

  private mutating func total() -> Money? { random.chance(50) ? money() : nil }

  /// A cart with everything that a cart can have.
  package mutating func cart(key: Int64) -> Cart {
    var cart = carts.cart(key: key, at: TestShop.start)
    cart.lines = (0..<random.pick(0...4)).map { _ in
      var line = line()
      line.quantity = Int64(random.pick(1...1_000_000))
      return line
    }
    for field in ShopperField.allCases where random.chance(30) && field != .customer {
      cart.shopper[field] = text()
    }
    cart.coupons = (0..<random.pick(0...2)).map { _ in known() }
    cart.flags = (0..<random.pick(0...2)).map { _ in known() }
    cart.pardons = (0..<random.pick(0...2)).map { _ in known() }
    if random.chance(30) { cart.heldBy = cause() }
    for place in 0..<random.pick(0...2) {
      cart.restore(Attribute(name: "name_\(place)", value: known()))
    }
    if random.chance(30) {
      cart.order = Order(
        id: known(), at: time(), lines: [orderLine()], total: Money(minor: number(), cart.currency),
        state: orderState())
    }
    if random.chance(30) {
      cart.pauses = [Pause(from: time(), to: TestShop.start.advanced(by: 9))]
    }
    if random.chance(30) { cart.claim = claim() }
    for _ in 0..<random.pick(0...2) { cart.notes.append(note()) }
    if random.chance(30) { cart.binding = binding() }
    if random.chance(10) { cart.mergedInto = text() }
    if random.chance(30) {
      cart.restore(
        stated: random.chance(80) ? statedTotals() : nil,
        bases: [LineBase(line: known(), minor: number())], waiting: [3, 9])
    }
    return cart
  }
}
