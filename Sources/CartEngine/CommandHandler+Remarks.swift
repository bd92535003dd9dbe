import CartModel
import CartStore

/// What members of staff say to each other about a cart.
extension CommandHandler {
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
    let ttl = ttl ?? settings.claimFor
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
    guard let cart = try cart(key) else {
      throw EngineError(.notFound, "cart: it does not exist any more")
    }
    let note = Note(at: max(now, cart.updated), by: actor.person, text: text)
    return try execute(.note(note), on: key)
  }

  /// The keys of carts whose claim has not run out, as this run sees them.
  ///
  /// - Parameter person: whose; nil for anybody's.
  public func keys(claimedBy person: String?) throws(EngineError) -> [Int64] {
    func isMeant(_ cart: Cart) -> Bool {
      guard let claim = cart.claim(at: moment ?? now) else { return false }
      return person == nil || claim.by == person
    }
    var keys: [Int64]
    if moment != nil {
      var filter = Filter()
      filter.allowAnyStatus()
      keys = try self.keys(matching: filter)
    } else {
      do throws(StoreError) { keys = try shop.store.keys(claimedBy: person, at: now) } catch {
        throw EngineError(error)
      }
      let known = Set(keys)
      keys = unit.dirty.map(\.cart.key).filter { !known.contains($0) } + keys
    }
    var found: [Int64] = []
    for key in keys {
      if let cart = try cart(key), isMeant(cart) { found.append(key) }
    }
    return found
  }
}
