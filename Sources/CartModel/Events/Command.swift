/// A requested change of a cart, decided on the cart as it is at commit.
public enum Command: Equatable, Sendable {
  case create(Currency, [ShopperField: String], attributes: [String: String] = [:])
  /// Commutes: adds to the line of the same id, else makes a new one. A line without an id joins the
  /// one line of the same SKU, options and price, else it gets a new id.
  /// `at` places a new line, else it goes last.
  case add(Line, at: Int? = nil)
  /// With `expected`, fails only if that line's quantity changed since it was read.
  case setQuantity(LineReference, Int64, expected: Int64? = nil)
  case remove(LineReference, expected: Int64? = nil)
  /// What a store says anew of a line.
  indirect case restate(LineReference, LineChanges)
  case identify([ShopperField: String])
  case setAddress([ShopperField: String])
  /// An empty value takes its attribute away.
  case setAttributes([String: String])
  case applyCoupon(String, at: Int? = nil)
  case removeCoupon(String)
  case order(OrderRequest)
  case changeOrder(Order.State, total: Money?)
  case delete
  /// Without a cause a person does it.
  case hold(Cause? = nil)
  /// With `judge`, what held it may hold it again.
  case restore(judge: Bool = false)
  case flag(Cause)
  case unflag(String)
  /// Fails while a colleague has claimed it, unless it is to be taken over.
  indirect case claim(Claim, now: Timestamp, Claim.Manner = .ask)
  /// Fails where it is not this person's, unless it is to be taken over.
  indirect case release(by: String, now: Timestamp, Claim.Manner = .ask)
  indirect case note(Note, at: Int? = nil)
  indirect case removeNote(Note)
  indirect case declare(DeclaredEvent)

  /// What an order is to be; what is nil comes from the cart.
  public struct OrderRequest: Equatable, Sendable {
    public var id: String
    public var lines: [OrderLine]?
    public var total: Money?
    /// What the total is made of, as a file states it; nil where the cart's prices say it.
    public var amounts: Totals? {
      get { boxedAmounts.value }
      set { boxedAmounts = Boxed(newValue) }
    }
    private var boxedAmounts = Boxed<Totals>()
    public var note: String
    /// The store reports it: it happened, also where the cart was held.
    public var isFact = false
    /// Whether a fact is decided by the settings that it was placed under: what they make of its total is
    /// kept with it. What a person orders is.
    public var hasOwnSettings = false

    public init(id: String, lines: [OrderLine]? = nil, total: Money? = nil, note: String = "") {
      self.id = id
      self.lines = lines
      self.total = total
      self.note = note
    }
  }
}

extension Command {
  /// The type of the events that it becomes.
  public var event: EventType {
    switch self {
    case .create: .cartCreated
    case .add: .lineAdded
    case .setQuantity: .lineChanged
    case .remove: .lineRemoved
    case .restate: .lineRestated
    case .identify: .shopperIdentified
    case .setAddress: .addressSet
    case .setAttributes: .attributesSet
    case .applyCoupon: .couponApplied
    case .removeCoupon: .couponRemoved
    case .order: .cartOrdered
    case .changeOrder(.placed, _): .cartOrdered
    case .changeOrder(.paid, _): .orderPaid
    case .changeOrder(.cancelled, _): .orderCancelled
    case .changeOrder(.refunded, _): .orderRefunded
    case .delete: .cartDeleted
    case .hold: .cartHeld
    case .restore: .cartRestored
    case .flag: .cartFlagged
    case .unflag: .cartUnflagged
    case .claim: .cartClaimed
    case .release: .cartReleased
    case .note: .cartNoted
    case .removeNote: .cartUnnoted
    case .declare(let event): .declared(event.type)
    }
  }

  /// Whether lists and rules look at what it makes of the cart.
  public var isJudged: Bool { event.traits.marks.contains(.judged) }
}
