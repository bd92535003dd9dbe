import CartSupport

/// A cart that its store joined into another one, as when a shopper signs in.
public struct CartMerge: EventPayload {
  /// The store's id of the other cart, which need not be known here.
  public var into = ""

  public init() {}

  public init(into: String) { self.into = into }

  public static let example = CartMerge(into: "97bc0002")

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(1, "into", &into, TextForm(limit: 255, isRequired: true))
  }

  public var words: String { "merged into the cart \(printable(into))" }

  public func check(on cart: Cart) throws(ModelError) {
    guard into != cart.id else {
      throw ModelError(.malformed, "into: the cart \(cart.id) cannot be merged into itself")
    }
  }

  public func apply(to cart: inout Cart) {
    guard cart.state != .ordered else { return }
    (cart.state, cart.heldBy, cart.mergedInto) = (.merged, nil, into)
  }
}
