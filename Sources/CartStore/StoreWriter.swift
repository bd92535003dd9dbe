import CartModel
import CartSupport

/// Writes events and what follows from them, inside one transaction.
///
/// Valid only within `CartStore.write`; confined to its thread.
public final class StoreWriter {
  let statements: Statements
  private let recorded: Timestamp
  private let random: () -> UInt64
  private var seq: Int64
  private var nextFact: Int64
  private let firstSeq: Int64
  private var digest = Digest()
  private var data = ByteWriter()
  private var personal = ByteWriter()
  private var counters: [CounterKey: Counts] = [:]
  private var operations: [Int64: (carts: Int64, events: Int64)] = [:]
  private let insertEvent: Statement
  private let insertFact: Statement
  private let saveCart: Statement
  /// Whether anything was asked of what carts share.
  private let keepsShared: Bool
  private let totals: RowTotals?
  private var hasMarkedTotals = false

  private struct CounterKey: Hashable {
    /// A quarter of an hour, or a day.
    var time: Int64
    var product: Int64
  }

  private struct Counts {
    var added: Int64 = 0
    var removed: Int64 = 0
    var ordered: Int64 = 0

    mutating func add(_ added: Int64, _ removed: Int64, _ ordered: Int64) {
      self.added += added
      self.removed += removed
      self.ordered += ordered
    }
  }

  init(
    statements: Statements, recorded: Timestamp, totals: RowTotals?,
    random: @escaping () -> UInt64
  ) throws(StoreError) {
    self.statements = statements
    self.totals = totals
    self.recorded = recorded
    self.random = random
    keepsShared = try statements.shared.begin(statements)
    seq = try statements.single("SELECT max(seq) FROM event")
    nextFact = try statements.single("SELECT max(id) FROM fact") + 1
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

  /// Starts an operation and gives its number.
  public func begin(_ operation: Operation) throws(StoreError) -> Int64 {
    let id = try statements.single("SELECT max(id) FROM operation") + 1
    let actor = try actorID(operation.actor)
    let fact = operation.reason.isEmpty ? nil : try add(reason: operation.reason)
    let statement = try statements(
      "INSERT INTO operation VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)")
    statement.bind(1, id)
    statement.bind(2, operation.key)
    statement.bind(3, actor)
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
    return id
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
      let fact = try addFact()
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
      try RowTotals.mark(totals, statements)
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
    let key = CounterKey(time: at.quarter, product: try productID(sku, name: name))
    counters[key, default: Counts()].add(added, removed, ordered)
  }

  /// Writes what was gathered, and the commit's link of the hash chain.
  func finish() throws(StoreError) {
    try upsert(counters, into: "counter")
    try upsert(tallies, into: "tally")
    guard seq >= firstSeq else { return }
    for (id, counts) in operations.sorted(by: { $0.key < $1.key }) {
      try finish(id, counts)
    }
    try Chain.close(&digest, statements, first: firstSeq, last: seq, recorded: recorded)
    try statements.shared.finish(statements)
  }

  /// What the counters were given, by days and in all time.
  private var tallies: [CounterKey: Counts] {
    var days: [CounterKey: Counts] = [:]
    for (key, counts) in counters {
      let day = key.time.flooredDay
      for place in [day, Schema.Tally.ever] {
        days[CounterKey(time: place, product: key.product), default: Counts()]
          .add(counts.added, counts.removed, counts.ordered)
      }
    }
    return days
  }

  /// - Parameter table: of counts by a time and a product.
  private func upsert(_ counts: [CounterKey: Counts], into table: String) throws(StoreError) {
    let upsert = try statements(
      """
      INSERT INTO \(table) VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        added = added + excluded.added, removed = removed + excluded.removed,
        ordered = ordered + excluded.ordered
      """)
    for (key, counts) in counts {
      upsert.bind(1, key.time)
      upsert.bind(2, key.product)
      upsert.bind(3, counts.added)
      upsert.bind(4, counts.removed)
      upsert.bind(5, counts.ordered)
      try upsert.run()
    }
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
    let insert = try statements("INSERT OR IGNORE INTO actor(name) VALUES(?)")
    insert.bind(1, actor.description)
    try insert.run()
    let id = try statements.key("SELECT id FROM actor WHERE name = ?", actor.description) ?? 0
    statements.actorIDs[actor] = id
    return id
  }

  private func productID(_ sku: String, name: String) throws(StoreError) -> Int64 {
    if let id = statements.productIDs[sku] { return id }
    var id = try statements.key("SELECT id FROM product WHERE sku = ?", sku)
    if id == nil {
      let insert = try statements("INSERT INTO product(sku, name) VALUES(?, ?)")
      insert.bind(1, sku)
      insert.bind(2, name)
      try insert.run()
      id = try statements.single("SELECT last_insert_rowid()")
    }
    statements.productIDs[sku] = id
    return id ?? 0
  }

  private func add(reason: String) throws(StoreError) -> (id: Int64, commitment: EventKey) {
    personal.removeAll()
    personal.text(2, reason)
    return try addFact()
  }

  private func addFact() throws(StoreError) -> (id: Int64, commitment: EventKey) {
    let salt = EventKey(high: random(), low: random())
    let id = nextFact
    nextFact += 1
    var commitment = salt
    try personal.withBytes { bytes throws(StoreError) in
      commitment = Chain.commitment(salt: salt, bytes)
      insertFact.bind(1, id)
      insertFact.bind(3, borrowed: bytes)
      try salt.withBytes { salt throws(StoreError) in
        insertFact.bind(2, borrowed: salt)
        try insertFact.run()
      }
    }
    return (id, commitment)
  }
}

extension Int64 {
  /// The UTC day of a quarter hour.
  var flooredDay: Int64 {
    let day = self / Schema.Tally.quarters
    return self % Schema.Tally.quarters < 0 ? day - 1 : day
  }
}
