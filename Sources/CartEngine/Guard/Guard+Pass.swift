import CartModel
import CartStorage

/// A pass of lists and rules over all open carts.
extension Guard {
  /// How many active and abandoned carts are stored.
  public func openCarts() throws(EngineError) -> Int {
    do throws(StoreError) { return Int(try run.shop.store.openCartCount(touched: openSince)) } catch
    {
      throw EngineError(error)
    }
  }

  private var openSince: Timestamp {
    run.now.advanced(by: -run.shop.settings.expiresAfter.milliseconds)
  }

  /// How many carts rules flagged in this run.
  public var flaggedCarts: Int { run.judged.flagged.count }

  /// What the blacklist could not compare in the passes of this run.
  public var unchecked: UncheckedCount { run.judged.unchecked }

  /// Whether the stored carts are all there is to judge.
  public var canScan: Bool { run.mode == .live && run.unit.isClean && run.reader.moment == nil }

  /// Judges all stored open carts as their rows stand: only those that something acts on are read as a
  /// whole.
  ///
  /// - Parameters:
  ///   - total: how many there are, for the progress; 0 where nobody counted.
  ///   - held: called with each cart that was held.
  /// - Returns: how many were judged.
  public func judgeAll(of total: Int, _ held: (Int64) -> Void) throws -> Int {
    try run.reader.checkPresent()
    try freezeLists()
    run.handler.shared.isPass = true
    defer { (run.reader.lists.isFrozen, run.handler.shared.isPass) = (false, false) }
    let (touched, log) = (openSince, DecisionLog(run.shop, now: run.now))
    var (after, judged) = (Int64(0), 0)
    let block = CartBlock()
    defer { run.judged.recorded = nil }
    while true {
      var hits: [(key: Int64, id: String, verdicts: [Verdict])] = []
      try run.shop.store.readOpenRows(
        after: after, touched: touched, most: Self.rowsAtOnce, into: block)
      guard let last = block.lastKey else { break }
      run.judged.recorded = RecordedDecisions(run.shop.store, after: after, through: last)
      try block.forEach { row in
        try run.hooks.checkInterruption()
        judged += 1
        switch try look(at: row) {
        case .clear: break
        case .counted(let verdicts): hits.append((row.key, row.idText, verdicts))
        case .unclear:
          // In its turn: whether a rule fails in a row is of the carts in their order.
          if try judge(run.unit.entry(row)) { held(row.key) }
        }
      }
      try record(hits, log)
      // Both write under the same operations, but not at once.
      if !run.unit.isClean { try log.wait() }
      try run.flushIfDue()
      try log.flushIfDue()
      after = last
      if total > 0 { run.hooks.onProgress?(min(judged, total), total) }
    }
    if !run.unit.isClean { try log.wait() }
    try log.finish()
    return judged
  }

  private static let rowsAtOnce = 2_000

  private func look(at row: borrowing CartRow) throws(EngineError) -> FirstSight {
    if !run.reader.lists.blacklist.isEmpty || !run.reader.lists.allowlist.isEmpty {
      let shopper = row.listed
      if run.reader.lists.allowlist.entry(for: shopper) != nil { return .clear }
      if run.reader.lists.blacklist.entry(for: shopper) != nil { return .unclear }
      run.judged.unchecked.add(shopper, run.reader.lists.blacklist.fields)
    }
    return try run.handler.judge?.look(at: row) ?? .clear
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
        log.add(verdict.decision(on: hit.id), of: hit.key, from: .init(slot, at: run.now))
      }
    }
  }

  /// The carts that lists or rules held in this run, as they are now.
  public func heldCarts() throws(EngineError) -> [Cart] {
    var carts: [Cart] = []
    for key in run.judged.held {
      if let cart = try run.reader.cart(key), cart.heldBy != nil { carts.append(cart) }
    }
    return carts
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
