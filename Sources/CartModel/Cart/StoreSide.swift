/// What is known of a cart that lives in a connected store; most carts have none of it.
struct StoreSide: Equatable, Sendable {
  var binding: Binding?
  /// The store's name of the cart that this one was merged into; empty for none.
  var mergedInto = ""
  /// What the store said last that it comes to.
  var stated: StatedTotals?
  /// What its lines came to by our reckoning when the store said it.
  var bases: [LineBase] = []
  /// The versions of changes of ours that the store has not answered.
  var waiting: [Int64] = []
  /// The fields of the shopper that only a script on the storefront said, in the order of their numbers.
  var reported: [ShopperField] = []
  /// When the store was last seen to have it so; no event says it.
  var asOf: Timestamp?
}

/// What a line came to by its price and pieces when its store stated the totals.
public struct LineBase: Equatable, Sendable {
  public var line: String
  /// Minor units.
  public var minor: Int64

  public init(line: String, minor: Int64) { (self.line, self.minor) = (line, minor) }
}

extension Cart {
  /// Which cart of which store it is, as last stated; nil for a cart that this program owns.
  public var binding: Binding? {
    get { storeSide.isEmpty ? nil : storeSide.value?.binding }
    set { changeStoreSide { $0.binding = newValue } }
  }

  /// The store's name of the cart that it was merged into; empty for none.
  public var mergedInto: String {
    get { storeSide.isEmpty ? "" : storeSide.value?.mergedInto ?? "" }
    set { changeStoreSide { $0.mergedInto = newValue } }
  }

  /// The fields of the shopper that only a script on the storefront said: the store did not, and anybody can
  /// speak for the script.
  public var reported: [ShopperField] {
    get { storeSide.isEmpty ? [] : storeSide.value?.reported ?? [] }
    set { changeStoreSide { $0.reported = newValue } }
  }

  /// Notes who said fields of the shopper last.
  mutating func noteReported(_ changes: [FieldChange], by actor: Actor) {
    let isReport = actor == .beacon
    guard isReport || !reported.isEmpty else { return }
    var fields = Set(reported).subtracting(changes.map(\.field))
    if isReport { fields.formUnion(changes.lazy.filter { !$0.after.isEmpty }.map(\.field)) }
    reported = fields.sorted { $0.rawValue < $1.rawValue }
  }

  /// When its store was last seen to have it so; nil where that is not known.
  public var asOf: Timestamp? {
    get { storeSide.isEmpty ? nil : storeSide.value?.asOf }
    set { changeStoreSide { $0.asOf = newValue } }
  }

  /// Whether its store owns it: that store's figures are shown, and its facts pass no checks.
  public var isOfStore: Bool { !storeSide.isEmpty && storeSide.value?.binding != nil }

  /// Whether anything is known of it that only a store's carts have.
  public var hasStoreSide: Bool { !storeSide.isEmpty }

  mutating func changeStoreSide(_ body: (inout StoreSide) -> Void) {
    var own = storeSide.value ?? StoreSide()
    body(&own)
    storeSide = own == StoreSide() ? Boxed() : Boxed(own)
  }
}
