import CartModel
import CartStorage
import CartSupport

/// An event log in memory, with its operations and commits.
struct EventMemory: Sendable {
  struct Entry: Sendable {
    var event: Event
    var key: EventKey
    /// The id in the file it came from, where that is not the key.
    var origin: String

    var logged: LoggedEvent {
      LoggedEvent(event: event, id: origin.isEmpty ? hexadecimal(key.bytes) : origin)
    }
  }

  struct Commit: Sendable {
    var first: Int64
    var recorded: Timestamp
  }

  /// The event of number n stands at n - 1.
  private(set) var entries: [Entry] = []
  private(set) var keys: Set<EventKey> = []
  /// The numbers of each cart's events; those that belong to no cart are under 0.
  private(set) var places: [Int64: [Int64]] = [:]
  /// The operation of number n stands at n - 1.
  private(set) var operations: [Operation] = []
  private(set) var numbers: [ExactText: Int64] = [:]
  private(set) var commits: [Commit] = []

  var lastSeq: Int64 { Int64(entries.count) }

  subscript(_ seq: Int64) -> Event { entries[Int(seq) - 1].event }

  func operation(_ id: Int64) -> Operation? { place(of: id).map { operations[$0] } }

  /// The index of an operation; nil where no operation has the number.
  private func place(of operation: Int64) -> Int? {
    (1...).contains(operation) && operation <= operations.count ? Int(operation) - 1 : nil
  }

  /// All events of a cart in their order.
  func history(of cart: Int64) -> [Event] { (places[cart] ?? []).map { self[$0] } }

  /// The events that belong to no cart and are of some types, in the order of the log.
  func loose(_ types: EventType...) -> [Event] {
    history(of: 0).filter { types.contains($0.body.type) }
  }

  /// The same in the order of their times.
  func looseByTime(_ type: EventType, until time: Timestamp = Timestamp(milliseconds: .max))
    -> [Event]
  {
    loose(type).filter { $0.at <= time }.sorted { ($0.at, $0.seq) < ($1.at, $1.seq) }
  }

  /// The events of an operation and of those that it brought.
  func events(of operation: Int64) -> [Event] {
    entries.lazy.map(\.event).filter {
      $0.operation == operation || self.operation($0.operation)?.parent == operation
    }
  }

  func parents(of ids: some Sequence<Int64>) -> [Int64: Int64] {
    var parents: [Int64: Int64] = [:]
    for id in ids { if let parent = operation(id)?.parent { parents[id] = parent } }
    return parents
  }

  /// The import that an operation is, or that brought it; nil for any other operation.
  func importing(_ id: Int64) -> Int64? {
    guard let operation = operation(id) else { return nil }
    return operation.parent ?? (operation.kind == .importing ? id : nil)
  }

  func undos(of id: Int64) -> Undos {
    let all = operations.filter { $0.target == id }
    let whole = all.last { $0.targetCart == nil && $0.parent == nil }
    return Undos(
      last: whole?.kind,
      areOfCarts: all.contains {
        ($0.targetCart != nil || $0.parent != nil) && $0.id > whole?.id ?? 0
      }, carts: whole?.extent.carts ?? 0)
  }

  // MARK: Writing

  mutating func begin(_ operation: Operation) -> (id: Int64, isNew: Bool) {
    if let known = numbers[ExactText(operation.key)] { return (known, false) }
    var operation = operation
    operation.id = Int64(operations.count) + 1
    operation.extent = Operation.Extent(first: lastSeq + 1, last: lastSeq)
    operations.append(operation)
    numbers[ExactText(operation.key)] = operation.id
    return (operation.id, true)
  }

  mutating func countCart(of operation: Int64) {
    if let place = place(of: operation) { operations[place].extent.carts += 1 }
  }

  /// - Throws: `other` for an event that is there already.
  mutating func append(_ event: Event, key: EventKey, origin: String) throws(StoreError) -> Int64 {
    guard keys.insert(key).inserted else {
      throw StoreError(.other, "event log: it has an event of the key \(hexadecimal(key.bytes))")
    }
    var event = event
    event.seq = lastSeq + 1
    entries.append(Entry(event: event, key: key, origin: origin))
    places[event.cart, default: []].append(event.seq)
    if let place = place(of: event.operation) {
      operations[place].extent.events += 1
      operations[place].extent.last = event.seq
    }
    return event.seq
  }

  /// Closes a commit, if it has events.
  mutating func close(first: Int64, recorded: Timestamp) {
    guard lastSeq >= first else { return }
    commits.append(Commit(first: first, recorded: recorded))
    // A commit ends at the same event for all of its operations.
    for place in operations.indices
    where operations[place].extent.events > 0 && operations[place].extent.last >= first {
      operations[place].extent.last = lastSeq
    }
  }
}
