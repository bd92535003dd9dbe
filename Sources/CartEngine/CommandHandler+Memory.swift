import CartModel

/// What is not saved is held in memory, which has a bound.
extension CommandHandler {
  /// Checks that what this run holds fits.
  ///
  /// - Parameter times: how often it is about to be held.
  /// - Throws: `refused`; the run cannot end well then, and nothing of it is saved.
  func checkMemory(times: Int = 1) throws(EngineError) {
    guard let bound = exceededBound?(times * unit.footprint) else { return }
    let error = EngineError(.refused, Self.exceeds(bound))
    refusal = error
    throw fatal(error)
  }

  /// About how many bytes the changes take that are not saved.
  public var unsavedBytes: Int { unit.footprint }

  /// What is said when they take more than a bound.
  public static func exceeds(_ bound: Int) -> String {
    let megabytes = max(1, bound >> 20)
    return
      "memory: the changes that are not saved take more than \(megabytes) MB; nothing of them was "
      + "saved. Change fewer carts at a time, or allow more with --memory \(2 * megabytes)M"
  }
}
