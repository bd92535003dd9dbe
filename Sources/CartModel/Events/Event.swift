/// One thing that did happen, as the event log keeps it.
public struct Event: Equatable, Sendable {
  /// Its place in the event log, from 1.
  public var seq: Int64
  /// The cart's key, or 0 for what belongs to no cart.
  public var cart: Int64
  /// The cart's version after it.
  public var version: Int64
  /// The operation that it belongs to.
  public var operation: Int64
  public var actor: Actor
  /// When it happened.
  public var at: Timestamp
  public var body: EventBody

  public init(
    seq: Int64, cart: Int64, version: Int64, operation: Int64, actor: Actor, at: Timestamp,
    body: EventBody
  ) {
    self.seq = seq
    self.cart = cart
    self.version = version
    self.operation = operation
    self.actor = actor
    self.at = at
    self.body = body
  }
}

/// What happened, with the values before and after, so that a state also comes by rolling back.
///
/// What is rare and large stands apart: an import and a plan hold hundreds of thousands of the others.
public enum EventBody: Equatable, Sendable {
  case cartCreated(Currency, [FieldChange], [AttributeChange] = [])
  /// The line's quantity is how many were added; `at` places a new line, else it goes last.
  case lineAdded(Line, at: Int?)
  /// The line as it was, and its new quantity.
  case lineChanged(Line, quantity: Int64)
  case lineRemoved(Line, at: Int)
  /// A line as it was, and as its store says it is; the quantity is the first one's.
  indirect case lineRestated(Line, Line)
  case shopperIdentified([FieldChange])
  case addressSet([FieldChange])
  case attributesSet([AttributeChange])
  /// `at` places the code, else it goes last.
  case couponApplied(String, at: Int?)
  case couponRemoved(String, at: Int)
  case cartOrdered(OrderRecord)
  case orderPaid(String, total: Money?, before: Order.State)
  case orderCancelled(String, before: Order.State)
  case orderRefunded(String, total: Money?, before: Order.State)
  case cartDeleted(before: Cart.State)
  /// Without a cause a person did it.
  indirect case cartHeld(before: Cart.State, cause: Cause?)
  /// Unless it is to be judged again, what held it does not hold it a second time.
  case cartRestored(before: Cart.State, judge: Bool)
  indirect case cartFlagged(Cause)
  /// A rule's name.
  case cartUnflagged(String)
  /// All later events of this operation on this cart make up for those of `target`.
  ///
  /// `groups` are operations that another shop undid as part of it: those that it had imported.
  case operationUndone(target: Int64, groups: [Int64] = [])
  case operationRedone(target: Int64)
  indirect case productUpserted(before: Product?, after: Product)
  case customerUpserted(key: String, [FieldChange])
  /// The canonical text of the settings, before and after.
  case settingsChanged(before: String, after: String)
  indirect case entryAdded(ListEntry)
  indirect case entryRemoved(ListEntry)
  /// The text of a file that a version of a rule was made of.
  indirect case sourceRecorded(digest: String, text: String)
  indirect case ruleVersioned(RuleVersion)
  indirect case ruleSet(RuleSetting)
  indirect case decisionMade(Decision)
  indirect case policyRan(PolicyRun)
  indirect case cartClaimed(before: Claim?, Claim)
  indirect case cartReleased(Claim)
  /// `at` places a note that comes back, else it goes last.
  indirect case cartNoted(Note, at: Int?)
  indirect case cartUnnoted(Note, at: Int)
  indirect case declared(DeclaredEvent)

  /// What became an order: its lines and total as they stood.
  public struct OrderRecord: Equatable, Sendable {
    public var id: String
    public var lines: [OrderLine]
    public var total: Money
    /// What the total is made of; nil where only the total is known.
    public var amounts: Totals? {
      get { boxedAmounts.value }
      set { boxedAmounts = Boxed(newValue) }
    }
    private var boxedAmounts = Boxed<Totals>()
    public var note: String

    public init(
      id: String, lines: [OrderLine], total: Money, amounts: Totals? = nil, note: String = ""
    ) {
      self.id = id
      self.lines = lines
      self.total = total
      boxedAmounts = Boxed(amounts)
      self.note = note
    }
  }
}

extension EventBody {
  public var type: EventType {
    switch self {
    case .cartCreated: .cartCreated
    case .lineAdded: .lineAdded
    case .lineChanged: .lineChanged
    case .lineRemoved: .lineRemoved
    case .lineRestated: .lineRestated
    case .shopperIdentified: .shopperIdentified
    case .addressSet: .addressSet
    case .attributesSet: .attributesSet
    case .couponApplied: .couponApplied
    case .couponRemoved: .couponRemoved
    case .cartOrdered: .cartOrdered
    case .orderPaid: .orderPaid
    case .orderCancelled: .orderCancelled
    case .orderRefunded: .orderRefunded
    case .cartDeleted: .cartDeleted
    case .cartHeld: .cartHeld
    case .cartRestored: .cartRestored
    case .operationUndone: .operationUndone
    case .operationRedone: .operationRedone
    case .productUpserted: .productUpserted
    case .customerUpserted: .customerUpserted
    case .settingsChanged: .settingsChanged
    case .cartFlagged: .cartFlagged
    case .cartUnflagged: .cartUnflagged
    case .entryAdded: .entryAdded
    case .entryRemoved: .entryRemoved
    case .sourceRecorded: .sourceRecorded
    case .ruleVersioned: .ruleVersioned
    case .ruleSet: .ruleSet
    case .decisionMade: .decisionMade
    case .policyRan: .policyRan
    case .cartClaimed: .cartClaimed
    case .cartReleased: .cartReleased
    case .cartNoted: .cartNoted
    case .cartUnnoted: .cartUnnoted
    case .declared(let event): .declared(event.type)
    }
  }
}
