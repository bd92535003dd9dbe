/// What holds for all events of one type, whatever they say.
public struct EventTraits: Sendable {
  /// As the contract writes it: `line.added`.
  public let name: String
  public let subject: Subject
  public let undo: Undo
  /// How a cart must be for it to happen; nil for what belongs to no cart.
  public let need: Need?
  /// The cart's state after it; nil where it changes no state.
  public let state: Cart.State?
  /// As what a handover counts it; nil for what it leaves out.
  public let handover: HandoverCount?
  public let statedBy: Author
  public let marks: Marks

  /// What it changes.
  public enum Subject: Sendable {
    case cart
    case product
    case customer
    case settings
    case list
    case rule
  }

  /// What undoing its operation makes of it.
  public enum Undo: Sendable {
    /// Other events make up for it.
    case reverted
    /// It left the program, as an order or a mail, and stands.
    case final
    /// It is a record of what was known or decided, and stands.
    case kept
    /// It says of another operation that it is undone or done again.
    case mark
  }

  public enum Need: Sendable {
    case nothing
    case open
    case openOrHeld
    case heldOrDeleted
    case notDeleted
    /// The order that it names.
    case order
  }

  public enum HandoverCount: Sendable {
    case new
    case change
    case ordered
    case deleted
    case held
    case sent
  }

  /// Whose it is where a file names no actor.
  public enum Author: Sendable {
    case shopper
    /// The member of staff that it names.
    case staff
  }

  public struct Marks: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Lists and rules look at the cart after it.
    public static let judged = Marks(rawValue: 1 << 0)
    /// Staff say it among themselves: it may be said, and undone, of a cart that is sold or deleted.
    public static let remark = Marks(rawValue: 1 << 1)
    /// A rule flags the cart, or its flag is removed.
    public static let flag = Marks(rawValue: 1 << 2)
    /// From the shopper it is an act: `idle` counts from it.
    public static let wakes = Marks(rawValue: 1 << 3)
    /// It moves the counters of products.
    public static let pieces = Marks(rawValue: 1 << 4)
    /// A connected store has to be told of it.
    public static let edit = Marks(rawValue: 1 << 6)
    /// It says something that carts can share.
    public static let shared = Marks(rawValue: 1 << 5)
  }

  static func cart(
    _ name: String, _ marks: Marks, undo: Undo = .reverted, need: Need = .open,
    becomes state: Cart.State? = nil, handover: HandoverCount = .change,
    statedBy author: Author = .shopper
  ) -> EventTraits {
    EventTraits(
      name: name, subject: .cart, undo: undo, need: need, state: state, handover: handover,
      statedBy: author, marks: marks)
  }

  /// An event that belongs to no cart.
  static func shop(
    _ name: String, _ subject: Subject, undo: Undo = .kept, handover: HandoverCount? = .change
  ) -> EventTraits {
    EventTraits(
      name: name, subject: subject, undo: undo, need: nil, state: nil, handover: handover,
      statedBy: .shopper, marks: [])
  }
}

extension Cart {
  /// Whether it is as an event needs it; whether the event names its order is not looked at.
  public func meets(_ need: EventTraits.Need?) -> Bool {
    switch need {
    case .nothing, nil: true
    case .open: state == .open
    case .openOrHeld: state == .open || state == .held
    case .heldOrDeleted: state == .held || state == .deleted
    case .notDeleted: state != .deleted
    case .order: order != nil
    }
  }
}
