import CartModel
import CartStorage
import CartSupport

/// The hash chain over the event log, and the facts that events and operations are committed to.
extension Checker {
  /// Recomputes each commit's hash, and each fact's commitment.
  mutating func chain() throws(StoreError) {
    let commits = try statements.fresh(
      "SELECT id, first, last, recorded, hash FROM commits ORDER BY id")
    let events = try statements.fresh(
      "SELECT seq, ifnull(cart, 0), ifnull(prev, 0), version, op, at, recorded, type, key, data, "
        + "actor FROM event ORDER BY seq")
    var (expected, previous, id) = (Int64(1), [UInt8](), Int64(0))
    var begun = try BegunOperations(statements)
    var hasEvent = try events.step()
    while try commits.step() {
      let (first, last, recorded) = (commits.int(1), commits.int(2), commits.int(3))
      id += 1
      if commits.int(0) != id { report.add("commit \(id): is missing from the event log") }
      id = commits.int(0)
      if first != expected {
        report.add("commit \(id): begins with event \(first), expected \(expected)")
      }
      var digest = Digest()
      while hasEvent, events.int(0) <= last {
        try add(events, recorded, &digest, expected: &expected)
        hasEvent = try events.step()
      }
      expected = last + 1
      try begun.add(to: &digest, first: first, last: last)
      digest.add(previous)
      let hash = [UInt8](commits.bytes(4))
      if digest.finish() != hash {
        report.add("commit \(id): its hash does not fit events \(first) … \(last)")
      }
      previous = hash
      report.commits += 1
    }
    if hasEvent { report.add("event \(events.int(0)): belongs to no commit") }
    try checkFacts()
  }

  private mutating func add(
    _ row: Statement, _ recorded: Int64, _ digest: inout Digest, expected: inout Int64
  ) throws(StoreError) {
    let seq = row.int(0)
    if seq != expected { report.add("event \(expected): is missing from the event log") }
    expected = seq + 1
    report.events += 1
    guard let type = EventType(rawValue: UInt8(clamping: row.int(7))) else {
      report.add("event \(seq): unknown type \(row.int(7))")
      return
    }
    let event = EventRow(
      seq: seq, cart: row.int(1), prev: row.int(2), version: row.int(3), operation: row.int(4),
      at: row.int(5), recorded: row.int(6), type: type, key: EventKey(row.bytes(8)))
    if row.int(6) != recorded {
      report.add("event \(seq): recorded at another time than its commit")
    }
    let data = row.bytes(9)
    let actor: Actor
    do throws(StoreError) { actor = try statements.actors[row.int(10)] } catch {
      report.add("event \(seq): unknown actor number \(row.int(10))")
      return
    }
    event.add(to: &digest, actor: actor, data: data, &buffer)
    ownEvents[event.operation, default: ([], 0)].events += 1
    if event.cart != 0 { ownEvents[event.operation]?.carts.insert(event.cart) }
    do throws(StoreError) {
      let record = try EventCodec.Record(type: type, data)
      if let fact = record.fact { owners.append((fact, record.commitment, "event \(seq)")) }
    } catch { return report.add("event \(seq): its record is damaged") }
    if owners.count >= Self.factsAtOnce { try checkFacts() }
  }

  private static let factsAtOnce = 2_000

  /// Compares the facts that were noted with the commitments of their owners.
  mutating func checkFacts() throws(StoreError) {
    guard !owners.isEmpty else { return }
    let rows = try statements(
      "SELECT id, salt, data FROM fact WHERE id IN (SELECT value FROM json_each(?))")
    rows.bind(1, Statements.list(owners.map(\.fact)))
    // Nil for an erased fact, which has neither salt nor value.
    var commitments: [Int64: EventKey?] = [:]
    while try rows.step() {
      commitments[rows.int(0)] = .some(
        rows.isNull(1) && rows.isNull(2)
          ? nil : Chain.commitment(salt: EventKey(rows.bytes(1)), rows.bytes(2)))
    }
    for (fact, commitment, owner) in owners {
      switch commitments[fact] {
      case nil: report.add("\(owner): its fact \(fact) is missing")
      case .some(let stored?) where stored != commitment:
        report.add("\(owner): its fact \(fact) was changed")
      case .some: break
      }
    }
    owners = []
  }
}
