import CartModel
import CartStore
import CartSupport

/// One event of a cart's history, with what a reader wants beside it.
public struct HistoryEntry: Sendable {
  public var event: Event
  public var reason: String
  /// Whether its operation was undone on this cart.
  public var isUndone: Bool
}

extension CommandHandler {
  /// The cart of a key, as this run sees it; nil if it does not exist.
  public func cart(_ key: Int64) throws(EngineError) -> Cart? {
    if let focus, focus.key == key { return focus }
    if let moment { return try cart(key, at: moment) }
    do throws(StoreError) { return try unit.entry(key)?.cart } catch { throw EngineError(error) }
  }

  /// Calls a function with the carts of some keys in their order, as this run sees them; carts that do
  /// not exist are left out.
  ///
  /// - Parameter isDone: asked before each cart; true ends it.
  /// - Complexity: a statement for some hundred carts.
  public func forEachCart(
    _ keys: [Int64], until isDone: () -> Bool = { false }, _ body: (Cart) throws -> Void
  ) throws {
    for start in stride(from: 0, to: keys.count, by: CartStore.cartsAtOnce) {
      let part = keys[start...].prefix(CartStore.cartsAtOnce)
      if moment == nil {
        do throws(StoreError) { try unit.load(part) } catch { throw EngineError(error) }
      }
      for key in part {
        if isDone() { return }
        if let cart = try cart(key) { try body(cart) }
      }
    }
  }

  /// Whether this run has changed a cart and not saved it.
  public func isUnsaved(_ key: Int64) -> Bool {
    moment == nil && unit.entries[key]?.place != nil
  }

  public func key(named name: String) throws(EngineError) -> Int64? {
    do throws(StoreError) { return try unit.key(named: name) } catch { throw EngineError(error) }
  }

  public func key(order: String) throws(EngineError) -> Int64? {
    let key: Int64?
    do throws(StoreError) { key = try unit.key(order: order) } catch { throw EngineError(error) }
    // At an earlier moment an order may be still to come.
    guard let moment, let found = key else { return key }
    return try cart(found, at: moment)?.order == nil ? nil : found
  }

  public var context: FilterContext { FilterContext(now: now, settings: settings) }

  /// The keys of the carts that match, as this run sees them.
  public func keys(matching filter: Filter) throws(EngineError) -> [Int64] {
    if let moment = filter.at?.start ?? moment { return try keys(matching: filter, at: moment) }
    do throws(StoreError) {
      let mine = Set(unit.dirty.map(\.cart.key))
      let reading = FilterReading(filter, context)
      let changed = unit.dirty.map(\.cart).filter { reading.matches($0) }
      return try shop.store.keys(matching: filter, context, excluding: mine, with: changed)
    } catch { throw EngineError(error) }
  }

  /// A part of the carts that match, and how many there are in all.
  public struct Page {
    public var keys: [Int64]
    /// Or more, where counting ended.
    public var total: Int
    public var isMore = false
    /// Where counting ends.
    static let most = 100_000
  }

  /// - Parameter number: from 1; the filter's limit is a page's length.
  /// - Complexity: O(page) and a count for what SQL can say, else O(carts).
  public func page(_ number: Int, matching filter: Filter) throws(EngineError) -> Page {
    guard let length = filter.limit else {
      let keys = try keys(matching: filter)
      return Page(keys: keys, total: keys.count)
    }
    let (skipped, overflow) = (number - 1).multipliedReportingOverflow(by: length)
    let (end, overflow2) = skipped.addingReportingOverflow(length)
    guard !overflow, !overflow2 else {
      throw EngineError(.refused, "page: \(number) is beyond all pages")
    }
    var wanted = filter
    if filter.at == nil, moment == nil, unit.isClean {
      let total: Int?
      let most = max(Page.most, end)
      do throws(StoreError) {
        total = try shop.store.count(matching: filter, context, most: most)
      } catch { throw EngineError(error) }
      if let total {
        wanted.limit = end
        return Page(
          keys: Array(try keys(matching: wanted).dropFirst(skipped)), total: total,
          isMore: total == most)
      }
    }
    wanted.limit = nil
    let keys = try keys(matching: wanted)
    return Page(keys: Array(keys.dropFirst(skipped).prefix(length)), total: keys.count)
  }

  /// Finds the one cart that a name means.
  ///
  /// - Throws: `notFound`, and `ambiguous` with some of the carts that are meant.
  public func find(_ name: String) throws(EngineError) -> Int64 {
    let keys = try carts(meantBy: name, most: 1000)
    if keys.count == 1, let key = keys.first { return key }
    var names: [String] = []
    for key in keys { names.append(names.count < 5 ? try cart(key)?.id ?? "" : "") }
    throw EngineError(
      .ambiguous,
      "cart \(quoted(name)): several begin so: \(listed(names))"
        + (keys.count < 1000 ? "" : " or still more") + "; type more of it")
  }

