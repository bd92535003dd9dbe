import CartModel
import CartSupport

/// What a person, a rule or a policy cannot do to a cart that its store owns.
struct StoreCheck {
  /// - Throws: `refused`, with the reason.
  static func check(_ command: Command, on cart: Cart) throws(EngineError) {
    guard let binding = cart.binding else { return }
    switch command {
    case .order(let request) where !request.isFact:
      throw EngineError(
        .refused,
        "cart \(cart.id): is a cart of \(binding.storefront), which makes its orders itself; ordering "
          + "there is not supported yet")
    case .setQuantity(let line, _, _), .remove(let line, _):
      guard let index = try? cart.index(of: line), !cart.lines[index].facts.isMutable else {
        return
      }
      let reason = cart.lines[index].facts.isGift ? ": it is a gift of a promotion" : ""
      throw EngineError(
        .refused,
        "cart \(cart.id): \(binding.storefront) does not let \(cart.lines[index].fullLabel) be "
          + "changed\(reason)")
    default: return
    }
  }
}
