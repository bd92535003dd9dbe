import CartSupport

/// A payment that a shopper tried.
public struct PaymentAttempt: EventPayload {
  /// `declined`, or what else the store says.
  public var result = ""
  /// Why a card was declined, as the store says it.
  public var code = ""
  /// A keyed hash of the card, never a number.
  public var card = ""

  public init() {}

  public init(result: String, code: String = "", card: String) {
    (self.result, self.code, self.card) = (result, code, card)
  }

  public static let example = PaymentAttempt(
    result: "declined", code: "insufficient_funds", card: "9f86d081884c7d65")

  public var isDeclined: Bool { result == "declined" }

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(1, "result", &result, TextForm(limit: 64, isRequired: true))
    try coder.text(3, "code", &code, TextForm(limit: 64))
    try coder.text(2, "card", &card, TextForm(limit: 200))
  }

  public var words: String {
    "payment \(printable(result))" + (code.isEmpty ? "" : " (\(printable(code)))")
  }

  public func check(on cart: Cart) throws(ModelError) {
    for (name, text) in [("result", result), ("code", code), ("card", card)]
    where CardNumber.isWithin(text) {
      throw ModelError(
        .malformed,
        "\(name): looks like a card number, which is never stored"
          + (name == "card" ? "; give a keyed hash of it, as HMAC-SHA-256" : ""))
    }
  }
}
