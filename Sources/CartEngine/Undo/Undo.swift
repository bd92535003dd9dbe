import CartModel
import CartStorage
import CartSupport

/// What taking an operation back would do, or did.
public struct UndoReport: Equatable, Sendable {
  public var target: Operation
  /// Carts that change, with how many events make up for it.
  public var carts: [(id: String, key: Int64, events: Int)]
  /// What stays: orders, mails, and lines that were changed later.
  public var stays: [String]
  /// Carts that the operation stays on: they are ordered, or nothing of it there can be undone.
  public var left = 0
  /// How many entries of lists are added or removed.
  public var entries = 0
  /// Whether the operation is done again, and not undone.
  var isRedo = false

  /// Whether nothing changes.
  public var isEmpty: Bool { carts.isEmpty && entries == 0 }

  /// - Throws: `refused`, with the reasons, where nothing changes.
  public func checkChanges() throws(EngineError) {
    guard isEmpty else { return }
    let reasons = stays.prefix(3).joined(separator: "; ")
    let more = stays.count > 3 ? "; and \(stays.count - 3) more stay" : ""
    throw EngineError(
      .refused,
      "operation \(target.id): nothing of it can be \(isRedo ? "redone" : "undone") now"
        + (reasons.isEmpty ? "" : ": \(reasons)\(more)"))
  }

  public static func == (a: UndoReport, b: UndoReport) -> Bool {
    a.target == b.target && a.stays == b.stays && a.entries == b.entries
      && a.carts.elementsEqual(b.carts) { $0.key == $1.key && $0.events == $1.events }
  }
}

/// Undoes and redoes operations.
public struct Undo {
  let run: Run

  init(_ run: Run) { self.run = run }

  /// Undoes or redoes an operation, as an operation of its own within this run.
  ///
  /// Its number is the outcome's when the run has ended.
  /// - Throws: `notFound`, `refused`, `conflict`, `unconfirmed`.
  @discardableResult
  public func revert(_ id: Int64, redo: Bool = false, cart: Int64? = nil) throws(EngineError)
    -> UndoReport
  {
    try checkUndo(of: id)
    if run.loops.isReplaying {
      do throws(StoreError) {
        return UndoReport(
          target: try run.shop.store.operation(id) ?? run.slots.current.operation, carts: [],
          stays: [])
      } catch { throw EngineError(error) }
    }
    // With a yes to all it is saved as it goes; else one that fails leaves nothing behind.
    guard run.mode != .live || run.consent != .given else { return try reverting(id, redo, cart) }
    let (refusal, fatal) = (run.refusal, run.fatal)
    do { return try run.attempt { try reverting(id, redo, cart) } } catch {
      (run.refusal, run.fatal) = (refusal, fatal)
      throw EngineError(error)
    }
  }

  private func checkUndo(of id: Int64) throws(EngineError) {
    try run.reader.checkPresent()
    guard id != run.slots.current.id else {
      throw EngineError(
        .refused, "operation \(id): is this run's own; it can be undone when the run has ended")
    }
  }

  private func reverting(_ id: Int64, _ redo: Bool, _ cart: Int64?) throws(EngineError)
    -> UndoReport
  {
    try run.within(
      Operation(
        key: "", actor: run.actor, kind: redo ? .redo : .undo,
        command: "\(redo ? "redo" : "undo") \(id)", at: run.now, target: id, targetCart: cart)
    ) { () throws(EngineError) in try revertAll(id, redo, cart) }
  }

  /// What `undo` would do; nothing is saved.
  ///
  /// - Parameter limit: how many changed carts suffice.
  public func preview(
    _ id: Int64, redo: Bool = false, cart: Int64? = nil, limit: Int = .max
  ) throws(EngineError) -> UndoReport {
    try checkUndo(of: id)
    do {
      return try run.trial {
        try run.within(
          Operation(
            key: "", actor: run.actor, kind: redo ? .redo : .undo, command: "", at: run.now)
        ) { () throws(EngineError) in try revertAll(id, redo, cart, limit: limit) }
      }
    } catch { throw EngineError(error) }
  }

  /// Undoes or redoes an operation: whole, or on one cart.
  private func revertAll(_ id: Int64, _ redo: Bool, _ only: Int64?, limit: Int = .max)
    throws(EngineError) -> UndoReport
  {
    do {
      guard let target = try run.unit.operation(id), target.parent == nil else {
        throw EngineError(.notFound, "no operation has the number \(id); see .ops")
      }
      guard !target.kind.isReversal else {
        let verb = target.kind == .undo ? "redo" : "undo"
        throw EngineError(
          .refused,
          "operation \(id): is itself an \(target.kind == .undo ? "undo" : "redo"); use "
            + "\(verb) \(target.target ?? 0)")
      }
      guard target.kind != .sync else {
        throw EngineError(
          .refused,
          "operation \(id): records what the store showed, which cannot be undone here; a change of "
            + "yours has an operation of its own: see .ops")
      }
      var report = UndoReport(target: target, carts: [], stays: [])
      report.isRedo = redo
      var candidates = try run.unit.carts(of: target)
      if let only {
        guard candidates.contains(only) else {
          throw EngineError(.notFound, "operation \(id): did not change that cart")
        }
        candidates = [only]
      }
      var any = false
      for key in candidates where report.carts.count < limit {
        try run.hooks.checkInterruption()
        if try revert(id, on: key, redo: redo, &report) { any = true }
        try run.flushIfDue()
      }
      // After the carts: an operation is known as an undo by its markers on them.
      if only == nil, report.carts.count < limit, try revertEntries(target, redo, &report) {
        any = true
      }
      guard any || !report.stays.isEmpty else {
        throw EngineError(
          .refused,
          redo
            ? "operation \(id): is not undone" : "operation \(id): is undone already; see .ops")
      }
      return report
    } catch { throw EngineError(error) }
  }

