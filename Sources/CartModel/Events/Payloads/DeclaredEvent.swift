/// An event of a cart whose payload declares its members: all that a new one needs stands here and
/// with its payload.
public enum DeclaredEvent: Equatable, Sendable {
  case payment(PaymentAttempt)
  case sent(SentCart)

  public var type: DeclaredType {
    switch self {
    case .payment: .paymentAttempted
    case .sent: .cartSent
    }
  }

  public var payload: any EventPayload {
    switch self {
    case .payment(let payload): payload
    case .sent(let payload): payload
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
    }
  }
}

/// The type of such an event; its number is what the event log holds: never change one.
public enum DeclaredType: UInt8, CaseIterable, Sendable {
  case paymentAttempted = 9
  case cartSent = 17

  public var traits: EventTraits {
    switch self {
    case .paymentAttempted:
      .cart("payment.attempted", [.judged, .wakes, .shared], need: .notDeleted)
    case .cartSent: .cart("cart.sent", [.wakes], undo: .final, handover: .sent)
    }
  }

  /// An event without content, to read one into.
  public var blank: DeclaredEvent {
    switch self {
    case .paymentAttempted: .payment(PaymentAttempt())
    case .cartSent: .sent(SentCart())
    }
  }

  public var example: DeclaredEvent {
    switch self {
    case .paymentAttempted: .payment(.example)
    case .cartSent: .sent(.example)
    }
  }
}

extension EventType {
  public static let paymentAttempted = EventType.declared(.paymentAttempted)
  public static let cartSent = EventType.declared(.cartSent)
}
