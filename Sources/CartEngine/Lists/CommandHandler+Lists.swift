import CartModel
import CartStore
import CartSupport

/// The blacklist and the allowlist: changing them, and looking at what a change would do.
extension CommandHandler {
  /// The entries of a list, as this run sees them, by kind and text; expired ones too.
  public func entries(_ list: ListEntry.List) throws(EngineError) -> [ListEntry] {
    do throws(StoreError) {
      return try unit.listEntries().filter { $0.list == list }.sorted {
        ($0.pattern.kind.rawValue, $0.pattern.text, $0.id)
          < ($1.pattern.kind.rawValue, $1.pattern.text, $1.id)
      }
    } catch { throw EngineError(error) }
  }

  /// The entry of a list that a person is on, or was on at the moment that is read; nil for none.
  public func entry(_ list: ListEntry.List, for shopper: Shopper) throws(EngineError) -> ListEntry?
  {
    do throws(StoreError) {
      if let moment {
        if past.lists == nil { past.lists = PastLists(try shop.store.listEvents()) }
        return past.lists?.entry(list, for: shopper, at: moment, through: focusSeq)
      }
      try lists.update(now, unit)
    } catch { throw EngineError(error) }
    return (list == .blacklist ? lists.blacklist : lists.allowlist).entry(for: shopper)
  }

  /// What of a person a list has entries about and cannot compare: `IP 'unknown'`; empty for nothing.
  public func unchecked(_ list: ListEntry.List, for shopper: Shopper) throws(EngineError) -> String
  {
    do throws(StoreError) { try lists.update(now, unit) } catch { throw EngineError(error) }
    let index = list == .blacklist ? lists.blacklist : lists.allowlist
    return shopper.uncheckedText(index.fields)
  }

  /// Adds an entry to a list; one about the same is replaced.
  ///
  /// Carts that an allowlist entry matches are restored.
  /// - Parameter ttl: how long it counts; nil for ever.
  /// - Returns: the entry, and how many carts were restored.
  /// - Throws: `refused` for a text that is too long.
  @discardableResult
  public func add(
    _ pattern: ListEntry.Pattern, to list: ListEntry.List, reason: String = "", tell: String = "",
    ttl: Span? = nil
  ) throws(EngineError) -> (entry: ListEntry, restored: Int) {
    try checkPresent()
    for (name, text) in [("reason", reason), ("tell", tell)] {
      guard text.utf8.count <= 2000, !text.containsNUL else {
        throw EngineError(
          .refused, "\(name): expected at most 2000 bytes without a NUL, got \(quoted(text))")
      }
    }
    guard ttl.map({ $0.milliseconds > 0 }) ?? true else {
      throw EngineError(.refused, "ttl: expected more than 0 s")
    }
    let entry = ListEntry(
      id: shop.newID(), list: list, pattern: pattern, reason: reason, tell: tell, author: actor,
      created: now, expires: ttl.map { now.advanced(by: $0.milliseconds) })
    guard !jobs.isReplaying else { return (entry, 0) }
    let replaced = try entries(list).filter { $0.pattern == pattern }
    addLoose(replaced.map { .entryRemoved($0) } + [.entryAdded(entry)])
    guard list == .allowlist else { return (entry, 0) }
    var restored = 0
    for key in try keys(matching: Self.held) {
      guard let cart = try cart(key), cart.heldBy != nil, pattern.matches(cart.shopper) else {
        continue
      }
      try execute(.restore(judge: true), on: key)
      restored += 1
    }
    return (entry, restored)
  }

  /// Puts many on their lists, those of a file.
  ///
  /// - Returns: how many were put on; those that stand there already are left as they are.
  public func add(_ rows: [ListRow]) throws(EngineError) -> Int {
    try checkPresent()
    var known: [ListEntry.List: [ListEntry.Pattern: ListEntry]] = [:]
    for list in ListEntry.List.allCases {
      known[list] = Dictionary(
        try entries(list).map { ($0.pattern, $0) }, uniquingKeysWith: { $1 })
    }
    var events: [EventBody] = []
    for row in rows {
      let old = known[row.list]?[row.pattern]
      let expires = row.expires ?? row.ttl.map { now.advanced(by: $0.milliseconds) }
      // What is over already need not be put on.
      if let expires, expires <= now { continue }
      if let old, old.isActive(at: now), old.reason == row.reason, old.tell == row.tell,
        old.expires == row.expires
          || row.expires == nil
            && old.expires.map({ $0.milliseconds - old.created.milliseconds })
              == row.ttl?.milliseconds
      {
        continue
      }
      let entry = ListEntry(
        id: shop.newID(), list: row.list, pattern: row.pattern, reason: row.reason, tell: row.tell,
        author: actor, created: now, expires: expires)
      if let old { events.append(.entryRemoved(old)) }
      events.append(.entryAdded(entry))
      known[row.list]?[row.pattern] = entry
    }
    addLoose(events)
    return events.count { if case .entryAdded = $0 { true } else { false } }
  }

  /// Removes entries from a list.
  ///
  /// - Returns: those that were about exactly this.
  @discardableResult
  public func remove(_ pattern: ListEntry.Pattern, from list: ListEntry.List) throws(EngineError)
    -> [ListEntry]
  {
    try checkPresent()
    let found = try entries(list).filter { $0.pattern == pattern }
    guard !found.isEmpty else {
      throw EngineError(
        .notFound,
        "\(list.name): has no entry \(pattern.kind.name) \(pattern.text); see .\(list.name) list")
    }
    if !jobs.isReplaying { addLoose(found.map { .entryRemoved($0) }) }
    return found
  }

  /// Puts events into the unit that belong to no cart.
  func addLoose(_ events: [EventBody]) {
    guard !events.isEmpty else { return }
    unit.add(loose: step(events, at: now))
    eventCount += events.count
    revision += 1
  }

  private static var held: Filter {
    Filter(.init(.status, .equal, [.status(.held)]))
  }
}
