/// An event of a cart whose payload declares its members: all that a new one needs stands here and
/// with its payload.
public enum DeclaredEvent: Equatable, Sendable {
  case payment(PaymentAttempt)
  case sent(SentCart)
  case bound(Binding)
  case merged(CartMerge)
  case stated(StatedTotals)

  public var type: DeclaredType {
    switch self {
    case .payment: .paymentAttempted
    case .sent: .cartSent
    case .bound: .cartBound
    case .merged: .cartMerged
    case .stated: .totalsStated
    }
  }

  public var payload: any EventPayload {
    switch self {
    case .payment(let payload): payload
    case .sent(let payload): payload
    case .bound(let payload): payload
    case .merged(let payload): payload
    case .stated(let payload): payload
    }
  }

  /// Names the payload's members to a coder.
  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    switch self {
    case .payment(var payload):
      try payload.members(&coder)
      self = .payment(payload)
    case .sent(var payload):
      try payload.members(&coder)
      self = .sent(payload)
    case .bound(var payload):
      try payload.members(&coder)
      self = .bound(payload)
    case .merged(var payload):
      try payload.members(&coder)
      self = .merged(payload)
    case .stated(var payload):
      try payload.members(&coder)
      self = .stated(payload)
    }
  }
}

/// The type of such an event; its number is what the event log holds: never change one.
public enum DeclaredType: UInt8, CaseIterable, Sendable {
  case paymentAttempted = 9
  case cartSent = 17
  case cartBound = 37
  case totalsStated = 39
  case cartMerged = 42

  public var traits: EventTraits {
    switch self {
    case .paymentAttempted:
      .cart("payment.attempted", [.judged, .wakes, .shared], need: .notDeleted)
    case .cartSent: .cart("cart.sent", [.wakes], undo: .final, handover: .sent)
    case .cartBound: .cart("cart.bound", [], undo: .kept, need: .nothing)
    case .totalsStated: .cart("totals.stated", [], undo: .kept, need: .nothing)
    case .cartMerged:
      .cart("cart.merged", [], undo: .kept, need: .openOrHeld, becomes: .merged)
    }
  }

  /// An event without content, to read one into.
  public var blank: DeclaredEvent {
    switch self {
    case .paymentAttempted: .payment(PaymentAttempt())
    case .cartSent: .sent(SentCart())
    case .cartBound: .bound(Binding())
    case .cartMerged: .merged(CartMerge())
    case .totalsStated: .stated(StatedTotals())
    }
  }

  public var example: DeclaredEvent {
    switch self {
    case .paymentAttempted: .payment(.example)
    case .cartSent: .sent(.example)
    case .cartBound: .bound(.example)
    case .cartMerged: .merged(.example)
    case .totalsStated: .stated(.example)
    }
  }
}

extension EventType {
  public static let paymentAttempted = EventType.declared(.paymentAttempted)
  public static let cartSent = EventType.declared(.cartSent)
  public static let cartBound = EventType.declared(.cartBound)
  public static let cartMerged = EventType.declared(.cartMerged)
  public static let totalsStated = EventType.declared(.totalsStated)
}
