import CartModel
import CartStorage

/// What lists make of the carts of a live import: those that match are held.
final class ImportJudge {
  private let admission: Admission
  private let now: Timestamp
  /// The operations of verdicts, by the rule's name.
  private var verdicts: [String: UnitOfWork.OperationSlot] = [:]
  private lazy var lists = ShopLists(admission.unit.store)

  init(_ admission: Admission, at now: Timestamp) { (self.admission, self.now) = (admission, now) }

  /// Holds a cart that the lists match.
  ///
  /// - Returns: whether it did.
  func judge(_ entry: UnitOfWork.Entry, _ time: Timestamp) throws -> Bool {
    guard entry.cart.state == .open,
      let cause = try lists.entry(against: entry.cart, at: now, admission.unit)?.cause
    else { return false }
    let slot = verdicts[cause.rule] ?? make(cause.rule)
    try admission.admit(.command(.hold(cause)), to: entry, from: .init(slot, at: time))
    return true
  }

  private func make(_ rule: String) -> UnitOfWork.OperationSlot {
    let shop = admission.shop
    let made = UnitOfWork.OperationSlot(
      Operation(key: shop.newOperationKey(), actor: .rule(rule), command: rule, at: shop.now()))
    verdicts[rule] = made
    return made
  }
}
