import CartModel
import CartStorage
import CartSupport

/// Admitting again, in the transaction that writes, what was decided on a cart that another process has
/// changed meanwhile.
extension Admission {
  /// What a step becomes on the cart as it is now.
  ///
  /// - Parameter cart: nil where it is not there.
  /// - Throws: `ModelError` where it does not fit any more.
  static func decided(
    again step: UnitOfWork.Step, on cart: Cart?, _ store: any StorageReads, _ shop: Shop
  ) throws -> Decided {
    guard let command = step.command else {
      guard let cart else { throw conflict(nil) }
      guard case .work(let again)? = step.again else { throw conflict(cart) }
      return try again(cart, store)
    }
    guard let imported = step.imported else { return try decide(command, on: cart, shop.settings) }
    if let cart {
      // The creation that followed from a first line: the cart is there, and that is all it wanted.
      if command.isCreate, imported.line == 0 { return Decided([]) }
      guard step.at >= cart.updated else {
        throw ModelError(
          .conflict, "at: \(step.at) is before the cart's last event, \(cart.updated)")
      }
    }
    if case .order(let request) = command, try store.key(order: request.id) != nil {
      throw ModelError(.conflict, "order \(quoted(request.id)): exists already")
    }
    return Decided(try events(stated: command, on: cart, imported.settings, shop))
  }

  static func conflict(_ cart: Cart?) -> ModelError {
    ModelError(
      .conflict, "cart \(cart?.id ?? ""): changed while this was worked out; do it again")
  }
}
