import CartModel
import CartStorage

/// A cart's events along `prev`, and where they do not lead to its first.
struct EventChain {
  enum Gap: Equatable {
    /// The event log has no event of this number.
    case missing(Int64)
    /// The event of this number is another cart's, or its predecessor is not before it.
    case foreign(Int64)
  }

  /// Of one cart; an error where an event cannot be read.
  fileprivate(set) var history: Result<StoredHistory, StoreError> = .success(StoredHistory())
  fileprivate(set) var gap: Gap?
  fileprivate var cart: Int64?

  /// - Throws: `corrupt` where it has a gap, or an event that cannot be read.
  func checked() throws(StoreError) -> StoredHistory {
    switch gap {
    case .missing(let seq):
      throw StoreError(.corrupt, "event \(seq) is missing from its history")
    case .foreign(let seq): throw StoreError(.corrupt, "event \(seq) belongs to another cart")
    case nil: return try history.get()
    }
  }

  /// Adds the event before those that are there.
  fileprivate mutating func add(_ event: () throws(StoreError) -> Event, parent: Int64?) {
    guard case .success(var own) = history else { return }
    do throws(StoreError) {
      let event = try event()
      // Not copied while it grows.
      history = .success(StoredHistory())
      own.events.append(event)
      if let parent { own.parents[event.operation] = parent }
      history = .success(own)
    } catch { history = .failure(error) }
  }

  fileprivate mutating func reverse() {
    guard case .success(var own) = history else { return }
    own.events.reverse()
    history = .success(own)
  }
}

extension EventTable {
  /// Where chains of events begin.
  enum ChainStart: String {
    /// At the last event of each cart of these keys.
    case carts = """
      SELECT id, head FROM cart WHERE head != 0 AND id IN (SELECT value FROM json_each(?1))
      """
    /// At the events of these numbers.
    case events = "SELECT value, value FROM json_each(?1)"
  }

  /// Follows `prev` to the first event of each cart, many carts in one statement.
  ///
  /// - Parameter types: of the events that are wanted; nil for all.
  /// - Returns: the chains by the cart's key, or by the number of the event that they start at.
  func chains(from start: ChainStart, _ starts: [Int64], types: [EventType]? = nil)
    throws(StoreError) -> [Int64: EventChain]
  {
    guard !starts.isEmpty else { return [:] }
    let row = try statements(
      """
      WITH RECURSIVE chain(start, number) AS (\(start.rawValue)
        UNION ALL SELECT start, prev FROM chain JOIN event ON seq = number WHERE prev < seq)
      SELECT \(Self.columns), start, number,
        (SELECT parent FROM operation WHERE id = event.op)
      FROM chain LEFT JOIN event ON seq = number
        LEFT JOIN fact ON fact.id = fact_of(event.data)
      """)
    row.bind(1, Statements.list(starts))
    defer { row.reset() }
    var (chains, places) = ([(start: Int64, chain: EventChain)](), [Int64: Int]())
    while try row.step() {
      let (key, seq) = (row.int(12), row.int(13))
      let place = places[key] ?? chains.count
      if place == chains.count {
        places[key] = place
        chains.append((key, EventChain(cart: start == .carts ? key : nil)))
      }
      guard !row.isNull(0) else {
        chains[place].chain.gap = .missing(seq)
        continue
      }
      let cart = chains[place].chain.cart ?? row.int(1)
      guard row.int(1) == cart, row.int(2) < seq else {
        chains[place].chain.gap = .foreign(seq)
        continue
      }
      chains[place].chain.cart = cart
      if let types, !types.contains(where: { Int64($0.rawValue) == row.int(7) }) { continue }
      chains[place].chain.add(
        { () throws(StoreError) in try entry(row).event },
        parent: row.isNull(14) ? nil : row.int(14))
    }
    return Dictionary(
      chains.map { start, chain in
        var chain = chain
        chain.reverse()
        return (start, chain)
      }, uniquingKeysWith: { first, _ in first })
  }
}
