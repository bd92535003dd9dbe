import CartModel
import CartSupport

/// What `check` found.
public struct CheckReport: Equatable, Sendable {
  public var carts: Int64 = 0
  public var events: Int64 = 0
  public var commits: Int64 = 0
  /// One sentence each, at most a hundred.
  public var problems: [String] = []

  public var isClean: Bool { problems.isEmpty }

  mutating func add(_ problem: String) {
    if problems.count < 100 { problems.append(problem) }
  }
}

extension CartStore {
  /// Rebuilds states, counters, names and hashes from the event log and compares.
  ///
  /// - Parameter productChanges: how an event counts pieces of products.
  /// - Complexity: O(events); reads one state of the database, writers are not held up.
  public func check(
    productChanges: @escaping (EventBody) -> [ProductCount]
  ) throws(StoreError) -> CheckReport {
    try consistently { statements in
      var checker = Checker(
        statements: statements, totals: try marked(statements), productChanges: productChanges)
      try checker.integrity()
      guard checker.report.isClean else { return checker.report }
      try checker.chain()
      try checker.begin()
      try checker.carts()
      try checker.shared()
      try checker.names()
      try checker.redemptions()
      try checker.counters()
      try checker.tallies()
      try checker.operations()
      try checker.catalogue()
      return checker.report
    }
  }
}

struct Checker {
  let statements: Statements
  /// By which the rows are priced; nil where they may be by several.
  let totals: RowTotals?
  let productChanges: (EventBody) -> [ProductCount]
  var report = CheckReport()
  private var counts: [Key: ProductCount] = [:]
  private var ownEvents: [Int64: (carts: Set<Int64>, events: Int64)] = [:]
  var expectedShared = SharedSum()
  private var buffer = ByteWriter()

  private struct Key: Hashable {
    var quarter: Int64
    var sku: String
  }

  init(
    statements: Statements, totals: RowTotals?,
    productChanges: @escaping (EventBody) -> [ProductCount]
  ) {
    self.statements = statements
    self.totals = totals
    self.productChanges = productChanges
  }

  mutating func integrity() throws(StoreError) {
    let rows = try statements.fresh("PRAGMA integrity_check(20)")
    while try rows.step() {
      let text = rows.text(0)
      if text != "ok" { report.add("database file: \(text)") }
    }
  }

