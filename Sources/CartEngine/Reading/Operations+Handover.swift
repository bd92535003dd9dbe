import CartModel
import CartStorage
import CartSupport

extension Operations {
  /// What happened since a moment, or since this person last changed anything.
  ///
  /// What the person did after that is left out, unless a moment is given, and so is what imports
  /// brought.
  /// - Parameters:
  ///   - person: who takes over, as `staff:anna`.
  ///   - since: when the things happened; nil for the person's last operation.
  ///   - start: when the person came back: own operations from then on are not the last.
  /// - Complexity: O(events since).
  public func handover(to person: String, since: Timestamp?, start: Timestamp) throws(EngineError)
    -> Handover
  {
    do {
      let mine = person
      var (report, first) = (Handover(since: since ?? reader.now), Int64(1))
      if let since {
        first = try reader.shop.store.firstSeq(recordedFrom: since)
      } else if let last = try lastOperation(of: mine, before: start) {
        (report.lastSeen, report.since) = (last.at, last.at)
        first = last.extent.last + 1
      } else {
        report.since = reader.now.advanced(by: -86_400_000)
        first = try reader.shop.store.firstSeq(recordedFrom: report.since)
      }
      var tally = HandoverTally(without: since == nil ? mine : nil)
      var seen = 0
      var imports: [Int64: Bool] = [:]
      func isImported(_ operation: Int64) throws -> Bool {
        if let known = imports[operation] { return known }
        let isImported = try reader.shop.store.operation(operation)?.isImported ?? false
        imports[operation] = isImported
        return isImported
      }
      // What happened since then was recorded since then.
      try reader.shop.store.forEachEvent(from: first) { entry in
        seen += 1
        if seen % 4096 == 0 { try reader.hooks.checkInterruption() }
        guard try !isImported(entry.event.operation), entry.event.at >= report.since,
          entry.event.at <= reader.now
        else { return }
        try tally.add(entry.event, reader.shop.zone) { try reader.cart($0)?.id ?? "" }
      }
      report.imports = imports.values.count { $0 }
      report.work = tally.work
      report.operations = try tally.entries { try reader.shop.store.operation($0) }
      for key in try reader.keys(claimedBy: nil) {
        if let cart = try reader.cart(key), let claim = cart.claim {
          report.claims.append((cart.id, claim))
        }
      }
      return report
    } catch { throw EngineError(error) }
  }

  private func lastOperation(of person: String, before start: Timestamp) throws -> Operation? {
    var before = Int64.max
    // Whose last operation lies so far back is shown a day instead.
    for _ in 0..<50 {
      let page = try reader.shop.store.operations(limit: 200, before: before)
      guard let oldest = page.last else { return nil }
      if let found = page.first(where: { $0.at < start && $0.actor.person == person }) {
        return found
      }
      before = oldest.id
    }
    return nil
  }
}
