import CartModel
import CartStorage
import CartSupport

/// The event log.
struct EventTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  static let columns = """
    event.seq, event.cart, event.prev, event.version, event.op, event.actor, event.at, event.type, \
    event.key, event.data, event.recorded, fact.data
    """
  /// Events with the values of their facts.
  static let select =
    "SELECT \(columns) FROM event LEFT JOIN fact ON fact.id = fact_of(event.data)"

  /// The event of a row of `select`.
  func entry(_ row: Statement) throws(StoreError) -> LoggedEvent {
    guard let type = EventType(rawValue: UInt8(clamping: row.int(7))) else {
      throw StoreError(.corrupt, "event log: event \(row.int(0)) has an unknown type \(row.int(7))")
    }
    let record = try EventCodec.Record(type: type, row.bytes(9))
    let body = try EventCodec.body(record, personal: row.isNull(11) ? nil : row.bytes(11))
    let event = Event(
      seq: row.int(0), cart: row.int(1), version: row.int(3), operation: row.int(4),
      actor: try statements.actors[row.int(5)], at: Timestamp(milliseconds: row.int(6)),
      body: body)
    let id = record.origin.id.isEmpty ? hexadecimal(row.bytes(8)) : record.origin.id
    return LoggedEvent(event: event, id: id)
  }

  /// Calls with the events that belong to no cart and are of some types, until it is false.
  ///
  /// - Parameter rest: what stands behind the condition; its arguments follow on the types.
  func forEachLoose(
    _ types: [EventType], _ rest: String, _ arguments: [Int64] = [],
    _ body: (Event) throws(StoreError) -> Bool
  ) throws(StoreError) {
    let marks = types.map { _ in "?" }.joined(separator: ", ")
    let isMeant = types.count == 1 ? "type = ?" : "type IN (\(marks))"
    let rows = try statements.fresh("\(Self.select) WHERE cart IS NULL AND \(isMeant) \(rest)")
    for (place, number) in (types.map { Int64($0.rawValue) } + arguments).enumerated() {
      rows.bind(Int32(place) + 1, number)
    }
    while try rows.step() { guard try body(try entry(rows).event) else { return } }
  }

  /// All events that belong to no cart and are of some types.
  func loose(_ types: [EventType], _ rest: String = "ORDER BY seq", _ arguments: [Int64] = [])
    throws(StoreError) -> [Event]
  {
    var list: [Event] = []
    try forEachLoose(types, rest, arguments) { (event) throws(StoreError) in
      list.append(event)
      return true
    }
    return list
  }
}
