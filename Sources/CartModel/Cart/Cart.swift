import CartSupport

/// One shopper's basket, as its events made it.
public struct Cart: Equatable, Sendable {
  /// Our integer key.
  public var key: Int64
  /// The name that users see: the store's, or ours.
  public var id: String
  /// Counts the cart's events.
  public var version: Int64 = 0
  /// The number of its last event in the event log.
  public var head: Int64 = 0
  public var state: State = .open
  public var created: Timestamp
  /// When its last event happened.
  public var updated: Timestamp
  /// When the shopper last did something; staff, rules and undo do not wake a cart.
  public var touched: Timestamp
  public var currency: Currency
  /// In the order of adding.
  public var lines: [Line] = []
  public var shopper = Shopper()
  /// In the order of applying.
  public var coupons: [String] = []
  /// In the order of their names.
  public internal(set) var attributes: [Attribute] = []
  /// Names of the rules that flagged it, sorted.
  public var flags: [String] = []
  /// The rule or list that holds it; nil where a person holds it.
  public var heldBy: Cause?
  /// Keys of causes that it was held by and restored from: the same does not hold it again.
  public var pardons: [String] = []
  public var order: Order?
  /// Times in which the shopper did nothing, those that are over.
  public var pauses: [Pause] = []
  var storeSide = Boxed<StoreSide>()
  /// One or none: in a list they take a word of each cart, and most carts have none.
  var remarks: [Remarks] = []

  public init(key: Int64, id: String, currency: Currency, at: Timestamp) {
    self.key = key
    self.id = id
    self.currency = currency
    created = at
    updated = at
    touched = at
  }

  /// What is stored of a status; abandoned and expired depend on the clock and are computed.
  public enum State: UInt8, Sendable, CustomStringConvertible {
    case open = 0
    case ordered = 1
    case deleted = 2
    case held = 3
    /// Its store joined it into another cart.
    case merged = 4

    /// Whether nothing that is done here changes it any more.
    public var isOver: Bool { self == .ordered || self == .merged }

    public var description: String {
      switch self {
      case .open: "open"
      case .ordered: "ordered"
      case .deleted: "deleted"
      case .held: "held"
      case .merged: "merged"
      }
    }
  }

  /// Pieces over all lines.
  public var quantity: Int64 { lines.indices.reduce(0) { $0 + lines[$1].quantity } }

  /// Finds the one line that a reference means.
  ///
  /// - Throws: `notFound`, or `ambiguous` when a SKU stands on several lines.
  public func index(of reference: LineReference) throws(ModelError) -> Int {
    switch reference {
    case .position(let position):
      guard position >= 1, position <= lines.count else {
        throw ModelError(
          .notFound, "line \(reference): the cart \(id) has \(lines.count) lines")
      }
      return position - 1
    case .id(let name, let sku):
      guard let index = lines.firstIndex(where: { $0.id == name }) else { throw missing(name) }
      guard sku.isEmpty || lines[index].sku == sku else { throw lines[index].refusal(of: sku, id) }
      return index
    case .sku(let name):
      return try index(sku: name)
    case .line(let line):
      guard let index = lines.firstIndex(where: { $0.id == line.id }) else {
        throw missing(line.id)
      }
      guard lines[index].isSameEntry(as: line) else {
        throw ModelError(
          .conflict,
          "\(fullLabel): the line \(line.fullLabel) is gone; \(lines[index].fullLabel) has its place "
            + "now; look at the cart again")
      }
      return index
    case .name(let name):
      if let index = lines.firstIndex(where: { $0.id == name }) {
        let sharing = lines.count { $0.sku == name }
        guard sharing > 1, lines[index].sku == name else { return index }
      }
      return try index(sku: name)
    }
  }

  /// The places of the lines that a word may mean: an id, else a SKU in any case, else a part of a
  /// name.
  public func places(of word: String, byName: Bool) -> [Int] {
    if let index = lines.firstIndex(where: { $0.id == word }), lines[index].sku != word {
      return [index]
    }
    let skus = lines.indices.filter { lines[$0].sku == word }
    if !skus.isEmpty { return skus }
    let alike = lines.indices.filter { TextFold.areEqual(lines[$0].sku, word) }
    guard alike.isEmpty, byName, word.count(where: \.isLetter) > 2 else { return alike }
    let needle = TextFold.Needle(word)
    return lines.indices.filter { needle.isIn(lines[$0].name) }
  }

  private func index(sku: String) throws(ModelError) -> Int {
    var found: Int?
    for (index, line) in lines.enumerated() where line.sku == sku {
      guard found == nil else {
        let places = lines.indices.filter { lines[$0].sku == sku }.map { "#\($0 + 1)" }
        throw ModelError(
          .ambiguous,
          "line \(quoted(sku)): several lines of the cart \(id) have this SKU; say which: "
            + places.joined(separator: ", "))
      }
      found = index
    }
    guard let found else { throw missing(sku) }
    return found
  }

  private func missing(_ name: String) -> ModelError {
    let there = listed(lines.map(\.code))
    return ModelError(
      .notFound,
      "line \(quoted(name)): not in the cart \(id)"
        + (lines.isEmpty ? ", which is empty" : "; it has \(there)"))
  }
}
