import CartModel
import CartStore

/// What a run remembers of earlier moments.
struct PastCarts {
  struct View: Hashable {
    var cart: Int64
    var at: Timestamp
  }

  var carts: [View: Cart?] = [:]
  var settings: [Timestamp: StoreSettings] = [:]
  var record: SettingsRecord?
  /// The catalogue as it stood, by SKU.
  var products: [Timestamp: [String: Product]] = [:]
  var lists: PastLists?

  /// How many carts are remembered.
  static let limit = 5_000
}

/// Reading things as they stood at an earlier moment: states, prices and figures.
extension CommandHandler {
  /// Reads everything as it stood at a moment, for the length of the body; nothing can be changed.
  public func at<T>(_ time: Timestamp?, _ body: () throws -> T) rethrows -> T {
    guard let time else { return try body() }
    let (outer, outerNow) = (moment, now)
    (moment, now) = (time, time)
    revision += 1
    defer {
      (moment, now) = (outer, outerNow)
      revision += 1
    }
    return try body()
  }

  /// Lets everybody see a cart as it is given for the length of the body; nothing can be changed.
  ///
  /// - Parameter event: what followed from looking at it, at that time; nil for its own last event.
  public func looking<T>(at cart: Cart, for event: Event? = nil, _ body: () throws -> T) rethrows
    -> T
  {
    let outer = (focus, focusSeq)
    focus = cart
    // In a pass, later than its last event, what was recorded by then counts.
    let later = event.flatMap { $0.at > cart.updated ? $0 : nil }
    focusSeq = later?.seq ?? cart.head
    defer { (focus, focusSeq) = outer }
    return try at(later?.at ?? cart.updated, body)
  }

  /// The current settings, or those of the moment that is read.
  public var settings: StoreSettings {
    guard let moment else { return shop.settings }
    return (try? settings(at: moment)) ?? shop.settings
  }

  /// The settings that the event log recorded up to a moment; ours where it has none.
  public func settings(at time: Timestamp) throws(EngineError) -> StoreSettings {
    if let known = past.settings[time] { return known }
    do {
      let record = try past.record ?? shop.store.settingsRecord()
      past.record = record
      let text = record.settings(at: time)
      var settings = text == nil ? StoreSettings() : shop.settings
      if let text, !text.isEmpty { settings = try StoreSettings(json: text) }
      past.settings[time] = settings
      return settings
    } catch { throw EngineError(error) }
  }

  /// A cart as it stood; nil where it was not made yet.
  ///
  /// - Complexity: O(its events).
  public func cart(_ key: Int64, at time: Timestamp) throws(EngineError) -> Cart? {
    let view = PastCarts.View(cart: key, at: time)
    if let known = past.carts[view] { return known }
    do throws(StoreError) {
      var cart = try shop.store.cart(key)
      if let now = cart, now.updated > time {
        let events = try shop.store.history(of: key).prefix { $0.at <= time }
        cart = History(Array(events), id: now.id).replayed()
      }
      if past.carts.count >= PastCarts.limit { past.carts = [:] }
      past.carts[view] = .some(cart)
      return cart
    } catch { throw EngineError(error) }
  }

  /// A cart as it stood when one of its events came; nil for its first.
  ///
  /// - Complexity: O(its events).
  public func cart(_ key: Int64, before event: Event) throws(EngineError) -> Cart? {
    do throws(StoreError) {
      guard let now = try shop.store.cart(key) else { return nil }
      let events = try shop.store.history(of: key).prefix { $0.version < event.version }
      return History(Array(events), id: now.id).replayed()
    } catch { throw EngineError(error) }
  }

  /// The carts that matched at a moment, in the filter's order.
  ///
  /// Carts without later events are as they are now; the others are worked out from theirs.
  /// - Complexity: O(carts + events of those that changed since).
  public func keys(matching filter: Filter, at time: Timestamp) throws(EngineError) -> [Int64] {
    do {
      let context = FilterContext(now: time, settings: try settings(at: time))
      let reading = FilterReading(filter, context)
      var changed: [Cart] = []
      for key in try shop.store.keys(changedAfter: time) {
        if let cart = try cart(key, at: time), reading.matches(cart) {
          changed.append(cart)
        }
      }
      let until = Filter.Condition(.updated, .lessOrEqual, [.time(TypedTime(time))])
      return try shop.store.keys(matching: filter, context, and: [until], with: changed)
    } catch { throw EngineError(error) }
  }

