import CartModel
import CartStorage

/// Carts by the ids of their store, and when it was last seen to have them so.
extension Observer {
  func entry(named id: String) throws -> UnitOfWork.Entry? {
    guard let key = try run.unit.key(named: id) else { return nil }
    return try run.unit.entry(key)
  }

  /// The cart that its store answers another id for; one that is over stays as it is.
  func madeAnew(_ id: String) throws -> UnitOfWork.Entry? {
    guard let entry = try entry(named: id), !entry.cart.state.isOver else { return nil }
    return entry
  }

  /// Whether a cart's store calls it so now: what it says under a former id came late.
  ///
  /// An id that is not known yet is a newer one.
  func isCurrent(_ id: String, of entry: UnitOfWork.Entry) throws -> Bool {
    guard isOther(id, of: entry) else { return true }
    return try run.unit.key(named: id) == nil
  }

  /// Whether its store called a cart by another id so far.
  func isOther(_ id: String, of entry: UnitOfWork.Entry) -> Bool {
    entry.cart.binding.map { $0.storeID != id } ?? false
  }

  func checkOwner(_ cart: Cart) throws(EngineError) {
    guard let binding = cart.binding, binding.storefront != storefront else { return }
    throw EngineError(
      .conflict,
      "cart \(cart.id): is a cart of \(binding.storefront), and \(storefront) shows one of this id")
  }

  func look(of entry: UnitOfWork.Entry) throws -> StoreLook? {
    if let look = run.looks[entry] { return look }
    guard entry.cart.key > 0 else { return nil }
    return try run.shop.store.look(of: entry.cart.key)
  }

  /// - Parameter last: the look before, where nothing changed since; nil where this one is to be saved.
  func note(
    _ seen: SeenCart, _ entry: UnitOfWork.Entry, _ last: StoreLook?, isSweep: Bool,
    isPartial: Bool = false
  ) throws {
    if let last, last.version == seen.version, last.isPartial == isPartial,
      run.now.milliseconds - (isSweep ? last.swept : last.seen).milliseconds
        < lookInterval.milliseconds
    {
      return
    }
    let swept = isSweep ? run.now : try look(of: entry)?.swept ?? run.now
    run.looks.note(
      StoreLook(
        version: seen.version, updated: min(seen.updated, run.now), seen: run.now, swept: swept,
        isPartial: isPartial),
      of: entry)
    entry.cart.asOf = run.now
  }
}
