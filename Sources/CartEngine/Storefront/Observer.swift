import CartModel
import CartStorage

/// Takes in what stores show: the difference from what was known becomes events.
///
/// A fact passes none of the checks of a person's command. What the shopper did is the shopper's, what
/// the store says is `sync`'s, and lists and rules judge once for each observation that holds an act.
public struct Observer {
  let run: Run
  /// The store's name, as carts have it.
  let storefront: String

  init(_ run: Run, _ storefront: String) { (self.run, self.storefront) = (run, storefront) }

  public enum Result: Equatable, Sendable {
    /// All of it was known.
    case unchanged
    /// An older version than the known one, or one of a cart that its store does not have any more.
    case late
    /// So many events were added.
    case changed(Int)
  }

  /// A look is saved where nothing changed only when the last one is older: a burst of them costs one row.
  public var lookInterval = Span(milliseconds: 60_000)

  /// Takes in what a look at a cart gave.
  ///
  /// - Parameters:
  ///   - id: the store's id of the cart.
  ///   - isSweep: whether a sweep asked for it, and nobody else.
  /// - Throws: `conflict` where the id is another storefront's cart; what saving throws.
  @discardableResult
  public func observe(_ id: String, _ seen: Seen, isSweep: Bool = false) throws(EngineError)
    -> Result
  {
    do {
      let result: Result
      switch seen {
      case .cart(let cart): result = try observe(cart, askedFor: id, isSweep: isSweep)
      case .gone(let gone): result = try observe(id, gone, isSweep: isSweep)
      }
      try run.flushIfDue()
      return result
    } catch { throw EngineError(error) }
  }

  /// - Parameter id: the id it was asked for; a store that made the cart anew answers with another one.
  private func observe(_ seen: SeenCart, askedFor id: String, isSweep: Bool) throws -> Result {
    guard let entry = try entry(named: seen.binding.storeID) ?? madeAnew(id) else {
      return try create(seen, isSweep: isSweep)
    }
    try checkOwner(entry.cart)
    guard try isCurrent(seen.binding.storeID, of: entry) else { return .late }
    var last = try look(of: entry)
    if isOther(seen.binding.storeID, of: entry) { last = last?.ofCartMadeAnew }
    guard last?.fate ?? .there == .there, !entry.cart.state.isOver else { return .late }
    let age = Age(seen, last)
    guard age != .older else { return .late }
    let waits = try Waiting(entry.cart, run)
    if let done = waits.answered(by: seen) {
      // A look decides where nobody knew whether the store had done it.
      try accept(done, entry.cart.key, seen)
      return .changed(1)
    }
    let observation = (waits.known ?? entry.cart).observation(
      of: seen, on: entry.cart, set: waits.setLines, onlyFigures: age == .same)
    if observation.isEmpty {
      try note(seen, entry, last, isSweep: isSweep, isPartial: observation.isPartial)
      return .unchanged
    }
    let events = try add(observation, seen, to: entry)
    try note(seen, entry, nil, isSweep: isSweep, isPartial: observation.isPartial)
    return .changed(events)
  }

  /// How a version is to the known one.
  private enum Age {
    case newer, same, older

    init(_ seen: SeenCart, _ last: StoreLook?) {
      guard let last else {
        self = .newer
        return
      }
      if let version = seen.version, let known = last.version {
        let isKnown = version == known && !last.isPartial
        self = isKnown ? .same : version < known ? .older : .newer
      } else {
        // Without versions nothing tells a change of the same moment from none.
        self = seen.updated < last.updated ? .older : .newer
      }
    }
  }

  // MARK: Adding

  /// A cart that is seen for the first time.
  private func create(_ seen: SeenCart, isSweep: Bool) throws -> Result {
    let maker: Actor = seen.binding.origin == .cartio ? .sync : .shopper
    let made = min(seen.created, seen.updated)
    let entry = create(seen.binding.storeID, seen.currency, seen.shopper, by: maker, at: made)
    let observation = entry.cart.observation(of: seen, on: entry.cart)
    let events = 1 + (try add(observation, seen, to: entry, by: maker, isFirst: true))
    try note(seen, entry, nil, isSweep: isSweep)
    return .changed(events)
  }

  func create(
    _ id: String, _ currency: Currency, _ shopper: [ShopperField: String], by maker: Actor,
    at time: Timestamp
  ) -> UnitOfWork.Entry {
    let fields = shopper.map { FieldChange($0.key, after: $0.key.normalised($0.value)) }
      .filter { !$0.after.isEmpty && !$0.field.isAddress }
    let body = EventBody.cartCreated(
      currency, fields.sorted { $0.field.rawValue < $1.field.rawValue })
    let entry = run.admission.create(
      id, Decided([body]), of: .recorded(body), from: origin(maker, time))
    run.count([body])
    return entry
  }

