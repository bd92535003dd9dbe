import CartModel
import CartStorage
import CartSupport

/// What an event does to the unit of work.
extension ImportAdmission {
  func admit(_ incoming: IncomingEvent, _ text: () -> String) throws(EngineError) -> ImportOutcome {
    do {
      switch incoming.event.payload {
      case .cart(let name, let command, let currency):
        return try admit(incoming, cart: name, command, currency, text)
      case .ordered(let name, let order, let currency):
        let cart = try entry(named: name)?.cart.currency
        let own = cart.flatMap { currency?.code ?? $0.code == $0.code ? $0 : nil } ?? currency
        return try admit(
          incoming, cart: name, try order.command(in: own ?? self.currency), currency,
          text)
      case .order(let order, let state, let total, let name):
        guard let cart = try unit.key(order: order), let entry = try unit.entry(cart) else {
          return .rejected("order \(quoted(order)): unknown")
        }
        guard try name.isEmpty || unit.key(named: name) == cart else {
          return .rejected(
            "order \(quoted(order)): is of the cart \(quoted(entry.cart.id)), got \(quoted(name))")
        }
        var sum: Money?
        if let total { sum = try Money(total, entry.cart.currency) }
        return try admit(incoming, .changeOrder(state, total: sum), on: entry, text)
      case .undone(let name, let target, let groups, let redo):
        return try admit(
          mark: incoming, cart: name, target: target, groups: groups, redo: redo, text)
      case .product(let product):
        let before = try unit.product(product.sku)
        try addLoose(.productUpserted(before: before, after: product), incoming)
      case .customer(let name, let fields):
        for (field, text) in fields {
          do throws(ModelError) { try field.refuseCard(text) } catch {
            return .rejected(error.message)
          }
        }
        let changes = fields.map { FieldChange($0.key, after: $0.value) }
          .sorted { $0.field.rawValue < $1.field.rawValue }
        try addLoose(.customerUpserted(key: name, changes), incoming)
        tally.countUnchecked([.shopperIdentified(changes)])
      case .entry(let entry, let isRemoved): return try admit(entry, isRemoved, incoming)
      case .rules(let event):
        if let words = try ruleCheck.refusal(of: event, store) { return .rejected(words) }
        if let words = try refusal(again: incoming) { return .rejected(words) }
        try addLoose(event.body, incoming)
      case .settings(let text):
        try follow(settings: text)
        try addLoose(
          .settingsChanged(before: shop.recordedSettings, after: text), incoming)
        if !options.isDry { shop.recorded(text) }
      }
      return .imported
    } catch { throw EngineError(error) }
  }

  private func admit(_ stated: ListEntry, _ isRemoved: Bool, _ incoming: IncomingEvent) throws
    -> ImportOutcome
  {
    var entry = stated
    // Without a name of its own an entry is known by what it says.
    if entry.id.isEmpty {
      let made = hexadecimal(
        Digest.key(of: "\(entry.list.name):\(entry.pattern.text)").bytes)
      entry.id = try unit.entries(about: entry).first?.id ?? made
    }
    let known = try unit.entry(id: entry.id)
    if isRemoved {
      guard let known else {
        return .rejected("entry: not on the \(entry.list.name): \(entry.pattern.text)")
      }
      guard known.list == entry.list, known.pattern == entry.pattern else {
        return .rejected(
          "entry \(quoted(entry.id)): is \(known.pattern.text) on the \(known.list.name), "
            + "not \(entry.pattern.text) on the \(entry.list.name)")
      }
      entry = known
    } else if let known, known != entry {
      return .rejected("entry \(quoted(entry.id)): is another one already")
    }
    if let words = try refusal(again: incoming) { return .rejected(words) }
    try addLoose(isRemoved ? .entryRemoved(entry) : .entryAdded(entry), incoming)
    return .imported
  }

  private func addLoose(_ body: EventBody, _ incoming: IncomingEvent) throws {
    var slot = try operations.slot(for: incoming.event)
    // A group is known as an undo by its marks, which stand before what it did to no cart.
    if slot.operation.kind.isReversal, !slot.isMarked { slot = operations.own }
    admission.add(loose: body, stated: incoming, in: slot)
  }

  private func admit(
    _ incoming: IncomingEvent, cart name: String, _ command: Command, _ currency: Currency?,
    _ text: () -> String
  ) throws -> ImportOutcome {
    if let entry = try entry(named: name) {
      // A decimal is the same amount however many decimals the cart has.
      if let currency, currency.code != entry.cart.currency.code, !command.isCreate {
        return .rejected("currency: the cart's is \(entry.cart.currency), got \(currency)")
      }
      return try admit(incoming, command, on: entry, text)
    }
    switch command {
    case .create:
      try create(name, command, incoming)
      return .imported
    case .add:
      // Decided first on an empty cart, so that a refused line leaves no cart behind.
      let own = currency ?? self.currency
      var blank = Cart(key: 0, id: name, currency: own, at: incoming.event.at)
      blank.version = 1
      _ = try admission.events(stated: command, on: blank)
      let key = try keys.derive("created", from: incoming.key, at: incoming.event.at)
      let entry = try create(
        name, .create(own, [:]), IncomingEvent(creationFor: incoming.event, key))
      tally.report.lines.newCarts += 1
      return try admit(incoming, command, on: entry, text)
    default: return .rejected("cart \(quoted(name)): unknown")
    }
  }

