import CartModel
import CartStore

/// What taking an operation back would do, or did.
public struct UndoReport: Equatable, Sendable {
  public var target: Operation
  /// Carts that change, with how many events make up for it.
  public var carts: [(id: String, key: Int64, events: Int)]
  /// What stays: orders, mails, and lines that somebody changed later.
  public var stays: [String]

  public static func == (a: UndoReport, b: UndoReport) -> Bool {
    a.target == b.target && a.stays == b.stays
      && a.carts.elementsEqual(b.carts) { $0.key == $1.key && $0.events == $1.events }
  }
}

extension CommandHandler {
  /// The last operation of this actor that can be taken back.
  public func lastUndoable() throws(EngineError) -> Int64? {
    try last(of: [.change], isDone: true)
  }

  /// The last operation of this actor that was taken back.
  public func lastRedoable() throws(EngineError) -> Int64? {
    try last(of: [.change], isDone: false)
  }

  private func last(of kinds: Set<Operation.Kind>, isDone: Bool) throws(EngineError) -> Int64? {
    do throws(StoreError) {
      var before = Int64.max
      while true {
        let page = try shop.store.operations(limit: 200, before: before)
        guard let oldest = page.last else { return nil }
        for operation in page
        where kinds.contains(operation.kind) && operation.carts > 0
          && operation.actor.isSame(as: actor)
        {
          if try isUndone(operation.id) != isDone { return operation.id }
        }
        before = oldest.id
      }
    } catch { throw EngineError(error) }
  }

  /// Whether the last word on an operation, as a whole, was to undo it.
  public func isUndone(_ id: Int64) throws(StoreError) -> Bool {
    try shop.store.lastUndo(of: id) == .undo
  }

  /// Takes an operation back, or forward again, as an operation of its own within this run.
  ///
  /// Its number is the outcome's when the run has ended.
  /// - Throws: `notFound`, `refused`, `conflict`, `unconfirmed`.
  @discardableResult
  public func undo(_ id: Int64, redo: Bool = false, cart: Int64? = nil) throws(EngineError)
    -> UndoReport
  {
    try checkPresent()
    if jobs.isReplaying {
      do throws(StoreError) {
        return UndoReport(
          target: try shop.store.operation(id) ?? currentSlot.operation, carts: [], stays: [])
      } catch { throw EngineError(error) }
    }
    let verb = redo ? "redo" : "undo"
    // With a yes to all it is saved as it goes; else one that fails leaves nothing behind.
    let isWhole = mode != .live || consent != .given
    let state = (changed, eventCount, isFinal, refusal, jobs.fatal)
    if isWhole { unit.savepoint() }
    defer { if isWhole, unit.savepoints.isEmpty == false { unit.release() } }
    do throws(EngineError) {
      return try reverting(id, verb, redo: redo, cart: cart)
    } catch {
      if isWhole {
        unit.rollback()
        unit.savepoint()
        (changed, eventCount, isFinal, refusal, jobs.fatal) = state
        revision += 1
      }
      throw error
    }
  }

  private func reverting(_ id: Int64, _ verb: String, redo: Bool, cart: Int64?)
    throws(EngineError) -> UndoReport
  {
    try within(
      Operation(
        key: "", actor: actor, kind: redo ? .redo : .undo, command: "\(verb) \(id)", at: now,
        target: id, targetCart: cart)
    ) { () throws(EngineError) in try revert(id, redo: redo, cart: cart) }
  }

  /// What `undo` would do; nothing is saved.
  public func previewUndo(_ id: Int64, redo: Bool = false, cart: Int64? = nil)
    throws(EngineError) -> UndoReport
  {
    let state = (changed, eventCount, isFinal, mode, others)
    unit.savepoint()
    // Nobody is asked about what is only looked at.
    if mode == .live { mode = .plan }
    defer {
      unit.rollback()
      (changed, eventCount, isFinal, mode, others) = state
      revision += 1
    }
    return try within(
      Operation(key: "", actor: actor, kind: redo ? .redo : .undo, command: "", at: now)
    ) { () throws(EngineError) in try revert(id, redo: redo, cart: cart) }
  }

