/// What an event of a cart says, where its members are declared.
public protocol EventPayload: Members {
  /// With all members, for help and tests.
  static var example: Self { get }
  /// What happened, in a few words; texts from outside are escaped for a terminal.
  var words: String { get }
  /// Checks what the forms of its members do not say.
  func check(on cart: Cart) throws(ModelError)
  func apply(to cart: inout Cart)
}

extension EventPayload {
  public func check(on cart: Cart) throws(ModelError) {}
  /// Most say something of the cart and change nothing of it.
  public func apply(to cart: inout Cart) {}
}