  /// The catalogue, or that of the moment that is read; only what has `text` in its SKU or name.
  public func products(containing text: String = "", limit: Int = .max) throws(EngineError)
    -> [Product]
  {
    do throws(StoreError) {
      guard let moment else { return try shop.store.products(containing: text, limit: limit) }
      let wanted = TextFold.Needle(text)
      return Array(
        try products(at: moment).values.filter {
          wanted.isIn($0.sku) || wanted.isIn($0.name)
        }.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }.prefix(limit))
    } catch { throw EngineError(error) }
  }

  /// A product of the catalogue, or as it stood at the moment that is read; nil if it does not exist.
  public func product(_ sku: String) throws(EngineError) -> Product? {
    do throws(StoreError) {
      guard let moment else { return try shop.store.product(sku) }
      return try products(at: moment)[sku]
    } catch { throw EngineError(error) }
  }

  private func products(at time: Timestamp) throws(StoreError) -> [String: Product] {
    if let known = past.products[time] { return known }
    let products = Dictionary(
      try shop.store.products(at: time).map { ($0.sku, $0) }, uniquingKeysWith: { $1 })
    past.products = [time: products]
    return products
  }

  /// Pieces by product over quarter hours `from` ..< `until`.
  ///
  /// - Complexity: O(quarters × products); for an earlier moment, O(events).
  public func productCounts(from: Int64, until: Int64) throws(EngineError) -> [ProductCount] {
    do {
      guard let moment else { return try shop.store.counts(from: from, until: until) }
      var counts: [String: ProductCount] = [:]
      let parents = try shop.store.parents()
      try shop.store.forEachCart { cart in
        guard cart.created <= moment else { return }
        let events = try shop.store.history(of: cart.key).prefix { $0.at <= moment }
        let history = History(Array(events), id: cart.id, parents: parents)
        for change in Self.counted(history, from..<until) {
          counts[change.sku, default: ProductCount(sku: change.sku, name: change.name)].add(change)
        }
      }
      return counts.values.filter { $0.added != 0 || $0.removed != 0 || $0.ordered != 0 }
    } catch { throw EngineError(error) }
  }

  /// What of the counters carts added that are no person's, by SKU.
  ///
  /// - Complexity: O(events of those carts).
  public func robotCounts(from: Int64, until: Int64) throws(EngineError) -> [String: ProductCount] {
    do {
      var counts: [String: ProductCount] = [:]
      let keys = try shop.store.robotKeys()
      let parents = keys.isEmpty ? [:] : try shop.store.parents()
      for key in keys {
        var events = try shop.store.history(of: key)
        if let moment { events = Array(events.prefix { $0.at <= moment }) }
        // Who was flagged later was a person's at the moment that is looked at.
        let history = History(events, id: "", parents: parents)
        guard let cart = history.replayed(), !cart.isHuman else { continue }
        for change in Self.counted(history, from..<until) {
          counts[change.sku, default: ProductCount(sku: change.sku, name: change.name)].add(change)
        }
      }
      return counts
    } catch { throw EngineError(error) }
  }

  /// What a cart's events add to the counters: without undone and compensating ones.
  private static func counted(_ history: History, _ quarters: Range<Int64>) -> [ProductCount] {
    let (undone, compensating) = (history.undone(), history.compensatingOperations())
    return history.events.filter { event in
      quarters.contains(event.at.quarter) && !compensating.contains(event.operation)
        && (event.body.isFinal || !history.isUndone(event.operation, undone))
    }.flatMap { ProductCounter.changes($0.body) }
  }

  /// The last word of each rule, in a span, on each cart that it was then against.
  ///
  /// - Parameters:
  ///   - since: nil for the beginning.
  ///   - until: nil for now, or for the moment that is read.
  /// - Complexity: O(hits); of a span, O(decisions in it).
  public func hits(since: Timestamp?, until: Timestamp?) throws(EngineError) -> [RuleHit] {
    do throws(StoreError) {
      if since == nil, until == nil, moment == nil { return try shop.store.hits() }
      struct Place: Hashable {
        var rule: String
        var cart: String
      }
      let end = [moment?.advanced(by: 1), until].compactMap { $0 }.min()
      var last: [Place: Decision] = [:]
      for event in try shop.store.decisions(since: since, until: end) {
        guard case .decisionMade(let decision) = event.body else { continue }
        last[Place(rule: decision.rule, cart: decision.cart)] = decision
      }
      var hits: [RuleHit] = []
      for decision in last.values where ![.error, .left].contains(decision.outcome) {
        guard let key = try shop.store.key(named: decision.cart) else { continue }
        hits.append(
          RuleHit(
            rule: decision.rule, cart: key, version: decision.version, isShadow: decision.isShadow))
      }
      return hits.sorted { ($0.rule, $0.cart) < ($1.rule, $1.cart) }
    } catch { throw EngineError(error) }
  }

  /// Calls a function with each cart, as this run sees it.
  public func forEachCart(_ body: (Cart) throws -> Void) throws(EngineError) {
    do {
      if let moment {
        try shop.store.forEachCart { cart in
          guard cart.created <= moment else { return }
          if cart.updated <= moment { return try body(cart) }
          if let then = try self.cart(cart.key, at: moment) { try body(then) }
        }
        return
      }
      let mine = Set(unit.dirty.map(\.cart.key))
      try shop.store.forEachCart { if !mine.contains($0.key) { try body($0) } }
      for entry in unit.dirty { try body(entry.cart) }
    } catch { throw EngineError(error) }
  }
}

extension ProductCount {
  fileprivate mutating func add(_ other: ProductCount) {
    added += other.added
    removed += other.removed
    ordered += other.ordered
  }
}