  /// Takes an operation back, or forward again: whole, or on one cart.
  private func revert(_ id: Int64, redo: Bool = false, cart only: Int64? = nil)
    throws(EngineError) -> UndoReport
  {
    do {
      guard let target = try shop.store.operation(id), target.parent == nil else {
        throw EngineError(.notFound, "operation \(id): there is none of this number; see .ops")
      }
      guard target.kind != .undo, target.kind != .redo else {
        let verb = target.kind == .undo ? "redo" : "undo"
        throw EngineError(
          .refused,
          "operation \(id): is itself an \(target.kind == .undo ? "undo" : "redo"); use "
            + "\(verb) \(target.target ?? 0)")
      }
      var report = UndoReport(target: target, carts: [], stays: [])
      let parents = try shop.store.parents()
      var candidates = try shop.store.carts(of: target)
      if let only {
        guard candidates.contains(only) else {
          throw EngineError(.notFound, "operation \(id): did not change that cart")
        }
        candidates = [only]
      }
      var any = false
      for key in candidates {
        if shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
        if try revert(id, on: key, redo: redo, parents, &report) { any = true }
        try flushIfDue()
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
    _ id: Int64, on key: Int64, redo: Bool, _ parents: [Int64: Int64],
    _ report: inout UndoReport
  ) throws -> Bool {
    guard let entry = try unit.entry(key) else { return false }
    let current = entry.cart
    guard current.state != .ordered else {
      if !redo { report.stays.append("cart \(current.id): is ordered and stays as it is") }
      return false
    }
    let history = History(try unit.history(of: key), id: current.id, parents: parents)
    guard history.undone().contains(id) == redo else { return false }
    let own = history.events.filter { history.isUndone($0.operation, [id]) }
    if !redo {
      report.stays += own.filter(\.body.isFinal).map {
        "cart \(current.id): \(Self.words($0.body))"
      }
    }
    guard let target = Self.target(history, id, redo: redo, current) else { return false }
    if !redo { report.stays += Self.later(history, id, own, target) }
    let events = Self.compensation(id, redo: redo, current, target)
    let store = shop.store
    try record(events, on: entry) { cart in
      let history = History(try store.history(of: key), id: cart.id, parents: parents)
      guard cart.state != .ordered, history.undone().contains(id) == redo,
        let target = Self.target(history, id, redo: redo, cart)
      else {
        throw ModelError(.conflict, "cart \(cart.id): was changed meanwhile; look at it again")
      }
      return Self.compensation(id, redo: redo, cart, target)
    }
    report.carts.append((current.id, key, events.count - 1))
    return true
  }

  /// What the cart is to become; nil where nothing can be taken back.
  private static func target(_ history: History, _ id: Int64, redo: Bool, _ current: Cart) -> Cart?
  {
    var undone = history.undone()
    if redo { undone.remove(id) } else { undone.insert(id) }
    guard
      history.events.contains(where: { history.isUndone($0.operation, [id]) && !$0.body.isFinal }),
      var target = history.folded(without: undone)
    else { return nil }
    target.order = current.order
    return target
  }

  private static func compensation(_ id: Int64, redo: Bool, _ current: Cart, _ target: Cart)
    -> [EventBody]
  {
    [redo ? .operationRedone(target: id) : .operationUndone(target: id)]
      + current.difference(to: target)
  }

  /// Lines that the operation touched and somebody changed later: their value stands.
  private static func later(_ history: History, _ id: Int64, _ own: [Event], _ target: Cart)
    -> [String]
  {
    let compensating = history.compensatingOperations()
    var touched: Set<String> = []
    var list: [String] = []
    for event in history.events {
      let isOwn = own.contains { $0.seq == event.seq }
      guard let line = event.body.line else { continue }
      if isOwn {
        touched.insert(line.id)
      } else if touched.contains(line.id), !compensating.contains(event.operation),
        case .lineChanged(_, let quantity) = event.body,
        target.lines.contains(where: { $0.id == line.id && $0.quantity == quantity })
      {
        list.append(
          "cart \(target.id): line \(quoted(line.sku)) stays at \(quantity), as \(event.actor) "
            + "set it later")
      }
    }
    return list
  }

  private static func words(_ body: EventBody) -> String {
    switch body {
    case .cartOrdered(let record): "order \(record.id) stands; an order cannot be undone"
    case .cartSent: "a mail was sent; it cannot be taken back"
    default: "\(body.type.name) stands; it cannot be undone"
    }
  }
}

extension Actor {
  /// The same person, by hand or through a script.
  fileprivate func isSame(as other: Actor) -> Bool {
    description == other.description || description.hasPrefix(other.description + " via ")
  }
}

extension EventBody {
  /// The line that it is about.
  public var line: Line? {
    switch self {
    case .lineAdded(let line, _), .lineChanged(let line, _), .lineRemoved(let line, _): line
    default: nil
    }
  }
}
