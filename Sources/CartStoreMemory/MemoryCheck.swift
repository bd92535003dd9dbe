import CartModel
import CartStorage

/// Compares the carts in memory with their events.
struct MemoryCheck {
  private let state: MemoryState

  init(_ state: MemoryState) { self.state = state }

  func report() -> CheckReport {
    var report = CheckReport()
    report.carts = Int64(state.carts.count)
    report.events = state.log.lastSeq
    report.commits = Int64(state.log.commits.count)
    for cart in state.sortedCarts {
      let history = History(state.log.history(of: cart.key), id: cart.id)
      if history.replayed() != cart {
        report.add("cart \(cart.id): differs from its events")
      }
    }
    return report
  }
}
