/// The type of an event whose payload is written and read by hand; never change a number.
public enum CoreType: UInt8, CaseIterable, Sendable {
  case cartCreated = 1
  case lineAdded = 2
  case lineChanged = 3
  case lineRemoved = 4
  case shopperIdentified = 5
  case addressSet = 6
  case couponApplied = 7
  case couponRemoved = 8
  case cartOrdered = 10
  case orderPaid = 11
  case orderCancelled = 12
  case orderRefunded = 13
  case cartDeleted = 14
  case cartHeld = 15
  case cartRestored = 16
  case operationUndone = 18
  case operationRedone = 19
  case productUpserted = 20
  case customerUpserted = 21
  case settingsChanged = 22
  case cartFlagged = 23
  case cartUnflagged = 24
  case entryAdded = 25
  case entryRemoved = 26
  case sourceRecorded = 27
  case ruleVersioned = 28
  case ruleSet = 29
  case decisionMade = 30
  case policyRan = 31
  case cartClaimed = 32
  case cartReleased = 33
  case cartNoted = 34
  case cartUnnoted = 35
  case attributesSet = 36
  case lineRestated = 38

  public var traits: EventTraits {
    switch self {
    case .cartCreated:
      .cart("cart.created", [.judged, .wakes, .shared], becomes: .open, handover: .new)
    case .lineAdded: .cart("line.added", [.judged, .wakes, .pieces, .edit])
    case .lineChanged: .cart("line.changed", [.judged, .wakes, .pieces, .edit])
    case .lineRemoved: .cart("line.removed", [.judged, .wakes, .pieces, .edit])
    case .lineRestated: .cart("line.restated", [])
    case .shopperIdentified: .cart("shopper.identified", [.judged, .wakes, .shared])
    case .addressSet: .cart("address.set", [.judged, .wakes, .edit])
    case .attributesSet: .cart("attributes.set", [.judged, .wakes])
    case .couponApplied: .cart("coupon.applied", [.judged, .wakes, .edit])
    case .couponRemoved: .cart("coupon.removed", [.judged, .wakes, .edit])
    case .cartOrdered:
      .cart(
        "cart.ordered", [.wakes, .pieces, .shared], undo: .final, becomes: .ordered,
        handover: .ordered)
    case .orderPaid: .cart("order.paid", [.wakes], undo: .final, need: .order)
    case .orderCancelled: .cart("order.cancelled", [.wakes], undo: .final, need: .order)
    case .orderRefunded: .cart("order.refunded", [.wakes], undo: .final, need: .order)
    case .cartDeleted:
      .cart(
        "cart.deleted", [.wakes, .edit], need: .openOrHeld, becomes: .deleted, handover: .deleted)
    case .cartHeld: .cart("cart.held", [.wakes, .edit], becomes: .held, handover: .held)
    case .cartRestored:
      .cart("cart.restored", [.judged, .wakes, .edit], need: .heldOrDeleted, becomes: .open)
    case .cartFlagged: .cart("cart.flagged", [.flag, .wakes], need: .nothing)
    case .cartUnflagged: .cart("cart.unflagged", [.flag, .wakes], need: .nothing)
    case .operationUndone: .cart("operation.undone", [.wakes], undo: .mark)
    case .operationRedone: .cart("operation.redone", [.wakes], undo: .mark)
    case .cartClaimed: .cart("cart.claimed", [.remark], need: .nothing, statedBy: .staff)
    case .cartReleased: .cart("cart.released", [.remark], need: .nothing, statedBy: .staff)
    case .cartNoted: .cart("cart.noted", [.remark], need: .nothing, statedBy: .staff)
    case .cartUnnoted: .cart("cart.unnoted", [.remark], need: .nothing, statedBy: .staff)
    case .productUpserted: .shop("product.upserted", .product)
    case .customerUpserted: .shop("customer.upserted", .customer)
    case .settingsChanged: .shop("settings.changed", .settings)
    case .entryAdded: .shop("entry.added", .list, undo: .reverted)
    case .entryRemoved: .shop("entry.removed", .list, undo: .reverted)
    case .sourceRecorded: .shop("source.recorded", .rule, handover: nil)
    case .ruleVersioned: .shop("rule.versioned", .rule)
    case .ruleSet: .shop("rule.set", .rule, undo: .reverted)
    case .decisionMade: .shop("decision.made", .rule, handover: nil)
    case .policyRan: .shop("policy.ran", .rule, handover: nil)
    }
  }
}

extension EventType {
  public static let cartCreated = core(.cartCreated)
  public static let lineAdded = core(.lineAdded)
  public static let lineChanged = core(.lineChanged)
  public static let lineRemoved = core(.lineRemoved)
  public static let shopperIdentified = core(.shopperIdentified)
  public static let addressSet = core(.addressSet)
  public static let couponApplied = core(.couponApplied)
  public static let couponRemoved = core(.couponRemoved)
  public static let cartOrdered = core(.cartOrdered)
  public static let orderPaid = core(.orderPaid)
  public static let orderCancelled = core(.orderCancelled)
  public static let orderRefunded = core(.orderRefunded)
  public static let cartDeleted = core(.cartDeleted)
  public static let cartHeld = core(.cartHeld)
  public static let cartRestored = core(.cartRestored)
  public static let operationUndone = core(.operationUndone)
  public static let operationRedone = core(.operationRedone)
  public static let productUpserted = core(.productUpserted)
  public static let customerUpserted = core(.customerUpserted)
  public static let settingsChanged = core(.settingsChanged)
  public static let cartFlagged = core(.cartFlagged)
  public static let cartUnflagged = core(.cartUnflagged)
  public static let entryAdded = core(.entryAdded)
  public static let entryRemoved = core(.entryRemoved)
  public static let sourceRecorded = core(.sourceRecorded)
  public static let ruleVersioned = core(.ruleVersioned)
  public static let ruleSet = core(.ruleSet)
  public static let decisionMade = core(.decisionMade)
  public static let policyRan = core(.policyRan)
  public static let cartClaimed = core(.cartClaimed)
  public static let cartReleased = core(.cartReleased)
  public static let cartNoted = core(.cartNoted)
  public static let cartUnnoted = core(.cartUnnoted)
  public static let attributesSet = core(.attributesSet)
  public static let lineRestated = core(.lineRestated)
}
