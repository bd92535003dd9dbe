import CartModel
import CartStorage

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
extension CartReader {
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
        // A store gives a cart other ids; the newest names it at any time.
        cart?.id = now.id
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
      var cart = History(Array(events), id: now.id).replayed()
      cart?.id = now.id
      return cart
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

  /// What happened to a cart after a version, in words; nil where nothing did.
  public func changes(of key: Int64, since version: Int64) throws(EngineError) -> String? {
    do {
      guard try shop.store.version(of: key) != version else { return nil }
      let later = try shop.store.history(of: key).filter { $0.version > version }
      guard let last = later.last else { return nil }
      let words = later.prefix(3).map { "\($0.actor): \($0.body.words)" }
      return words.joined(separator: "; ")
        + (later.count > 3 ? "; and \(later.count - 3) more" : "")
        + " (\(shop.zone.text(last.at)))"
    } catch { throw EngineError(error) }
  }
}
