import CartModel
import CartStore

/// An event that came, with its identity.
struct Arrival {
  let event: StatedEvent
  let key: EventKey
  /// The id that the file gave it, where that is not the key.
  let origin: String
  /// Where it stands in the file; 0 for what follows from another line.
  let line: Int

  init(_ event: StatedEvent, _ key: EventKey, line: Int) {
    self.event = event
    self.key = key
    origin = event.id.isEmpty || EventKey(event.id) != nil ? "" : event.id
    self.line = line
  }

  private init(creationFor arrival: Arrival) {
    event = arrival.event
    let made = Digest.key(of: "created:" + hexadecimal(arrival.key.bytes))
    key = EventKey(at: event.at, made.high, made.low)
    origin = ""
    line = 0
  }

  /// The creation of a cart that this event is the first of.
  var creation: Arrival { Arrival(creationFor: self) }

  func step(
    _ command: Command?, _ events: [EventBody], _ operation: UnitOfWork.OperationSlot
  ) -> UnitOfWork.ImportedStep {
    .init(
      command: command, events: events, actor: event.actor ?? .shopper, at: event.at,
      operation: operation, key: key, origin: origin, line: line, type: event.type)
  }
}

/// What an event does to the unit of work.
extension EventImport {
  /// - Returns: why the event cannot be taken in; nil when it was.
  func land(_ arrival: Arrival) throws(EngineError) -> String? {
    do {
      switch arrival.event.payload {
      case .cart(let name, let command, let currency):
        return try land(arrival, cart: name, command, currency)
      case .order(let order, let state, let total):
        guard let cart = try unit.key(order: order), let entry = try unit.entry(cart) else {
          return "order \(quoted(order)): unknown"
        }
        var sum: Money?
        if let total { sum = try Money(total, entry.cart.currency) }
        return try land(arrival, .changeOrder(state, total: sum), on: entry)
      case .undone(let name, let target, let redo):
        try flushAll()
        guard let entry = try entry(named: name) else {
          return "cart \(quoted(name)): unknown"
        }
        // A dry run has given nothing a number.
        let dry = options.dry && groups[target] != nil ? Int64(0) : nil
        guard let id = try store.operation(key: target) ?? dry else {
          return "target \(quoted(target)): unknown operation"
        }
        let slot = try slot(for: arrival.event, kind: redo ? .redo : .undo, target: id)
        guard slot.operation.kind == .undo || slot.operation.kind == .redo else {
          return "operation.undone: expected a group of its own"
        }
        let marker = redo ? EventBody.operationRedone(target: id) : .operationUndone(target: id)
        unit.add(arrival.step(nil, [marker], slot), to: entry)
        return nil
      case .product(let product):
        let before = try unit.product(product.sku)
        try addLoose(.productUpserted(before: before, after: product), arrival)
      case .customer(let name, let fields):
        let changes = fields.map { FieldChange($0.key, after: $0.value) }
          .sorted { $0.field.rawValue < $1.field.rawValue }
        try addLoose(.customerUpserted(key: name, changes), arrival)
      case .entry(var entry, let isRemoved):
        // Without a name of its own an entry is known by what it says.
        if entry.id.isEmpty {
          let made = hexadecimal(
            Digest.key(of: "\(entry.list.name):\(entry.pattern.text)").bytes)
          entry.id = try unit.entries(about: entry).first?.id ?? made
        }
        let known = try unit.entry(id: entry.id)
        if isRemoved {
          guard let known else {
            return "entry: not on the \(entry.list.name): \(entry.pattern.text)"
          }
          entry = known
        } else if let known, known != entry {
          return "entry \(quoted(entry.id)): is another one already"
        }
        try addLoose(isRemoved ? .entryRemoved(entry) : .entryAdded(entry), arrival)
      case .rules(let body):
        if let words = try ruleCheck.refusal(of: body, store) { return words }
        try addLoose(body, arrival)
      case .settings(let text):
        try addLoose(
          .settingsChanged(before: shop.recordedSettings, after: text), arrival)
        shop.recorded(text)
      }
      return nil
    } catch { throw EngineError(error) }
  }

  private func addLoose(_ body: EventBody, _ arrival: Arrival) throws {
    unit.add(loose: arrival.step(nil, [body], try slot(for: arrival.event)))
  }

