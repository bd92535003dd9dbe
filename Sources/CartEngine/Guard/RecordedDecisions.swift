import CartStorage

/// The latest decisions on the carts of a pass's block, read when they are first asked for.
final class RecordedDecisions {
  private let store: any StorageReads
  private let after: Int64
  private let through: Int64
  private lazy var decisions = Result { try store.decisions(after: after, through: through) }

  init(_ store: any StorageReads, after: Int64, through: Int64) {
    (self.store, self.after, self.through) = (store, after, through)
  }

  func covers(_ cart: Int64) -> Bool { cart > after && cart <= through }

  func decision(of rule: String, on cart: Int64) throws -> RecordedDecision? {
    try decisions.get()[cart]?.first { $0.rule == rule }
  }
}

extension Guard {
  /// The latest decision of a rule on a cart; nil without one.
  func recorded(_ rule: String, on cart: Int64) throws(StoreError) -> RecordedDecision? {
    do {
      if let block = run.judged.recorded, block.covers(cart) {
        return try block.decision(of: rule, on: cart)
      }
    } catch let error as StoreError { throw error } catch {
      throw StoreError(.other, "database: \(error)")
    }
    return try run.shop.store.decision(of: rule, on: cart)
  }
}
