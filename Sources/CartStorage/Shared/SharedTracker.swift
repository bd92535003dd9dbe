import CartModel

/// How much earlier events happened than something recorded before them.
public struct Lateness: Sendable {
  public private(set) var peak: Timestamp

  /// - Parameter peak: the latest time so far; nil for none.
  public init(after peak: Timestamp? = nil) { self.peak = peak ?? Timestamp(milliseconds: .min) }

  /// Records the next event's time, and returns how late it is; milliseconds.
  public mutating func add(_ at: Timestamp) -> Int64 {
    guard at < peak else {
      peak = at
      return 0
    }
    let (late, overflow) = peak.milliseconds.subtractingReportingOverflow(at.milliseconds)
    return overflow ? .max : late
  }
}

/// Follows one cart's events: who its shopper is, and what it has been under.
///
/// Events of operations that were undone count as others do: what was seen was seen, and a decision that
/// was made on it must come out the same when it is looked back at.
public struct SharedTracker: Sendable {
  private let keys: [SharedKey]
  private var person = SharedPerson()
  private var isNamed = false
  /// The values that it has had.
  private var known: [(key: SharedKey, value: UInt64)] = []

  public init(_ keys: [SharedKey]) { self.keys = keys }

  /// The types of events that say something carts can share.
  public static let types = EventType.allCases.filter { $0.traits.marks.contains(.shared) }

  /// Records an event, and returns what it counts under each value that the cart has had.
  public mutating func add(
    _ event: Event, late: Int64 = 0, _ hasher: SharedHasher,
    _ body: (SharedKey, UInt64, SharedRow) -> Void
  ) {
    let before = person
    let (isNew, what, total) = take(event.body, hasher)
    let code = Self.code(event.body, hasher)
    let old = known.count
    if isNew {
      for key in keys {
        guard let value = hasher.value(key, of: person),
          !known.contains(where: { $0.key == key && $0.value == value })
        else { continue }
        known.append((key, value))
      }
    }
    guard isNew || !what.isEmpty else { return }
    for (index, entry) in known.enumerated() {
      var row = SharedRow(
        at: event.at, seq: event.seq, cart: event.cart, late: late, what: what, total: total)
      row.code = code
      let joins = index >= old
      if joins { row.what.insert(.joined) }
      if isNew {
        func news(_ kind: SharedKey.Kind) -> UInt64 {
          joins || person[kind] != before[kind] ? person[kind] : 0
        }
        (row.email, row.ip, row.session) = (news(.email), news(.ip), news(.session))
      }
      if !row.isEmpty { body(entry.key, entry.value, row) }
    }
  }

  private static func code(_ event: EventBody, _ hasher: SharedHasher) -> UInt64 {
    guard let payment = event.payment, payment.isDeclined else { return 0 }
    return hasher.hash(ofCode: payment.code)
  }

  /// - Returns: whether it says who the shopper is, and what else it says.
  private mutating func take(_ event: EventBody, _ hasher: SharedHasher) -> (
    isNew: Bool, SharedRow.What, Money?
  ) {
    guard event.traits.marks.contains(.shared) else { return (false, [], nil) }
    if let fields = event.identity {
      var isNew = !isNamed
      for field in fields where hasher.set(&person, field.field, field.after) { isNew = true }
      isNamed = true
      return (isNew, [], nil)
    }
    if let payment = event.payment {
      let what: SharedRow.What = payment.isDeclined ? .declined : []
      guard !payment.card.isEmpty else { return (false, what, nil) }
      let before = person[.card]
      hasher.set(&person, card: payment.card)
      isNamed = true
      return (person[.card] != before, what, nil)
    }
    return (false, event.orderRecord == nil ? [] : .ordered, event.orderRecord?.total)
  }
}