  /// Recomputes each commit's hash, and each fact's commitment.
  mutating func chain() throws(StoreError) {
    let commits = try statements.fresh(
      "SELECT id, first, last, recorded, hash FROM commits ORDER BY id")
    let events = try statements.fresh(
      "SELECT seq, ifnull(cart, 0), ifnull(prev, 0), version, op, at, recorded, type, key, data, "
        + "actor FROM event ORDER BY seq")
    var (expected, previous, id) = (Int64(1), [UInt8](), Int64(0))
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
      try Chain.addOperations(&digest, statements, first: first, last: last)
      digest.add(previous)
      let hash = [UInt8](commits.bytes(4))
      if digest.finish() != hash {
        report.add("commit \(id): its hash does not fit events \(first) … \(last)")
      }
      previous = hash
      report.commits += 1
    }
    if hasEvent { report.add("event \(events.int(0)): belongs to no commit") }
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
    do throws(StoreError) { actor = try statements.actor(row.int(10)) } catch {
      report.add("event \(seq): unknown actor number \(row.int(10))")
      return
    }
    event.add(to: &digest, actor: actor, data: data, &buffer)
    ownEvents[event.operation, default: ([], 0)].events += 1
    if event.cart != 0 { ownEvents[event.operation]?.carts.insert(event.cart) }
    do throws(StoreError) {
      let record = try EventCodec.Record(type: type, data)
      if let fact = record.fact { try check(fact: fact, record.commitment, "event \(seq)") }
    } catch { report.add("event \(seq): its record is damaged") }
  }

  private mutating func check(fact: Int64, _ commitment: EventKey, _ owner: String)
    throws(StoreError)
  {
    let statement = try statements("SELECT salt, data FROM fact WHERE id = ?")
    statement.bind(1, fact)
    defer { statement.reset() }
    guard try statement.step() else {
      report.add("\(owner): its fact \(fact) is missing")
      return
    }
    // An erased fact has neither salt nor value.
    if statement.isNull(0), statement.isNull(1) { return }
    let value = Chain.commitment(salt: EventKey(statement.bytes(0)), statement.bytes(1))
    if value != commitment { report.add("\(owner): its fact \(fact) was changed") }
  }

  /// Replays each cart and folds it without what was undone.
  mutating func carts() throws {
    var parents: [Int64: Int64] = [:]
    let children = try statements.fresh("SELECT id, parent FROM operation WHERE parent IS NOT NULL")
    while try children.step() { parents[children.int(0)] = children.int(1) }
    let rows = try statements.fresh(
      "SELECT \(Statements.cartColumns), quantity, subtotal, claimed, robot, total FROM cart ORDER BY id"
    )
    var reached: Int64 = 0
    while try rows.step() {
      report.carts += 1
      let name = rows.text(1)
      do {
        let stored = try rows.cart()
        let events = try history(stored)
        expectedShared.add(events)
        reached += Int64(events.count)
        check(stored, History(events, id: stored.id, parents: parents))
        let subtotal = (try? stored.subtotal().minor) ?? 0
        if rows.int(15) != stored.quantity || rows.int(16) != subtotal {
          report.add("cart \(name): quantity or subtotal in its row differs from its lines")
        }
        if let totals, totals.total(stored) != (rows.isNull(19) ? nil : rows.int(19)) {
          report.add("cart \(name): the total in its row differs from its lines")
        }
        if rows.isNull(17) ? stored.claim != nil : rows.text(17) != stored.claim?.by {
          report.add("cart \(name): its row names another claim than its events")
        }
        if rows.isNull(18) != stored.isHuman {
          report.add("cart \(name): its row says otherwise than its flags whether it is a person's")
        }
      } catch {
        report.add("cart \(name): \(error)")
      }
    }
    let owned = try statements.single("SELECT count(*) FROM event WHERE cart IS NOT NULL")
    if owned != reached {
      report.add("event log: \(owned) events belong to carts, but their rows lead to \(reached)")
    }
  }

  private mutating func history(_ cart: Cart) throws(StoreError) -> [Event] {
    var (seq, events) = (cart.head, [Event]())
    while seq != 0 {
      let row = try statements("\(Statements.selectEvent) WHERE seq = ?")
      row.bind(1, seq)
      guard try row.step() else {
        throw StoreError(.corrupt, "event \(seq) is missing from its history")
      }
      let previous = row.int(2)
      let event: Event
      do throws(StoreError) { event = try statements.entry(row).event } catch {
        row.reset()
        throw error
      }
      row.reset()
      guard event.cart == cart.key, previous < seq else {
        throw StoreError(.corrupt, "event \(seq) belongs to another cart")
      }
      events.append(event)
      seq = previous
    }
    return events.reversed()
  }

  private mutating func check(_ stored: Cart, _ history: History) {
    guard let replayed = history.replayed() else {
      report.add("cart \(stored.id): has no events")
      return
    }
    for (index, event) in history.events.enumerated() where event.version != Int64(index) + 1 {
      report.add(
        "cart \(stored.id): event \(event.seq) has version \(event.version), expected \(index + 1)")
      break
    }
    if replayed != stored {
      report.add(
        "cart \(stored.id): its row differs from its events (\(difference(stored, replayed)))")
    }
    let undone = history.undone()
    if stored.state != .ordered, let folded = history.folded(without: undone),
      !folded.hasSameContent(as: stored)
    {
      report.add("cart \(stored.id): differs from its events without the undone operations")
    }
    let compensating = history.compensatingOperations()
    for event in history.events where !compensating.contains(event.operation) {
      if history.isUndone(event.operation, undone), !event.body.isFinal { continue }
      for change in productChanges(event.body) {
        let key = Key(quarter: event.at.quarter, sku: change.sku)
        counts[key, default: ProductCount(sku: change.sku, name: "")].added += change.added
        counts[key]?.removed += change.removed
        counts[key]?.ordered += change.ordered
      }
    }
  }

  private func difference(_ stored: Cart, _ replayed: Cart) -> String {
    var parts: [String] = []
    if stored.lines != replayed.lines { parts.append("lines") }
    if stored.shopper != replayed.shopper { parts.append("shopper") }
    if stored.coupons != replayed.coupons { parts.append("coupons") }
    if stored.attributes != replayed.attributes { parts.append("attributes") }
    if stored.state != replayed.state { parts.append("status") }
    if stored.order != replayed.order { parts.append("order") }
    if stored.version != replayed.version { parts.append("version") }
    return parts.isEmpty ? "times" : parts.joined(separator: ", ")
  }

  mutating func counters() throws(StoreError) {
    let rows = try statements.fresh(
      "SELECT quarter, sku, added, removed, ordered FROM counter "
        + "LEFT JOIN product ON product.id = counter.product")
    while try rows.step() {
      let key = Key(quarter: rows.int(0), sku: rows.text(1))
      let expected = counts.removeValue(forKey: key) ?? ProductCount(sku: key.sku, name: "")
      let stored = (rows.int(2), rows.int(3), rows.int(4))
      if stored != (expected.added, expected.removed, expected.ordered) {
        report.add(
          "counter of \(quoted(key.sku)) in quarter \(key.quarter): is \(stored), the event log says "
            + "(\(expected.added), \(expected.removed), \(expected.ordered))")
      }
    }
    for (key, count) in counts where count.added != 0 || count.removed != 0 || count.ordered != 0 {
      report.add("counter of \(quoted(key.sku)) in quarter \(key.quarter): is missing")
    }
  }

  /// The tallies are the sums of the counters.
  mutating func tallies() throws(StoreError) {
    let kept = "SELECT day, product, added, removed, ordered FROM tally"
    for (one, other) in [(kept, Schema.tallies), (Schema.tallies, kept)] {
      let rows = try statements.fresh(
        "SELECT day, product FROM (SELECT * FROM (\(one)) EXCEPT SELECT * FROM (\(other))) LIMIT 5")
      while try rows.step() {
        report.add(
          "tally of product \(rows.int(1)) on day \(rows.int(0)): is not its counters' sum")
      }
    }
  }

  mutating func operations() throws(StoreError) {
    let rows = try statements.fresh(
      "SELECT id, carts, events, fact, commitment FROM operation ORDER BY id")
    while try rows.step() {
      let id = rows.int(0)
      let own = ownEvents.removeValue(forKey: id) ?? ([], 0)
      if rows.int(1) != Int64(own.carts.count) || rows.int(2) != own.events {
        report.add(
          "operation \(id): says \(rows.int(1)) carts and \(rows.int(2)) events, the event log "
            + "has \(own.carts.count) and \(own.events)")
      }
      if !rows.isNull(3) {
        try check(fact: rows.int(3), EventKey(rows.bytes(4)), "operation \(id)")
      }
    }
    for id in ownEvents.keys.sorted() { report.add("operation \(id): is missing") }
  }

  /// The catalogue and the settings are what their last events said.
}
