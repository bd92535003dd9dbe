import CartModel

/// Something of a store that a look can show.
public struct LookSubject: Hashable, Sendable {
  public enum Kind: Int64, CaseIterable, Sendable {
    case cart = 1
    case order = 2
    case product = 3
    /// The token of a store's mail about an abandoned cart.
    case token = 4
    /// A page of a longer pass: `orders`, `products`, `customers`.
    case page = 5
    /// What a visitor's browser reported of a cart.
    case report = 6
  }

  public var kind: Kind
  /// The store's id.
  public var name: String

  public init(_ kind: Kind, _ name: String) { (self.kind, self.name) = (kind, name) }

  public static func cart(_ id: String) -> LookSubject { LookSubject(.cart, id) }
}

/// Who is served first.
public enum LookRank: Int64, Comparable, Sendable {
  /// A person has it on the screen.
  case screen = 0
  /// A cart that is not known yet.
  case new = 1
  case changed = 2
  /// A pass over what nobody said has changed.
  case sweep = 3

  public static func < (a: LookRank, b: LookRank) -> Bool { a.rawValue < b.rawValue }
}

/// Says that something of a store is to be looked at.
public struct LookHint: Sendable {
  public var subject: LookSubject
  public var rank: LookRank
  /// What came with it, as the page of a pass.
  public var note: String
  /// The note of a cart that its store says it does not have any more.
  public static let gone = "gone"
  /// How long more hints are waited for, so that a burst of them costs one look; milliseconds.
  public var patience: Int64

  public init(_ subject: LookSubject, _ rank: LookRank, note: String = "", patience: Int64 = 0) {
    (self.subject, self.rank, self.note, self.patience) = (subject, rank, note, patience)
  }
}

/// What is to be looked at, as of one hint.
public struct DueLook: Equatable, Sendable {
  public var subject: LookSubject
  /// Grows with each hint: a look serves the hints up to its generation.
  public var generation: Int64
  public var rank: LookRank
  /// When the first of the hints came that no look has served.
  public var first: Timestamp
  public var due: Timestamp
  /// Looks that failed since the last hint.
  public var tries: Int64
  public var note: String

  public init(
    _ subject: LookSubject, generation: Int64, rank: LookRank, first: Timestamp, due: Timestamp,
    tries: Int64, note: String
  ) {
    (self.subject, self.generation, self.rank) = (subject, generation, rank)
    (self.first, self.due, self.tries, self.note) = (first, due, tries, note)
  }
}

/// What a visitor's browser reported of a cart that may not be known yet.
public struct KeptReport: Equatable, Sendable {
  /// The store's id of the cart.
  public var cart: String
  public var at: Timestamp
  public var fields: [ShopperField: String]

  public init(cart: String, at: Timestamp, fields: [ShopperField: String]) {
    (self.cart, self.at, self.fields) = (cart, at, fields)
  }
}

/// What of an inbox is written at once.
public struct InboxChange: Sendable {
  /// Looks that served their hints.
  public var served: [DueLook] = []
  /// Looks that failed, with when to try again.
  public var postponed: [(look: DueLook, until: Timestamp)] = []
  public var hints: [LookHint] = []
  public var values: [(name: String, value: String)] = []
  public var reports: [KeptReport] = []
  /// Carts whose reports are of no use any more.
  public var settledReports: [String] = []

  public init() {}

  public var isEmpty: Bool {
    served.isEmpty && postponed.isEmpty && hints.isEmpty && values.isEmpty && reports.isEmpty
      && settledReports.isEmpty
  }
}

/// How full an inbox is.
public struct InboxCount: Equatable, Sendable {
  public var total: Int64 = 0
  /// Those that a person waits for, or that a store says have changed.
  public var hinted: Int64 = 0
  /// When the oldest hint came that no look has served.
  public var oldest: Timestamp?

  public init() {}
}

/// Names of an inbox's values and leases that more than one program reads.
public enum InboxName {
  /// The lease that a service holds while it works.
  public static let service = "service"
  /// Why nothing is asked of the store now; empty while it is.
  public static let stopped = "service.stopped"
  /// When carts were last on a screen, and the store's ids of them.
  public static let screen = "screen"
  public static let mostOnScreen = 100
}
