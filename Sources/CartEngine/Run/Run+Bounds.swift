import CartModel

/// What a run may do: as many carts as were confirmed, and what fits into memory.
extension Run {
  /// Counts a cart as changed.
  ///
  /// - Throws: `unconfirmed` where that is more than was confirmed; the run cannot end well then.
  func willChange(_ key: Int64) throws(EngineError) {
    guard !tally.changed.contains(key) else { return }
    let count = Int64(tally.changed.count + 1)
    switch consent {
    case _ where mode != .live: break
    case .refuse where count - Int64(tally.confirmed) > shop.settings.confirmAbove:
      throw refuse(
        EngineError(
          .unconfirmed,
          "this changes more than \(shop.settings.confirmAbove) carts and nobody confirmed it; "
            + "nothing was changed; run it with --yes, or with confirm=N"))
    case .upTo(let limit, let before) where count - before > limit:
      throw refuse(
        EngineError(
          .unconfirmed, "this changes more than the \(limit) carts that were confirmed"))
    default: break
    }
    tally.changed.insert(key)
  }

  /// Checks that what this run holds fits.
  ///
  /// - Parameter times: how often it is about to be held.
  /// - Throws: `refused`; the run cannot end well then, and nothing of it is saved.
  func checkMemory(times: Int = 1) throws(EngineError) {
    guard let bound = hooks.exceededBound?(times * unit.footprint) else { return }
    throw refuse(EngineError(.refused, Self.exceeds(bound)))
  }

  /// What is said when they take more than a bound.
  public static func exceeds(_ bound: Int) -> String {
    let megabytes = max(1, bound >> 20)
    return
      "memory: the changes that are not saved take more than \(megabytes) MB; nothing of them was "
      + "saved. Change fewer carts at a time, or allow more with --memory \(2 * megabytes)M"
  }

  /// An error that ends a bulk run, and is not just one cart's.
  public func end(with error: EngineError) -> EngineError {
    fatal = error
    return error
  }

  /// An error after which the run cannot end well.
  func refuse(_ error: EngineError) -> EngineError {
    refusal = error
    return end(with: error)
  }
}
