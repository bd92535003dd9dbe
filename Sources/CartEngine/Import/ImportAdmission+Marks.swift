import CartModel
import CartStorage
import CartSupport

/// Marks of undo and redo in a file, and operations that are closed on a cart.
extension ImportAdmission {
  /// Begins with a mark; it is imported once its events have come.
  func admit(
    mark incoming: IncomingEvent, cart name: String, target key: String, groups: [String],
    redo: Bool,
    _ text: () -> String
  ) throws -> ImportOutcome {
    try fail(markOn: name)
    // What it undoes has its number by then.
    try flushAll()
    guard let entry = try entry(named: name) else {
      return .rejected("cart \(quoted(name)): unknown")
    }
    let (event, cart) = (incoming.event, entry.cart)
    guard event.at >= cart.updated else { return .rejected(late(event, cart)) }
    let parts = try groups.compactMap { try operations.number(of: $0) }
    guard
      let target = try operations.number(of: key) ?? operations.makeTarget(key, parts, event, shop)
    else {
      return .rejected("target \(quoted(key)): unknown operation")
    }
    let name = event.type.name
    guard try !operations.isReversal(key) else {
      return .rejected("target \(quoted(key)): is itself an undo or redo")
    }
    let events = try unit.history(of: cart.key).events
    let history = History(events, id: cart.id, parents: try store.parents(in: events))
    let slot =
      event.group.isEmpty
      ? nil : try operations.slot(for: event, redo ? .redo : .undo, target)
    guard let slot, slot.operation.kind == (redo ? .redo : .undo),
      slot.operation.target == target,
      !history.events.contains(where: { $0.operation == unit.number(of: slot) })
    else { return .rejected("\(name): expected a group of its own") }
    let reversal: Reversal
    do throws(Reversal.Refusal) {
      reversal = try Reversal(of: target, redo: redo, groups: parts, on: cart, history)
    } catch {
      switch error {
      case .over:
        return .rejected("\(name): cart \(cart.id) is \(cart.state) and stays as it is")
      case .done:
        let state = redo ? "is not undone" : "is undone already"
        return .rejected("\(name): operation \(quoted(key)) \(state) on cart \(cart.id)")
      case .final:
        return .rejected(
          "\(name): operation \(quoted(key)) has no events on cart \(cart.id) that can be undone")
      }
    }
    if let words = try refusal(again: incoming, on: entry) { return .rejected(words) }
    let mark = PendingMark(
      WaitingLine(incoming: incoming, text: text()), reversal, history, on: cart, slot,
      number: unit.number(of: slot))
    guard mark.isComplete else {
      marks[cart.id] = mark
      keys.wait(incoming.key)
      return .held
    }
    complete(mark, on: entry)
    return .held
  }

  /// Takes an event for the mark that waits on its cart, if one does.
  ///
  /// - Returns: whether it was taken.
  func hold(_ incoming: IncomingEvent, _ command: Command, on cart: Cart, _ text: () -> String)
    throws
    -> Bool
  {
    guard var mark = marks[cart.id] else { return false }
    guard incoming.event.group == mark.group,
      mark.hold(WaitingLine(incoming: incoming, text: text()), command, admission)
    else {
      try fail(markOn: cart.id)
      return false
    }
    marks[cart.id] = mark
    keys.wait(incoming.key)
    guard mark.isComplete else { return true }
    marks[cart.id] = nil
    if let entry = try entry(named: cart.id), entry.cart.version == mark.version {
      complete(mark, on: entry)
    } else {
      try fail(mark)
    }
    return true
  }

  private func endWait(of mark: PendingMark) {
    keys.endWait(mark.line.incoming.key)
    for (line, _) in mark.held { keys.endWait(line.incoming.key) }
  }

  private func complete(_ mark: PendingMark, on entry: UnitOfWork.Entry) {
    endWait(of: mark)
    mark.slot.isMarked = true
    admission.add(
      mark.events, of: nil, stated: mark.line.incoming, to: entry, in: mark.slot)
    count(mark.line.incoming)
    for (line, events) in mark.held {
      admission.add(events, of: nil, stated: line.incoming, to: entry, in: mark.slot)
      count(line.incoming)
    }
    operations.close(mark.closing, on: entry.cart)
  }

  /// Rejects the mark that waits on a cart; the events that came for it are imported as edits.
  func fail(markOn name: String) throws(EngineError) {
    guard !marks.isEmpty, let mark = marks.removeValue(forKey: name) else { return }
    try fail(mark)
  }

  private func fail(_ mark: PendingMark) throws(EngineError) {
    let event = mark.line.incoming.event
    guard case .undone(let cart, let target, _, let redo) = event.payload else { return }
    let verb = redo ? "redo" : "undo"
    let rest =
      mark.held.isEmpty ? "" : "; \(mark.held.count) that followed were imported as edits"
    try reject(
      mark.line.incoming,
      "\(event.type.name): the events that \(verb) \(quoted(target)) on cart \(cart) do not follow"
        + rest, mark.line.text)
    endWait(of: mark)
    for (line, _) in mark.held { try take(line.incoming) { line.text } }
  }

  /// Rejects all marks whose events did not come.
  func failMarks() throws(EngineError) {
    for mark in marks.values.sorted(by: { $0.line.incoming.line < $1.line.incoming.line }) {
      marks[mark.line.incoming.event.cartName] = nil
      try fail(mark)
    }
  }
}
