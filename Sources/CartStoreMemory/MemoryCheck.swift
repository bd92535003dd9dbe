import CartModel
import CartStorage

/// Compares the carts and counters in memory with their events.
struct MemoryCheck {
  private let state: MemoryState

  init(_ state: MemoryState) { self.state = state }

  /// - Parameter productChanges: how an event counts pieces of products.
  func report(_ productChanges: @escaping (EventBody) -> [ProductCount]) -> CheckReport {
    var counters = ExpectedCounters(productChanges)
    var report = CheckReport()
    report.carts = Int64(state.carts.count)
    report.events = state.log.lastSeq
    report.commits = Int64(state.log.commits.count)
    for cart in state.sortedCarts {
      let history = History(state.log.history(of: cart.key), id: cart.id)
      if history.replayed() != cart {
        report.add("cart \(cart.id): differs from its events")
      }
      counters.add(history)
    }
    state.catalogue.forEachCounter { counters.compare(quarter: $0, $1, &report) }
    counters.reportMissing(&report)
    return report
  }
}