  private func land(
    _ arrival: Arrival, cart name: String, _ command: Command, _ currency: Currency?
  ) throws -> String? {
    if let entry = try entry(named: name) {
      if let currency, currency != entry.cart.currency, !command.isCreate {
        return "currency: the cart's is \(entry.cart.currency), got \(currency)"
      }
      return try land(arrival, command, on: entry)
    }
    switch command {
    case .create(let currency, let fields):
      try create(name, currency, fields, arrival)
      return nil
    case .add:
      // Decided first on an empty cart, so that a refused line leaves no cart behind.
      let own = currency ?? shop.settings.currency
      var blank = Cart(key: 0, id: name, currency: own, at: arrival.event.at)
      blank.version = 1
      _ = try decide(command, on: blank, shop.settings)
      let entry = try create(name, own, [:], arrival.creation)
      return try land(arrival, command, on: entry)
    default: return "cart \(quoted(name)): unknown"
    }
  }

  private func entry(named name: String) throws -> UnitOfWork.Entry? {
    if let latest, latest.name == name { return latest.entry }
    guard let cart = try unit.key(named: name), let entry = try unit.entry(cart) else {
      return nil
    }
    latest = (name, entry)
    return entry
  }

  @discardableResult
  private func create(
    _ name: String, _ currency: Currency, _ fields: [ShopperField: String],
    _ arrival: Arrival
  ) throws -> UnitOfWork.Entry {
    let command = Command.create(currency, fields)
    let events = try decide(command, on: nil, shop.settings)
    let entry = unit.create(
      id: name, arrival.step(command, events, try slot(for: arrival.event)))
    try judge(entry, arrival.event.at)
    return entry
  }

  private func land(
    _ arrival: Arrival, _ command: Command, on entry: UnitOfWork.Entry
  ) throws -> String? {
    guard arrival.event.at >= entry.cart.updated else {
      return "at: \(arrival.event.at) is before the cart's last event, \(entry.cart.updated)"
    }
    let slot = try slot(for: arrival.event)
    let compensating = slot.operation.kind == .undo || slot.operation.kind == .redo
    if case .order(let request) = command, !request.id.isEmpty,
      try unit.key(order: request.id) != nil
    {
      return "order \(quoted(request.id)): exists already"
    }
    // What the store reports of a cart that was just taken out of sale here did happen all the same.
    let isHeldLive = options.live && entry.cart.heldBy != nil
    var events = try decide(
      command, on: entry.cart, shop.settings, compensating: compensating || isHeldLive)
    // An event that changes nothing did happen all the same: a quantity set to what it was.
    if events.isEmpty { events = try command.unchanged(entry.cart) }
    unit.add(arrival.step(compensating ? nil : command, events, slot), to: entry)
    if !compensating, command.mayBeJudged { try judge(entry, arrival.event.at) }
    return nil
  }

  /// The operation that an event belongs to: the import, or the group that the file names.
  private func slot(
    for event: StatedEvent, kind: Operation.Kind = .foreign, target: Int64? = nil
  ) throws -> UnitOfWork.OperationSlot {
    guard !event.group.isEmpty else { return slot }
    if let known = groups[event.group] { return known }
    let made = UnitOfWork.OperationSlot(
      Operation(
        key: event.group, actor: event.actor ?? .shopper, kind: kind, command: "", at: event.at,
        target: target, reason: event.reason), parent: slot)
    made.id = try store.operation(key: event.group)
    if let id = made.id, let stored = try store.operation(id) {
      made.operation = stored
      made.carts = Set(try store.carts(of: stored))
    }
    groups[event.group] = made
    return made
  }
}

extension Command {
  var isCreate: Bool { if case .create = self { true } else { false } }

  /// The event of a command that leaves the cart as it is.
  func unchanged(_ cart: Cart) throws(ModelError) -> [EventBody] {
    switch self {
    case .setQuantity(let line, let quantity, _):
      return [.lineChanged(cart.lines[try cart.index(of: line)], quantity: quantity)]
    case .identify: return [.shopperIdentified([])]
    case .setAddress: return [.addressSet([])]
    case .claim(let claim, _, _): return [.cartClaimed(before: cart.claim, claim)]
    case .release(let by, let now, _):
      throw ModelError(
        .notFound,
        "cart \(cart.id): nobody has claimed it, so that \(quoted(by)) cannot release it at \(now)")
    case .note(let note, let place): return [.cartNoted(note, at: place)]
    default: return []
    }
  }
}