  /// The carts that a name may mean: an id, an alias or an order number, else a prefix of at least 4
  /// characters of an id.
  ///
  /// - Parameter most: how many are looked for.
  /// - Throws: `notFound` if it does not exist.
  public func carts(meantBy name: String, most: Int = 10) throws(EngineError) -> [Int64] {
    if let key = try key(named: name) { return [key] }
    if let key = try key(order: name) { return [key] }
    guard name.count >= 4 else {
      throw EngineError(
        .notFound,
        "cart \(quoted(name)): expected an id or at least its first 4 characters")
    }
    var keys: Set<Int64>
    do throws(StoreError) {
      keys = Set(try shop.store.keys(prefix: name, limit: most))
    } catch { throw EngineError(error) }
    keys.formUnion(unit.newKeys(prefix: name))
    guard !keys.isEmpty else {
      throw EngineError(
        .notFound,
        "no cart has the id or order number \(quoted(name)); find it with .carts NAME or .carts E-MAIL"
      )
    }
    return keys.sorted()
  }
}

extension CommandHandler {
  /// The stored events of a cart, oldest first.
  public func history(of key: Int64) throws(EngineError) -> [HistoryEntry] {
    do {
      let cart = try cart(key)
      let stored = try unit.history(of: key)
      let events = moment.map { moment in Array(stored.events.prefix { $0.at <= moment }) }
      let history = History(
        events ?? stored.events, id: cart?.id ?? "", parents: stored.parents)
      let undone = history.undone()
      var reasons: [Int64: String] = [:]
      return try history.events.map { event in
        if reasons[event.operation] == nil {
          reasons[event.operation] = try shop.store.operation(event.operation)?.reason ?? ""
        }
        return HistoryEntry(
          event: event, reason: reasons[event.operation] ?? "",
          isUndone: history.isUndone(event.operation, undone) && !event.body.isFinal)
      }
    } catch { throw EngineError(error) }
  }

  /// Everybody whose name, e-mail or phone number has a text in it, each with the keys of their carts;
  /// at most some.
  ///
  /// One person is who has the same customer number, else the same e-mail, else the same name.
  public func people(named text: String, limit: Int = 6) throws(EngineError) -> [(
    who: String, shopper: Shopper, carts: [Int64]
  )] {
    var keys: [Int64] = []
    for field in [CartField.name, .email] {
      var filter = Filter(.init(field, .like, [.glob(Glob("*\(text)*"), "*\(text)*")]))
      filter.allowAnyStatus()
      keys += try self.keys(matching: filter).filter { !keys.contains($0) }
    }
    let phone = PhoneDigits(text)
    if let phone {
      try forEachCart { cart in
        if phone.matches(cart.shopper), !keys.contains(cart.key) { keys.append(cart.key) }
      }
    }
    var people: [(who: String, shopper: Shopper, carts: [Int64])] = []
    for key in keys {
      guard let shopper = try cart(key)?.shopper else { continue }
      let who =
        shopper.customer > 0
        ? String(shopper.customer)
        : !shopper[.email].isEmpty
          ? shopper[.email] : shopper[.name].isEmpty ? shopper[.phone] : shopper[.name]
      if let index = people.firstIndex(where: { $0.who == who }) {
        people[index].carts.append(key)
      } else if people.count < limit {
        people.append((who, shopper, [key]))
      }
    }
    guard people.isEmpty else { return people }
    let wanted = TextFold.Needle(text)
    do throws(StoreError) {
      let known = try shop.store.customers(limit: limit) {
        wanted.isIn($0[.name]) || wanted.isIn($0[.email]) || phone?.matches($0) == true
      }
      for key in known { people.append((key, try shop.store.customer(key) ?? Shopper(), [])) }
    } catch { throw EngineError(error) }
    return people
  }

  /// A person by e-mail or customer number, with the keys of all carts, the latest first; nil where
  /// neither the carts nor the shop's customers know one.
  public func customer(_ who: String) throws(EngineError) -> (shopper: Shopper, carts: [Int64])? {
    var filter = Filter()
    filter.allowAnyStatus()
    guard !who.isEmpty else { return nil }
    let who = EmailAddress.normalised(who) ?? who
    if let number = Int64(who) {
      // 0 is everybody whom the shop has given no number.
      guard number > 0 else { return nil }
      filter.require(.init(.customer, .equal, [.number(number)]))
    } else {
      filter.require(.init(.email, .equal, [.text(who)]))
    }
    // A filter folds accents, but jürgen@ and jurgen@ are two people.
    let isNumber = Int64(who) != nil
    var keys: [Int64] = []
    var shopper = Shopper()
    do {
      try forEachCart(try self.keys(matching: filter)) { cart in
        let email = cart.shopper[.email]
        if isNumber || email.lowercased() == who.lowercased() { keys.append(cart.key) }
      }
      try forEachCart(keys.reversed()) { cart in
        for entry in cart.shopper.fields { shopper[entry.field] = entry.value }
      }
    } catch { throw EngineError(error) }
    do throws(StoreError) {
      let known: Shopper?
      if let moment {
        known = try shop.store.customer(who, at: moment)
      } else {
        known = try shop.store.customer(who)
      }
      if let known {
        for entry in known.fields { shopper[entry.field] = entry.value }
      } else if keys.isEmpty {
        return nil
      }
    } catch { throw EngineError(error) }
    return (shopper, keys)
  }
}