  /// Why a line that fits is rejected all the same: an import has rejected it, and no other one has
  /// changed what it is about since. Nil where it is to be imported.
  ///
  /// - Parameter entry: its cart; nil for lists and rules.
  func refusal(again incoming: IncomingEvent, on entry: UnitOfWork.Entry? = nil) throws -> String? {
    guard let rejection = try keys.rejection(of: incoming.lineKey) else { return nil }
    let isLatest: Bool
    if let entry {
      isLatest = try entry.isIdle && store.isLatest(rejection, on: entry.cart.key)
    } else {
      isLatest = try store.isLatestOfLists(rejection)
    }
    guard isLatest else { return nil }
    let thing = entry.map { "cart \($0.cart.id)" } ?? "the lists and rules"
    return "operation \(rejection.operation) rejected this line, and no import has changed "
      + "\(thing) since"
  }

  func late(_ event: StatedEvent, _ cart: Cart) -> String {
    "at: \(event.at) is before the cart's last event, \(cart.updated)"
  }

  func entry(named name: String) throws -> UnitOfWork.Entry? {
    if let latest, latest.name == name { return latest.entry }
    guard let cart = try unit.key(named: name), let entry = try unit.entry(cart) else {
      return nil
    }
    latest = (name, entry)
    return entry
  }

  @discardableResult
  private func create(
    _ name: String, _ command: Command, _ incoming: IncomingEvent
  ) throws -> UnitOfWork.Entry {
    let (entry, events) = try admission.create(
      name, stated: incoming, by: command, in: try operations.slot(for: incoming.event))
    tally.countUnchecked(events)
    try judge(entry, incoming.event.at)
    return entry
  }

  private func admit(
    _ incoming: IncomingEvent, _ command: Command, on entry: UnitOfWork.Entry, _ text: () -> String
  ) throws -> ImportOutcome {
    if !marks.isEmpty, try hold(incoming, command, on: entry.cart, text) { return .held }
    guard incoming.event.at >= entry.cart.updated else {
      return .rejected(late(incoming.event, entry.cart))
    }
    var slot = try operations.slot(for: incoming.event)
    // What no mark covers does not undo anything: it is an edit of the import.
    if slot.operation.kind.isReversal { slot = operations.own }
    if let words = try operations.refusal(of: incoming.event, slot, on: entry.cart) {
      return .rejected(words)
    }
    if case .order(let request) = command, !request.id.isEmpty,
      try unit.key(order: request.id) != nil
    {
      return .rejected("order \(quoted(request.id)): exists already")
    }
    if case .declare(.bound(let binding)) = command,
      let other = try unit.key(named: binding.storeID), other != entry.cart.key
    {
      return .rejected("store_id \(quoted(binding.storeID)): another cart has this id")
    }
    // What the store reports of a cart that was just held here happened all the same; so did all that it
    // says of a cart of its own.
    let isFact = options.isLive && entry.cart.heldBy != nil || entry.cart.isOfStore
    let command = entry.cart.isOfStore ? command.reading(incoming.event.quantityBefore) : command
    let events = try admission.events(stated: command, on: entry.cart, compensating: isFact)
    if let words = try refusal(again: incoming, on: entry) { return .rejected(words) }
    if case .add(let line, let place) = command, !line.id.isEmpty,
      let there = entry.cart.lines.first(where: { $0.id == line.id })
    {
      tally.report.kept.add(line, at: place, to: there, of: entry.cart)
      tally.report.lines.grow(line, to: there, of: entry.cart)
    }
    if !entry.cart.isOfStore {
      tally.report.kept.compare(incoming.event.quantityBefore, with: entry.cart, by: command)
    }
    let step = admission.add(events, of: command, stated: incoming, to: entry, in: slot)
    for _ in 1..<max(events.count, 1) {
      step.companions.append(try keys.derive("beside", from: incoming.key, at: incoming.event.at))
    }
    tally.countUnchecked(events)
    if command.isJudged { try judge(entry, incoming.event.at) }
    return .imported
  }
}

extension Command {
  /// The same of a line that had a quantity: a store that did not know a change of ours says what its
  /// shopper did.
  fileprivate func reading(_ quantity: Int64?) -> Command {
    switch self {
    case .setQuantity(let line, let wanted, nil): .setQuantity(line, wanted, expected: quantity)
    case .remove(let line, nil): .remove(line, expected: quantity)
    default: self
    }
  }
}
