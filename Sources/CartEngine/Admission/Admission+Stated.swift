import CartModel
import CartStorage
import CartSupport

/// What a file states: it did happen, so that what changes nothing is an event, too, and nothing is to be
/// done for it any more.
extension Admission {
  /// What a line's command would become; nothing is added.
  ///
  /// - Parameter compensating: whether it may go where a command may not, as what undo does.
  /// - Throws: `ModelError` where the cart cannot have come to it.
  func events(stated command: Command, on cart: Cart?, compensating: Bool = false)
    throws(ModelError) -> [EventBody]
  {
    try Self.events(stated: command, on: cart, statedSettings, shop, compensating: compensating)
  }

  /// - Parameter settings: those that the file recorded before the line; empty for the shop's.
  static func events(
    stated command: Command, on cart: Cart?, _ settings: Boxed<StoreSettings>, _ shop: Shop,
    compensating: Bool = false
  ) throws(ModelError) -> [EventBody] {
    var command = command
    if case .order(var request) = command, settings.value != nil {
      request.hasOwnSettings = true
      command = .order(request)
    }
    let events = try decide(
      command, on: cart, settings.value ?? shop.settings, compensating: compensating
    ).events
    guard events.isEmpty, let cart else { return events }
    return try command.unchanged(cart)
  }

  /// Adds decided events of a line to a cart.
  ///
  /// - Parameter command: nil for what is not decided again: the events of a mark.
  @discardableResult
  func add(
    _ events: [EventBody], of command: Command?, stated incoming: IncomingEvent,
    to entry: UnitOfWork.Entry, in operation: UnitOfWork.OperationSlot
  ) -> UnitOfWork.ImportedStep {
    let step = incoming.step(command, events, operation)
    step.settings = statedSettings
    unit.add(step, to: entry)
    return step
  }

  /// Makes a cart by the command of a line.
  func create(
    _ id: String, stated incoming: IncomingEvent, by command: Command,
    in operation: UnitOfWork.OperationSlot
  ) throws(ModelError) -> (entry: UnitOfWork.Entry, events: [EventBody]) {
    let events = try events(stated: command, on: nil)
    return (unit.create(id: id, incoming.step(command, events, operation)), events)
  }

  /// Adds an event of a line that belongs to no cart.
  func add(
    loose event: EventBody, stated incoming: IncomingEvent,
    in operation: UnitOfWork.OperationSlot
  ) {
    unit.add(loose: incoming.step(nil, [event], operation))
  }
}

extension Command {
  var isCreate: Bool { if case .create = self { true } else { false } }

  /// The event of a command that leaves the cart as it is.
  fileprivate func unchanged(_ cart: Cart) throws(ModelError) -> [EventBody] {
    switch self {
    case .setQuantity(let line, let quantity, _):
      return [.lineChanged(cart.lines[try cart.index(of: line)], quantity: quantity)]
    case .restate(let line, _):
      let line = cart.lines[try cart.index(of: line)]
      return [.lineRestated(line, line)]
    case .identify: return [.shopperIdentified([])]
    case .setAddress: return [.addressSet([])]
    case .setAttributes: return [.attributesSet([])]
    case .claim(let claim, _, _): return [.cartClaimed(before: cart.claim, claim)]
    case .release(let by, let now, _):
      throw ModelError(
        .notFound,
        "cart \(cart.id): nobody has claimed it, so that \(quoted(by)) cannot release it at \(now)")
    case .note(let note, let place): return [.cartNoted(note, at: place)]
    case .flag(let cause): return [.cartFlagged(cause)]
    case .unflag(let rule): return [.cartUnflagged(rule)]
    case .hold: throw ModelError(.notAllowed, "cart \(cart.id): is held already")
    case .create, .add, .remove, .applyCoupon, .removeCoupon, .order, .changeOrder, .delete,
      .restore,
      .removeNote, .declare:
      return []
    }
  }
}
