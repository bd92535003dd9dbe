import CartEngine
import CartModel
import CartSupport
import Synchronization

/// A store in memory whose shoppers a test moves, with a real store's faults: it owns its carts, prices
/// them its own way, gives new ids, and answers late or not at all.
public final class ScriptedStore: Storefront {
  public let name: String
  public let abilities: StorefrontAbilities
  private let state: Mutex<ScriptedState>

  public init(
    _ name: String = "bigcommerce",
    _ abilities: StorefrontAbilities = [.versions, .hooks, .delete, .ownPrices, .orders],
    seed: UInt64, at time: Timestamp
  ) {
    (self.name, self.abilities) = (name, abilities)
    state = Mutex(ScriptedState(random: SeededRandom(seed: seed), now: time))
  }

  // MARK: What a test does

  /// Sets how many answers of a hundred go wrong.
  public func fail(lost: Int, stale: Int, refused: Int) {
    state.withLock { ($0.lost, $0.stale, $0.refused) = (lost, stale, refused) }
  }

  public func advance(_ milliseconds: Int64) {
    state.withLock { $0.now = $0.now.advanced(by: milliseconds) }
  }

  /// The ids of carts that it has.
  public var ids: [String] {
    state.withLock { state in state.ids.filter { state.carts[$0] != nil } }
  }

  /// Lets a shopper, or the store, do something.
  ///
  /// - Returns: the ids of the carts that a look at would show something new.
  @discardableResult
  public func act() -> [String] {
    state.withLock { $0.act(versions: abilities.contains(.versions)) }
  }

  /// Makes a cart anew, as where it is put back; its versions begin anew.
  ///
  /// - Returns: its new id; nil for a cart that is gone.
  public func remake(_ id: String) -> String? { state.withLock { $0.rename(id) } }

  /// What it has now of a cart, without a fault; nil for one that is gone.
  public func truth(_ id: String) -> SeenCart? {
    state.withLock {
      $0.carts[$0.current(id)].map { $0.cart.seen(name, versions: abilities.contains(.versions)) }
    }
  }

  public func fate(_ id: String) -> Seen.Gone? { state.withLock { $0.gone[$0.current(id)] } }

  /// The id that it called a cart by first.
  public func first(_ id: String) -> String {
    state.withLock { state in
      var id = id
      while let former = state.renamed.first(where: { $0.value == id })?.key { id = former }
      return id
    }
  }

  /// The id that it calls a cart by now.
  public func current(_ id: String) -> String { state.withLock { $0.current(id) } }

  // MARK: A storefront

  public func look(_ id: String, isGone: Bool) throws(StorefrontError) -> Seen {
    let seen: Seen?? = state.withLock { state in
      if state.random.chance(state.lost) { return nil }
      let id = state.current(id)
      if let gone = state.gone[id] { return .some(.gone(gone)) }
      guard let kept = state.carts[id] else { return .some(nil) }
      if state.random.chance(state.stale), let old = kept.shown.first { return .cart(old) }
      let now = kept.cart.seen(name, versions: abilities.contains(.versions))
      state.carts[id]?.shown.append(now)
      if kept.shown.count > 4 { state.carts[id]?.shown.removeFirst() }
      return .cart(now)
    }
    guard let seen else { throw StorefrontError(.unavailable, "no answer") }
    guard let seen else { throw StorefrontError(.notFound, "no cart has the id \(id)") }
    return seen
  }

  public func changed(since time: Timestamp) throws(StorefrontError) -> [String] {
    guard abilities.contains(.list) else {
      throw StorefrontError(.unsupported, "\(name) cannot list carts")
    }
    return state.withLock { state in
      state.ids.filter { id in
        state.gone[id] != nil || state.carts[id].map { $0.cart.updated >= time } ?? false
      }
    }
  }

  public func send(_ request: StoreRequest, base: Int64?) throws(StorefrontError) -> StoreAnswer {
    state.withLock { state in
      if let known = state.done[request.key] { return known }
      let id = state.current(request.cart)
      guard var kept = state.carts[id] else {
        return state.gone[id].map { .accepted(.gone($0)) } ?? .refused("no such cart")
      }
      if let base, abilities.contains(.versions), base != kept.cart.version { return .conflict }
      if state.random.chance(state.refused) { return .refused("out of stock") }
      var isDeleted = false
      for edit in request.edits {
        if edit == .delete { isDeleted = true } else { kept.cart.take(edit, &state.made) }
      }
      if isDeleted || kept.cart.lines.isEmpty {
        state.carts[id] = nil
        state.gone[id] = .deleted
        state.done[request.key] = .accepted(.gone(.deleted))
        return .accepted(.gone(.deleted))
      }
      kept.cart.change(at: state.now)
      state.carts[id] = kept
      let answer = StoreAnswer.accepted(
        .cart(kept.cart.seen(name, versions: abilities.contains(.versions))))
      state.done[request.key] = answer
      return state.random.chance(state.lost) ? .doubtful : answer
    }
  }
}