  /// - Returns: whether the operation was in the other state on this cart.
  private func revert(
    _ id: Int64, on key: Int64, redo: Bool, _ report: inout UndoReport
  ) throws -> Bool {
    guard let entry = try run.unit.entry(key) else { return false }
    let current = entry.cart
    let stored = try run.unit.history(of: key)
    let history = History(stored.events, id: current.id, parents: stored.parents)
    let reversal: Reversal
    do throws(Reversal.Refusal) {
      reversal = try Reversal(of: id, redo: redo, on: current, history)
    } catch {
      switch error {
      case .over:
        report.stays.append("\(current.fullLabel): is \(current.state) and stays as it is")
        report.left += 1
      case .final(let own):
        report.stays += Self.standing(own, current)
        report.left += 1
      case .done: break
      }
      return false
    }
    let stays = report.stays.count
    if !redo {
      report.stays += Self.finals(reversal.own, current) + Self.later(history, id, reversal.cart)
    }
    if let state = Self.state(reversal, current, history) { report.stays.append(state) }
    let proposal = Admission.Proposal.reversal(Decided(reversal.events)) { cart, store in
      let stored = try store.histories(of: [key])[key] ?? StoredHistory()
      let history = History(stored.events, id: cart.id, parents: stored.parents)
      do throws(Reversal.Refusal) {
        return Decided(try Reversal(of: id, redo: redo, on: cart, history).events)
      } catch {
        throw ModelError(.conflict, "cart \(cart.id): was changed meanwhile; look at it again")
      }
    }
    try run.admit(proposal, to: entry, changes: !reversal.isMark)
    if !reversal.isMark {
      report.carts.append((current.id, key, reversal.events.count - 1))
    } else if report.stays.count == stays {
      report.stays.append("\(current.fullLabel): is so already; nothing of it changes")
    }
    return true
  }

  /// A cart that something later holds or deleted: that stands, whatever the operation did to it.
  private static func state(_ reversal: Reversal, _ cart: Cart, _ history: History) -> String? {
    guard reversal.cart.state == cart.state else { return nil }
    if let own = reversal.own.last(where: { $0.body.state != nil }) {
      guard own.body.state != cart.state else { return nil }
    } else {
      // What came of a change, as a rule that held the cart for it, stands without it.
      guard let first = reversal.own.first,
        let last = history.events.last(where: { $0.body.state != nil }), last.seq > first.seq
      else { return nil }
    }
    switch cart.state {
    case .held:
      let cause = cart.heldBy.map { " by \($0.words)" } ?? ""
      return "\(cart.fullLabel): is held\(cause) and stays held"
    case .deleted: return "\(cart.fullLabel): is deleted and stays deleted"
    case .open, .ordered, .merged: return nil
    }
  }

  private static func standing(_ own: [Event], _ cart: Cart) -> [String] {
    own.filter(\.body.stands).map { "cart \(cart.id): \(words($0.body))" }
  }

  private static func finals(_ own: [Event], _ cart: Cart) -> [String] {
    own.filter(\.body.isFinal).map { "cart \(cart.id): \(words($0.body))" }
  }

  /// Lines that the operation touched and that were changed later: their value stands.
  ///
  /// - Complexity: O(events).
  private static func later(_ history: History, _ id: Int64, _ target: Cart) -> [String] {
    let compensating = history.compensatingOperations()
    let quantities = Dictionary(
      target.lines.map { ($0.id, $0.quantity) }, uniquingKeysWith: { first, _ in first })
    var touched: Set<String> = []
    var (order, last) = ([String](), [String: String]())
    for event in history.events {
      guard let line = event.body.lineChange?.line else { continue }
      if history.isUndone(event.operation, [id]) {
        touched.insert(line.id)
      } else if touched.contains(line.id), !compensating.contains(event.operation),
        case .lineChanged(_, let quantity) = event.body, quantities[line.id] == quantity
      {
        if last[line.id] == nil { order.append(line.id) }
        last[line.id] =
          "cart \(target.id): line \(quoted(line.code)) stays at \(quantity), as \(event.actor) "
          + "set it later"
      }
    }
    return order.compactMap { last[$0] }
  }

  private static func words(_ body: EventBody) -> String {
    if let order = body.orderRecord {
      return "order \(order.id) stands; an order cannot be undone"
    }
    return body.type == .cartSent
      ? "a mail was sent; it cannot be undone" : "\(body.type.name) stands; it cannot be undone"
  }
}
