import CartModel
import CartStorage

/// The one place that turns a proposal into events: decides it on the cart as a unit of work sees it, and
/// adds what it becomes as a step.
///
/// Commands of people, scripts, rules and policies, the stated events of a file or a plan, what undo works
/// out and what a replay re-executes all come through here. Whether anybody must confirm it, what it
/// counts as, and who judges it afterwards is the caller's.
struct Admission {
  let shop: Shop
  let unit: UnitOfWork
  /// Those that a file recorded, by which its later lines are decided; empty for the shop's.
  var statedSettings = Boxed<StoreSettings>()

  /// Those that a line of a file is decided by.
  var settings: StoreSettings { statedSettings.value ?? shop.settings }

  init(_ shop: Shop, _ unit: UnitOfWork) { (self.shop, self.unit) = (shop, unit) }

  /// By whom something is proposed, when, and as part of which operation.
  struct Origin {
    var actor: Actor
    var at: Timestamp
    var operation: UnitOfWork.OperationSlot
    /// Of the first event, where it is stored at most once; nil where one is made.
    var key: EventKey?

    init(
      _ operation: UnitOfWork.OperationSlot, actor: Actor? = nil, at time: Timestamp,
      key: EventKey? = nil
    ) {
      (self.operation, self.key) = (operation, key)
      self.actor = actor ?? operation.operation.actor
      at = time
    }

    /// A cart's time never goes back.
    func noEarlier(than cart: Cart) -> Origin {
      var origin = self
      origin.at = max(at, cart.updated)
      return origin
    }
  }

  enum Proposal {
    /// A command; it is decided again where another process changes the cart meanwhile.
    case command(Command)
    /// What a plan states, which fits only the cart that it was worked out on.
    case planned(Command, compensating: Bool)
    /// What undo made of a cart's history; worked out anew where another process changes the cart.
    case reversal(Decided, again: UnitOfWork.Step.Work)
    /// What a store showed. Where another process changes the cart meanwhile it is left out: the next look
    /// shows it again.
    case observed(Decided)
    /// What did happen, as an event log has it.
    case recorded(EventBody)
  }

  // MARK: Carts

  /// What a proposal would become; nothing is added.
  ///
  /// - Parameter cart: nil for one that does not exist yet.
  /// - Throws: `ModelError` where it cannot be admitted.
  func decided(_ proposal: Proposal, on cart: Cart?) throws(ModelError) -> Decided {
    switch proposal {
    case .command(let command): try decide(command, on: cart, shop.settings)
    case .planned(let command, let compensating):
      try decide(command, on: cart, shop.settings, compensating: compensating)
    case .reversal(let decided, _), .observed(let decided): decided
    // What it called for was done then.
    case .recorded(let event): Decided([event])
    }
  }

  /// Adds what was decided to a cart.
  func add(
    _ decided: Decided, of proposal: Proposal, to entry: UnitOfWork.Entry, from origin: Origin
  ) {
    unit.add(step(decided, of: proposal, origin), to: entry)
  }

  /// Decides a proposal and adds what it becomes.
  ///
  /// - Returns: the events; none where nothing changes.
  @discardableResult
  func admit(_ proposal: Proposal, to entry: UnitOfWork.Entry, from origin: Origin)
    throws(ModelError) -> [EventBody]
  {
    let decided = try decided(proposal, on: entry.cart)
    if !decided.events.isEmpty { add(decided, of: proposal, to: entry, from: origin) }
    return decided.events
  }

  /// Makes a cart of what was decided.
  func create(
    _ id: String, _ decided: Decided, of proposal: Proposal, from origin: Origin
  ) -> UnitOfWork.Entry {
    unit.create(id: id, step(decided, of: proposal, origin))
  }

  private func step(_ decided: Decided, of proposal: Proposal, _ origin: Origin)
    -> UnitOfWork.Step
  {
    let again: UnitOfWork.Step.Again?
    switch proposal {
    case .command(let command): again = .command(command)
    case .reversal(_, let work): again = .work(work)
    case .planned, .recorded, .observed: again = nil
    }
    return UnitOfWork.Step(
      decided, actor: origin.actor, at: origin.at, operation: origin.operation, key: origin.key,
      again: again)
  }

  // MARK: Lists, rules, catalogue and settings

  /// Adds steps again that belong to no cart, after all that was gathered was taken out.
  func add(again steps: [UnitOfWork.Step]) {
    for step in steps { unit.add(loose: step) }
  }

  /// Adds events that belong to no cart.
  ///
  /// - Parameter key: of the stored cart that a decision is about; 0 where it is found by its id.
  func add(loose events: [EventBody], from origin: Origin, about key: Int64 = 0) {
    guard !events.isEmpty else { return }
    unit.add(
      loose: UnitOfWork.Step(
        Decided(events), actor: origin.actor, at: origin.at, operation: origin.operation,
        about: key))
  }
}
