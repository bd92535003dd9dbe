/// What events of several types say alike; nil for any other event.
extension EventBody {
  /// The line that was added, changed or removed, and by how many pieces.
  public var lineChange: (line: Line, by: Int64)? {
    if case .lineAdded(let line, _) = self { return (line, line.quantity) }
    if case .lineChanged(let line, let quantity) = self {
      return (line, quantity &- line.quantity)
    }
    if case .lineRemoved(let line, _) = self { return (line, 0 &- line.quantity) }
    return nil
  }

  /// What became known of who the shopper is.
  public var identity: [FieldChange]? {
    if case .cartCreated(_, let changes, _) = self { return changes }
    if case .shopperIdentified(let changes) = self { return changes }
    return nil
  }

  public var orderRecord: OrderRecord? {
    if case .cartOrdered(let record) = self { record } else { nil }
  }

  public var payment: PaymentAttempt? {
    if case .declared(.payment(let payment)) = self { payment } else { nil }
  }

  /// Which cart of a store it is.
  public var binding: Binding? {
    if case .declared(.bound(let binding)) = self { binding } else { nil }
  }

  /// The order that was paid, cancelled or refunded.
  public var changedOrder: String? {
    if case .orderPaid(let id, _, _) = self { return id }
    if case .orderCancelled(let id, _) = self { return id }
    if case .orderRefunded(let id, _, _) = self { return id }
    return nil
  }

  /// What held or flagged the cart.
  public var cause: Cause? {
    if case .cartHeld(_, let cause) = self { return cause }
    if case .cartFlagged(let cause) = self { return cause }
    return nil
  }

  /// What rules, lists or staff decided of whether the cart may be sold.
  public var holdChange: HoldChange? {
    if case .cartHeld(_, let cause) = self { return .held(cause) }
    if case .cartFlagged(let cause) = self { return .flagged(cause) }
    if case .cartUnflagged = self { return .unflagged }
    if case .cartRestored(_, let judge) = self { return .restored(isJudged: judge) }
    return nil
  }

  public enum HoldChange: Sendable {
    /// Without a cause a person did it.
    case held(Cause?)
    case flagged(Cause)
    case unflagged
    /// `isJudged` is whether what held it may hold it again.
    case restored(isJudged: Bool)
  }

  /// The operation that is undone or done again.
  public var mark: Mark? {
    if case .operationUndone(let target, let groups) = self {
      return Mark(target: target, groups: groups, isRedo: false)
    }
    if case .operationRedone(let target) = self {
      return Mark(target: target, groups: [], isRedo: true)
    }
    return nil
  }

  public struct Mark: Sendable {
    public let target: Int64
    /// Operations that another shop undid as part of it.
    public let groups: [Int64]
    public let isRedo: Bool
  }

  /// An entry that was added to a list or removed from it.
  public var listChange: (entry: ListEntry, isAdded: Bool)? {
    if case .entryAdded(let entry) = self { return (entry, true) }
    if case .entryRemoved(let entry) = self { return (entry, false) }
    return nil
  }
}
