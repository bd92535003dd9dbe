import CartSupport

/// A cart that was sent to its shopper.
public struct SentCart: EventPayload {
  public var to = ""
  public var note = ""

  public init() {}

  public init(to: String, note: String) { (self.to, self.note) = (to, note) }

  public static let example = SentCart(to: "a@example.com", note: "your cart")

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(3, "to", &to, TextForm(limit: 320, isPersonal: true))
    try coder.text(2, "note", &note, TextForm(limit: 2000, isPersonal: true))
  }

  public var words: String { "sent to \(printable(to))" }

  public func check(on cart: Cart) throws(ModelError) { try CardNumber.refuse(note, "note") }
}
