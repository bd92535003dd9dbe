import CartModel
import CartStorage

/// What members of staff say to each other about a cart.
extension Run {
  /// Claims a cart for this person for a while from now on, also where it is theirs already.
  ///
  /// - Parameters:
  ///   - ttl: how long from now; nil for the shop's usual time.
  ///   - takesOver: also where a colleague has claimed it.
  /// - Throws: `refused`, naming whose it is, for another's or for a time out of range.
  @discardableResult
  public func claim(_ key: Int64, ttl: Span? = nil, takesOver: Bool = false)
    throws(EngineError) -> Cart
  {
    let ttl = ttl ?? reader.settings.claimFor
    guard (1...Claim.longest.milliseconds).contains(ttl.milliseconds) else {
      throw EngineError(
        .refused, "claim: expected more than 0 s and at most \(Claim.longest), got \(ttl)")
    }
    let claim = Claim(by: actor.person, until: now.advanced(by: ttl.milliseconds))
    return try execute(.claim(claim, now: now, takesOver ? .takeOver : .ask), on: key)
  }

  /// Gives a claimed cart free.
  @discardableResult
  public func release(_ key: Int64, takesOver: Bool = false) throws(EngineError) -> Cart {
    try execute(
      .release(by: actor.person, now: now, takesOver ? .takeOver : .ask), on: key)
  }

  /// Writes something down about a cart, in this person's name.
  ///
  /// - Parameter text: at most 2000 bytes.
  @discardableResult
  public func write(note text: String, on key: Int64) throws(EngineError) -> Cart {
    guard let cart = try reader.cart(key) else {
      throw EngineError(.notFound, "cart: it does not exist any more")
    }
    let note = Note(at: max(now, cart.updated), by: actor.person, text: text)
    return try execute(.note(note), on: key)
  }
}
