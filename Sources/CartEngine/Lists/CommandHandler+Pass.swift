import CartModel
import CartStore

/// A pass of lists and rules over all open carts.
extension CommandHandler {
  /// How many active and abandoned carts are stored.
  public func openCarts() throws(EngineError) -> Int {
    do throws(StoreError) { return Int(try shop.store.openCartCount(touched: openSince)) } catch {
      throw EngineError(error)
    }
  }

  private var openSince: Timestamp {
    now.advanced(by: -shop.settings.expiresAfter.milliseconds)
  }

  /// What the blacklist could not compare in the passes of this run.
  public var unchecked: UncheckedCount { guarding.unchecked }

  /// Whether the stored carts are all there is to judge.
  public var canScan: Bool { mode == .live && unit.isClean && moment == nil }

  /// Judges all stored open carts as their rows stand: only those that something acts on are read as a
  /// whole.
  ///
  /// - Parameters:
  ///   - total: how many there are, for the progress; 0 where nobody counted.
  ///   - held: called with each cart that was taken out of sale.
  /// - Returns: how many were judged.
  public func judgeAll(of total: Int, _ held: (Int64) -> Void) throws -> Int {
    try checkPresent()
    try freezeLists()
    facts.isPass = true
    defer { (lists.isFrozen, facts.isPass) = (false, false) }
    let (touched, log) = (openSince, DecisionLog(shop, now: now))
    var (after, judged) = (Int64(0), 0)
    let block = CartBlock()
    defer { guarding.recorded = nil }
    while true {
      var hits: [(key: Int64, id: String, verdicts: [Verdict])] = []
      try shop.store.readOpenRows(
        after: after, touched: touched, most: Self.rowsAtOnce, into: block)
      guard let last = block.lastKey else { break }
      guarding.recorded = RecordedDecisions(shop.store, after: after, through: last)
      try block.forEach { row in
        if shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
        judged += 1
        switch try look(at: row) {
        case .clear: break
        case .counted(let verdicts): hits.append((row.key, row.idText, verdicts))
        case .unclear:
          // In its turn: whether a rule fails in a row is of the carts in their order.
          if try judge(unit.entry(row)) { held(row.key) }
        }
      }
      try record(hits, log)
      // Both write under the same operations, but not at once.
      if !unit.isClean { try log.wait() }
      try flushIfDue()
      try log.flushIfDue()
      after = last
      if total > 0 { onProgress?(min(judged, total), total) }
    }
    if !unit.isClean { try log.wait() }
    try log.finish()
    return judged
  }

  private static let rowsAtOnce = 2_000

  private func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight {
    if !lists.blacklist.isEmpty || !lists.allowlist.isEmpty {
      let shopper = row.listed
      if lists.allowlist.entry(for: shopper) != nil { return .clear }
      if lists.blacklist.entry(for: shopper) != nil { return .unclear }
      guarding.unchecked.add(shopper, lists.blacklist.fields)
    }
    return try judge?.look(at: row) ?? .clear
  }

  /// Records what was only counted, unless it was said before.
  private func record(
    _ hits: [(key: Int64, id: String, verdicts: [Verdict])], _ log: DecisionLog
  ) throws {
    for hit in hits {
      for verdict in hit.verdicts {
        if let said = try recorded(verdict.rule, on: hit.key), said.version == verdict.version,
          said.isShadow == verdict.isShadow,
          said.outcome == Int64(verdict.outcome.rawValue)
        {
          continue
        }
        let slot = slot(of: verdict.rule)
        log.add(
          UnitOfWork.Step(
            events: [.decisionMade(verdict.decision(on: hit.id))], actor: slot.operation.actor,
            at: now, operation: slot, about: hit.key))
      }
    }
  }
}

extension CartRow {
  var idText: String { String(decoding: id, as: UTF8.self) }

  /// What lists know a person by.
  fileprivate var listed: Shopper {
    var shopper = Shopper()
    shopper[.email] = String(decoding: email, as: UTF8.self)
    shopper[.ip] = String(decoding: ip, as: UTF8.self)
    shopper[.country] = String(decoding: country, as: UTF8.self)
    return shopper
  }
}
