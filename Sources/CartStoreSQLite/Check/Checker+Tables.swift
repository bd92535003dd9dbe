import CartModel
import CartStorage
import CartSupport

/// The tables beside the carts: names, and what the shop's own events say.
extension Checker {
  mutating func names() throws(StoreError) {
    try problems(
      "SELECT name FROM cart WHERE NOT EXISTS "
        + "(SELECT 1 FROM alias WHERE alias.name = cart.name AND alias.cart = cart.id)"
    ) { "cart \($0): its name does not lead to it" }
    try problems("SELECT name FROM alias WHERE cart NOT IN (SELECT id FROM cart)") {
      "name \(quoted($0)): leads to no cart"
    }
    try problems("SELECT name FROM orders WHERE cart NOT IN (SELECT id FROM cart WHERE state = 1)")
    {
      "order \(quoted($0)): leads to no ordered cart"
    }
    let ordered = try statements.single("SELECT count(*) FROM cart WHERE state = 1")
    let known = try statements.single("SELECT count(DISTINCT cart) FROM orders")
    if ordered != known {
      report.add("orders: \(ordered) carts are ordered, but \(known) have an order's name")
    }
  }

  /// Compares the table of used coupons with the carts.
  mutating func redemptions() throws(StoreError) {
    var stored: [Int64: Set<String>] = [:]
    let rows = try statements.fresh("SELECT cart, code FROM redeemed")
    while try rows.step() { stored[rows.int(0), default: []].insert(rows.text(1)) }
    let carts = try statements.fresh(
      "SELECT \(CartTable.columns) FROM cart WHERE state = \(Cart.State.ordered.rawValue)")
    while try carts.step() {
      let cart = try carts.cart()
      if stored.removeValue(forKey: cart.key) ?? [] != cart.usedCoupons {
        report.add("cart \(cart.id): the coupons that its order used differ from the cart")
      }
    }
    for key in stored.keys.sorted() { report.add("used coupons: cart \(key) has no order") }
  }

  /// The catalogue and the settings are what their last events said.
  mutating func catalogue() throws(StoreError) {
    var products: [String: Product] = [:]
    var entries: [String: ListEntry] = [:]
    var sources: [String: String] = [:]
    var decisions: [String: Decision] = [:]
    var settings = ""
    let events = try statements.fresh(
      "\(EventTable.select) WHERE cart IS NULL ORDER BY seq")
    let log = EventTable(statements)
    while try events.step() {
      switch try log.entry(events).event.body.ofShop {
      case .product(let product): products[product.sku] = product
      case .settings(let text): settings = text
      case .rule(.source(let digest, let text)): sources[digest] = text
      case .rule(.decision(let decision)):
        decisions["\(decision.rule) \(decision.cart)"] = decision
      case .entryAdded(let entry): entries[entry.id] = entry
      case .entryRemoved(let entry): entries[entry.id] = nil
      case .customer, .rule(.version), .rule(.setting), .rule(.policyRun), nil: break
      }
    }
    let rows = try statements.fresh("SELECT sku, data FROM product WHERE data IS NOT NULL")
    while try rows.step() {
      let stored = try? ProductCodec.product(ByteReader(rows.bytes(1)))
      let expected = products.removeValue(forKey: rows.text(0))
      if stored != expected {
        report.add("product \(quoted(rows.text(0))): differs from its last event")
      }
    }
    for sku in products.keys.sorted() { report.add("product \(quoted(sku)): is missing") }
    try lists(entries)
    try rules(sources, decisions)
    let meta = try statements("SELECT value FROM meta WHERE name = 'settings'")
    defer { meta.reset() }
    if try (meta.step() ? meta.text(0) : "") != settings {
      report.add("settings: differ from the last event about them")
    }
  }

  private mutating func rules(_ sources: [String: String], _ decisions: [String: Decision])
    throws(StoreError)
  {
    var (sources, decisions) = (sources, decisions)
    let texts = try statements.fresh("SELECT digest, text FROM source")
    while try texts.step() {
      if texts.text(1) == sources.removeValue(forKey: texts.text(0)) { continue }
      report.add("source \(quoted(texts.text(0))): differs from its event")
    }
    for digest in sources.keys.sorted() { report.add("source \(quoted(digest)): is missing") }
    let rows = try statements.fresh(
      "SELECT rule, cart.name, decision.version, outcome, shadow FROM decision "
        + "LEFT JOIN cart ON cart.id = decision.cart")
    while try rows.step() {
      let name = "\(rows.text(0)) \(rows.text(1))"
      let expected = decisions.removeValue(forKey: name)
      if rows.int(2) != expected?.version || (rows.int(4) == 1) != expected?.isShadow
        || rows.int(3) != expected.map({ Int64($0.outcome.rawValue) })
      {
        report.add("decision of \(quoted(name)): differs from its last event")
      }
    }
    for name in decisions.keys.sorted() { report.add("decision of \(quoted(name)): is missing") }
  }

  private mutating func lists(_ expected: [String: ListEntry]) throws(StoreError) {
    var expected = expected
    let rows = try statements.fresh("SELECT id, data FROM entry")
    while try rows.step() {
      let stored = try? rows.listEntry()
      if stored != expected.removeValue(forKey: rows.text(0)) {
        report.add("list entry \(quoted(rows.text(0))): differs from its last event")
      }
    }
    for id in expected.keys.sorted() { report.add("list entry \(quoted(id)): is missing") }
  }

  private mutating func problems(_ sql: String, _ words: (String) -> String) throws(StoreError) {
    let rows = try statements.fresh(sql)
    while try rows.step() { report.add(words(rows.text(0))) }
  }
}
