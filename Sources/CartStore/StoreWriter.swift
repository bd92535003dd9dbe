import CartModel
import CartSupport

/// Writes events and what follows from them, inside one transaction.
///
/// Valid only within `CartStore.write`; confined to its thread.
public final class StoreWriter {
  let statements: Statements
  private let recorded: Timestamp
  private let random: () -> UInt64
  private let start: WriteStart
  private var seq: Int64
  private var nextFact: Int64
  private var nextOperation: Int64
  private let firstSeq: Int64
  /// The operations that began in this transaction.
  private var begun: [BegunOperation] = []
  private var digest = Digest()
  private var data = ByteWriter()
  private var personal = ByteWriter()
  private var counters = ProductCounters()
  private var operations: [Int64: (carts: Int64, events: Int64)] = [:]
  private let insertEvent: Statement
  private let insertFact: Statement
  private let saveCart: Statement
  /// Whether anything was asked of what carts share.
  private let keepsShared: Bool
  private let totals: RowTotals?
  private var hasMarkedTotals = false
  /// By which settings the database says that its rows are priced.
  private(set) var priced: String

  init(
    statements: Statements, _ start: WriteStart, recorded: Timestamp, totals: RowTotals?,
    random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.statements = statements
    self.start = start
    self.totals = totals
    self.recorded = recorded
    self.random = random
    keepsShared = statements.shared.begin(start)
    seq = start.lastEvent
    priced = start.priced
    nextFact = start.lastFact + 1
    nextOperation = start.lastOperation + 1
    firstSeq = seq + 1
    insertEvent = try statements("INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertFact = try statements("INSERT INTO fact VALUES(?, ?, ?)")
    saveCart = try statements(
      "INSERT OR REPLACE INTO cart VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
  }

  /// The key for the next new cart: each call gives another.
  public func nextCart() throws(StoreError) -> Int64 {
    if lastCart == nil { lastCart = try statements.single("SELECT max(id) FROM cart") }
    let next = (lastCart ?? 0) + 1
    lastCart = next
    return next
  }

  private var lastCart: Int64?

  /// Changes when another connection commits; see `CartStore.revision`.
  public var revision: Int64 { start.revision }

  /// Whether any operation was ever undone.
  public var hasUndos: Bool { start.hasUndos }

  /// Starts an operation.
  ///
  /// - Returns: its number, and whether it is new: another process may have started the one of its key.
  public func begin(_ operation: Operation) throws(StoreError) -> (id: Int64, isNew: Bool) {
    var operation = operation
    operation.id = nextOperation
    let fact = operation.reason.isEmpty ? nil : fact(reason: operation.reason)
    let statement = try statements(
      "INSERT INTO operation VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) "
        + "ON CONFLICT(key) DO NOTHING")
    statement.bind(1, operation.id)
    statement.bind(2, operation.key)
    statement.bind(3, try actorID(operation.actor))
    statement.bind(4, operation.kind.rawValue)
    statement.bind(5, operation.command)
    statement.bind(6, operation.at.milliseconds)
    statement.bind(7, operation.target)
    statement.bind(8, operation.targetCart)
    statement.bind(9, operation.parent)
    statement.bind(10, fact?.id)
    if let fact { statement.bind(11, fact.commitment.bytes) } else { statement.bindNull(11) }
    statement.bind(12, seq + 1)
    statement.bind(13, seq)
    try statement.run()
    guard statements.changedRows == 1 else {
      let known = try statements.key("SELECT id FROM operation WHERE key = ?", operation.key)
      guard let known else { throw ByteReader.damaged }
      return (known, false)
    }
    nextOperation += 1
    if let fact { try insert(fact) }
    begun.append(BegunOperation(operation, commitment: fact?.commitment, first: seq + 1))
    return (operation.id, true)
  }

  /// Appends an event and gives its place in the event log.
  ///
  /// - Parameters:
  ///   - event: with its cart, version, operation, actor, time and body; its `seq` is set here.
  ///   - prev: the cart's last event, or 0.
  ///   - origin: the id in the file it came from, where that is not the key.
  @discardableResult
  public func append(_ event: Event, prev: Int64, key: EventKey? = nil, origin: String = "")
    throws(StoreError) -> Int64
  {
    seq += 1
    data.removeAll()
    personal.removeAll()
    EventCodec.write(
      event.body, origin: .init(id: origin), &data, personal: &personal)
    if !personal.bytes.isEmpty {
      let fact = makeFact()
      try insert(fact)
      EventCodec.write(fact: fact.id, commitment: fact.commitment, &data)
    }
    let row = EventRow(
      seq: seq, cart: event.cart, prev: prev, version: event.version,
      operation: event.operation, at: event.at.milliseconds, recorded: recorded.milliseconds,
      type: event.body.type, key: key ?? EventKey(at: event.at, random(), random()))
    let actor = try actorID(event.actor)
    try data.withBytes { bytes throws(StoreError) in
      let insert = insertEvent
      insert.bind(1, row.seq)
      if row.cart != 0 { insert.bind(2, row.cart) } else { insert.bindNull(2) }
      if prev != 0 { insert.bind(3, prev) } else { insert.bindNull(3) }
      insert.bind(4, row.version)
      insert.bind(5, row.operation)
      insert.bind(6, actor)
      insert.bind(7, row.at)
      insert.bind(8, row.recorded)
      insert.bind(9, Int64(row.type.rawValue))
      insert.bind(11, borrowed: bytes)
      try row.key.withBytes { key throws(StoreError) in
        insert.bind(10, borrowed: key)
        try insert.run()
      }
      row.add(to: &digest, actor: event.actor, data: bytes, &personal)
    }
    operations[event.operation, default: (0, 0)].events += 1
    if keepsShared, event.cart != 0, SharedTracker.types.contains(row.type) {
      var event = event
      event.seq = seq
      statements.shared.note(event, prev: prev)
    }
    return seq
  }

  /// Saves a cart's state as its events made it.
  public func save(_ cart: Cart) throws(StoreError) {
    if !hasMarkedTotals {
      priced = try RowTotals.mark(totals, stored: priced, statements)
      hasMarkedTotals = true
    }
    let subtotal = (try? cart.subtotal().minor) ?? 0
    data.removeAll()
    CartCodec.write(cart, &data)
    try data.withBytes { bytes throws(StoreError) in
      let save = saveCart
      save.bind(1, cart.key)
      save.bind(2, cart.id)
      save.bind(3, Int64(cart.state.rawValue))
      save.bind(4, cart.version)
      save.bind(5, cart.head)
      save.bind(6, cart.created.milliseconds)
      save.bind(7, cart.updated.milliseconds)
      save.bind(8, cart.touched.milliseconds)
      save.bind(9, Int64(cart.currency.number))
      save.bindKnown(10, cart.shopper[.email])
      save.bindKnown(11, cart.shopper[.ip])
      save.bindKnown(12, cart.shopper[.country])
      save.bindKnown(13, cart.shopper[.session])
      let customer = cart.shopper[.customer]
      if customer.isEmpty { save.bindNull(14) } else { save.bind(14, Int64(customer)) }
      save.bind(15, cart.quantity)
      save.bind(16, subtotal)
      save.bind(17, borrowed: bytes)
      if let claim = cart.claim { save.bind(18, claim.by) } else { save.bindNull(18) }
      if cart.isHuman { save.bindNull(19) } else { save.bind(19, 1) }
      save.bind(20, totals?.total(cart))
      try save.run()
    }
    try saveRedemptions(of: cart)
  }

  /// Gives a cart a name, its public id or an alias.
  public func add(alias: String, for cart: Int64) throws(StoreError) {
    let statement = try statements("INSERT INTO alias VALUES(?, ?)")
    statement.bind(1, alias)
    statement.bind(2, cart)
    try statement.run()
  }

  /// Records which cart became an order.
  public func add(order: String, for cart: Int64) throws(StoreError) {
    let statement = try statements("INSERT INTO orders VALUES(?, ?)")
    statement.bind(1, order)
    statement.bind(2, cart)
    try statement.run()
  }

  /// Saves an entry of the catalogue.
  public func save(_ product: Product) throws(StoreError) {
    data.removeAll()
    CartCodec.write(product, &data)
    let id = try productID(product.sku, name: product.name)
    let statement = try statements("UPDATE product SET name = ?, data = ? WHERE id = ?")
    statement.bind(1, product.name)
    statement.bind(2, data.bytes)
    statement.bind(3, id)
    try statement.run()
  }

  /// Saves what is known of a person under a key of the shop's.
  public func save(customer key: String, _ shopper: Shopper) throws(StoreError) {
    data.removeAll()
    for entry in shopper.fields {
      data.group(2) {
        $0.int(1, Int64(entry.field.rawValue))
        $0.text(2, entry.value)
      }
    }
    let statement = try statements("INSERT OR REPLACE INTO customer VALUES(?, ?)")
    statement.bind(1, key)
    statement.bind(2, data.bytes)
    try statement.run()
  }

  /// Remembers a setting of the database itself.
  public func set(_ name: String, _ value: String) throws(StoreError) {
    if name == RowTotals.key { priced = value }
    try statements.set(name, value)
  }

  /// Marks the content as put in place by a restore.
  ///
  /// - Parameter mark: one that no other restore uses.
  public func markRestored(_ mark: String) throws(StoreError) {
    try set(FileWatch.restorationKey, mark)
  }

  /// Counts pieces of a product; negative numbers take a count back.
  public func count(
    _ sku: String, name: String, at: Timestamp, added: Int64 = 0, removed: Int64 = 0,
    ordered: Int64 = 0
  ) throws(StoreError) {
    counters.add(
      quarter: at.quarter, product: try productID(sku, name: name), (added, removed, ordered))
  }

  /// Writes what was gathered, and the commit's link of the hash chain.
  func finish() throws(StoreError) {
    try counters.write(statements)
    guard seq >= firstSeq else { return }
    for (id, counts) in operations.sorted(by: { $0.key < $1.key }) {
      try finish(id, counts)
    }
    for operation in try begunOperations() { operation.add(to: &digest) }
    try Chain.close(
      &digest, statements, after: start.commit, first: firstSeq, last: seq, recorded: recorded)
    try statements.shared.finish(statements)
  }

  /// The operations that this commit covers: those whose first event is in it.
  private func begunOperations() throws(StoreError) -> [BegunOperation] {
    guard start.hasBegun else { return begun.filter { $0.first <= seq } }
    let rows = try statements(
      "SELECT \(BegunOperation.columns) FROM operation WHERE first BETWEEN ?1 AND ?2 ORDER BY id")
    rows.bind(1, firstSeq)
    rows.bind(2, seq)
    defer { rows.reset() }
    var list: [BegunOperation] = []
    while try rows.step() { list.append(try BegunOperation(rows, statements)) }
    return list
  }

  private func finish(_ id: Int64, _ counts: (carts: Int64, events: Int64)) throws(StoreError) {
    let update = try statements(
      "UPDATE operation SET last = ?, carts = carts + ?, events = events + ? WHERE id = ?")
    update.bind(1, seq)
    update.bind(2, counts.carts)
    update.bind(3, counts.events)
    update.bind(4, id)
    try update.run()
  }

  /// Counts a cart that an operation changes for the first time; it may change it in more commits.
  public func countCart(of operation: Int64) {
    operations[operation, default: (0, 0)].carts += 1
  }

  func actorID(_ actor: Actor) throws(StoreError) -> Int64 {
    if let id = statements.actorIDs[actor] { return id }
    let name = actor.description
    let insert = try statements("INSERT INTO actor(name) VALUES(?) ON CONFLICT(name) DO NOTHING")
    insert.bind(1, name)
    try insert.run()
    let isNew = statements.changedRows == 1
    let id =
      isNew ? statements.lastRow : try statements.key("SELECT id FROM actor WHERE name = ?", name)
    if let id { statements.remember(actor, id) }
    return id ?? 0
  }

  private func productID(_ sku: String, name: String) throws(StoreError) -> Int64 {
    if let id = statements.productIDs[sku] { return id }
    var id = try statements.key("SELECT id FROM product WHERE sku = ?", sku)
    if id == nil {
      let insert = try statements("INSERT INTO product(sku, name) VALUES(?, ?)")
      insert.bind(1, sku)
      insert.bind(2, name)
      try insert.run()
      id = statements.lastRow
    }
    statements.productIDs[sku] = id
    return id ?? 0
  }

  // MARK: Facts

  /// A salted value that is not written yet; the value is in `personal`.
  private typealias Fact = (id: Int64, salt: EventKey, commitment: EventKey)

  private func fact(reason: String) -> Fact {
    personal.removeAll()
    personal.text(2, reason)
    return makeFact()
  }

  private func makeFact() -> Fact {
    let salt = EventKey(high: random(), low: random())
    let commitment = personal.bytes.withUnsafeBytes { Chain.commitment(salt: salt, $0) }
    return (nextFact, salt, commitment)
  }

  private func insert(_ fact: Fact) throws(StoreError) {
    nextFact += 1
    try personal.withBytes { bytes throws(StoreError) in
      insertFact.bind(1, fact.id)
      insertFact.bind(3, borrowed: bytes)
      try fact.salt.withBytes { salt throws(StoreError) in
        insertFact.bind(2, borrowed: salt)
        try insertFact.run()
      }
    }
  }
}
