import CartModel
import CartStorage
import CartSupport

/// Compares what a database holds with its event log, and the log with its hash chain.
struct Checker {
  let statements: Statements
  /// By which the rows are priced; nil where they may be by several.
  let totals: RowTotals?
  var report = CheckReport()
  var expectedCounters: ExpectedCounters
  /// What the log has of each operation, by its number.
  var ownEvents: [Int64: (carts: Set<Int64>, events: Int64)] = [:]
  var expectedShared = SharedSum()
  /// Facts that are still to be compared with the commitments of their owners.
  var owners: [(fact: Int64, commitment: EventKey, owner: String)] = []
  var buffer = ByteWriter()

  /// - Parameters:
  ///   - totals: by which the rows are priced; nil where they may be by several.
  ///   - productChanges: how an event counts pieces of products.
  init(
    statements: Statements, totals: RowTotals?,
    productChanges: @escaping (EventBody) -> [ProductCount]
  ) {
    self.statements = statements
    self.totals = totals
    expectedCounters = ExpectedCounters(productChanges)
  }

  /// Compares all there is.
  mutating func run() throws -> CheckReport {
    try integrity()
    guard report.isClean else { return report }
    try chain()
    try begin()
    try carts()
    try shared()
    try names()
    try redemptions()
    try counters()
    try tallies()
    try operations()
    try catalogue()
    return report
  }

  private mutating func integrity() throws(StoreError) {
    let rows = try statements.fresh("PRAGMA integrity_check(20)")
    while try rows.step() {
      let text = rows.text(0)
      if text != "ok" { report.add("database file: \(text)") }
    }
  }

  /// Replays each cart and folds it without what was undone.
  mutating func carts() throws {
    let rows = try statements.fresh(
      "SELECT \(StoredCart.columns) FROM cart ORDER BY id")
    var (reached, isLast) = (Int64(0), false)
    while !isLast {
      var carts: [StoredCart] = []
      while carts.count < StorageLimits.cartsAtOnce, !isLast {
        guard try rows.step() else {
          isLast = true
          break
        }
        report.carts += 1
        do throws(StoreError) { carts.append(try StoredCart(rows, totals)) } catch {
          report.add("cart \(rows.text(1)): \(error)")
        }
      }
      let chains = try EventTable(statements).chains(from: .carts, carts.map(\.cart.key))
      for stored in carts {
        do throws(StoreError) {
          let history = try chains[stored.cart.key]?.checked() ?? StoredHistory()
          expectedShared.add(history.events)
          reached += Int64(history.events.count)
          check(
            stored.cart,
            History(history.events, id: stored.cart.id, parents: history.parents))
          for flaw in stored.flaws { report.add("cart \(stored.cart.id): \(flaw)") }
        } catch { report.add("cart \(stored.cart.id): \(error)") }
      }
    }
    let owned = try statements.single("SELECT count(*) FROM event WHERE cart IS NOT NULL")
    if owned != reached {
      report.add("event log: \(owned) events belong to carts, but their rows lead to \(reached)")
    }
  }

  /// A cart's row, and in what its columns differ from its own body.
  private struct StoredCart {
    static let columns = CartTable.columns + ", quantity, subtotal, claimed, robot, total"

    let cart: Cart
    var flaws: [String] = []

    init(_ row: Statement, _ totals: RowTotals?) throws(StoreError) {
      cart = try row.cart()
      let subtotal = (try? cart.subtotal().minor) ?? 0
      if row.int(15) != cart.quantity || row.int(16) != subtotal {
        flaws.append("quantity or subtotal in its row differs from its lines")
      }
      if let totals, totals.total(cart) != (row.isNull(19) ? nil : row.int(19)) {
        flaws.append("the total in its row differs from its lines")
      }
      if row.isNull(17) ? cart.claim != nil : row.text(17) != cart.claim?.by {
        flaws.append("its row names another claim than its events")
      }
      if row.isNull(18) != cart.isHuman {
        flaws.append("its row says otherwise than its flags whether it is a person's")
      }
    }
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
    if !stored.state.isOver, let folded = history.folded(without: undone),
      !folded.hasSameContent(as: stored)
    {
      report.add("cart \(stored.id): differs from its events without the undone operations")
    }
    expectedCounters.add(history)
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

  /// What each operation says of itself, against its events.
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
        owners.append((rows.int(3), EventKey(rows.bytes(4)), "operation \(id)"))
      }
    }
    try checkFacts()
    for id in ownEvents.keys.sorted() { report.add("operation \(id): is missing") }
  }
}