  /// - Parameters:
  ///   - maker: who did what the store shows.
  ///   - isFirst: whether lists and rules judge it also without an act.
  @discardableResult
  func add(
    _ observation: Observation, _ seen: SeenCart, to entry: UnitOfWork.Entry,
    by maker: Actor = .shopper, isFirst: Bool = false, answering: [Int64] = []
  ) throws -> Int {
    try run.checkMemory()
    let at = min(seen.updated, run.now)
    try add(observation.facts, to: entry, from: origin(.sync, at))
    let before = entry.cart.version
    try add(observation.acts, to: entry, from: origin(maker, at))
    var count = observation.facts.count + observation.acts.count
    if var totals = observation.totals {
      // What the store made of a change of ours needs no answer of its own.
      let made =
        maker.isShopper || maker.reports ? [] : Array((before + 1)..<(entry.cart.version + 1))
      totals.answers = (answering + made).map { StatedTotals.Answer($0) }
      try add([.declared(.stated(totals))], to: entry, from: origin(.sync, at))
      count += 1
    }
    let hasActs = maker.isShopper && observation.acts.contains { $0.isJudged }
    if hasActs || isFirst && maker.isShopper { try run.guard.judge(entry) }
    return count
  }

  func add(
    _ events: [EventBody], to entry: UnitOfWork.Entry, from origin: Admission.Origin
  ) throws {
    guard !events.isEmpty else { return }
    let proposal = Admission.Proposal.observed(Decided(events))
    try run.admission.admit(proposal, to: entry, from: origin.noEarlier(than: entry.cart))
    run.count(events)
  }

  func origin(_ actor: Actor, _ time: Timestamp) -> Admission.Origin {
    Admission.Origin(
      run.slots.sync(storefront, at: run.now), actor: actor, at: min(time, run.now))
  }

  /// Says that the figures answer changes of ours.
  func answer(_ versions: [Int64], _ entry: UnitOfWork.Entry) throws {
    var totals =
      try entry.cart.stated ?? StatedTotals(entry.cart.price(run.shop.settings))
    totals.keepBases(of: entry.cart)
    totals.answers = versions.map { StatedTotals.Answer($0) }
    try add([.declared(.stated(totals))], to: entry, from: origin(.sync, run.now))
  }

  /// Says that a cart goes by another id in its store, as one that was made there anew.
  ///
  /// - Throws: `conflict` where another cart has the id.
  public func bind(_ key: Int64, _ binding: Binding) throws(EngineError) {
    do {
      if let other = try run.unit.key(named: binding.storeID), other != key {
        throw EngineError(.conflict, "cart \(binding.storeID): another cart has this id")
      }
      guard let entry = try run.unit.entry(key), entry.cart.binding != binding else { return }
      let last = isOther(binding.storeID, of: entry) ? try look(of: entry) : nil
      try add([.declared(.bound(binding))], to: entry, from: origin(.sync, run.now))
      if let last { run.looks.note(last.ofCartMadeAnew, of: entry) }
    } catch { throw EngineError(error) }
  }

  // MARK: Gone

  private func observe(_ id: String, _ gone: Seen.Gone, isSweep: Bool) throws -> Result {
    guard let entry = try entry(named: id), try isCurrent(id, of: entry) else { return .late }
    try checkOwner(entry.cart)
    let last = try look(of: entry)
    guard last?.fate ?? .there == .there, !entry.cart.state.isOver else { return .late }
    let known = try Waiting(entry.cart, run).known ?? entry.cart
    let before = entry.cart.version
    let fate: StoreLook.Fate
    switch gone {
    case .ordered(let id, let total):
      let sum = try total?.amount(1, entry.cart.currency) ?? known.price(run.shop.settings).total
      try end(entry, orderedAs: id, known.lines.map { OrderLine($0) }, sum, at: run.now)
      fate = .ordered
    case .deleted:
      try delete(entry)
      fate = .deleted
    case .expired:
      // A status of its own, which follows from the clock.
      if entry.cart.status(at: run.now, run.shop.settings) != .expired { try delete(entry) }
      fate = .expired
    case .merged(let into):
      try merge(entry, into: into)
      fate = .merged
    }
    try noteGone(entry, fate)
    let events = entry.cart.version - before
    return events == 0 ? .unchanged : .changed(Int(events))
  }

  private func delete(_ entry: UnitOfWork.Entry) throws {
    guard entry.cart.state != .deleted else { return }
    try add([.cartDeleted(before: entry.cart.state)], to: entry, from: origin(.sync, run.now))
  }

  private func merge(_ entry: UnitOfWork.Entry, into other: String) throws {
    try add(
      [.declared(.merged(CartMerge(into: other)))], to: entry, from: origin(.sync, run.now))
  }

  /// Notes that the store does not have a cart any more.
  func noteGone(_ entry: UnitOfWork.Entry, _ fate: StoreLook.Fate) throws {
    if entry.cart.isPending {
      // There is nothing left that the store could answer.
      try answer(entry.cart.waiting, entry)
    }
    let last = try look(of: entry)
    run.looks.note(
      StoreLook(
        version: last?.version, updated: last?.updated ?? run.now, seen: run.now, swept: run.now,
        fate: fate), of: entry)
  }
}
