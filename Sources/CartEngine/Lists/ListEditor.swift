import CartModel
import CartStorage
import CartSupport

/// Changes the blacklist and the allowlist, and previews what a change would do.
public struct ListEditor {
  let run: Run

  init(_ run: Run) { self.run = run }

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
    try run.reader.checkPresent()
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
      id: run.shop.newID(), list: list, pattern: pattern, reason: reason, tell: tell,
      author: run.actor,
      created: run.now, expires: ttl.map { run.now.advanced(by: $0.milliseconds) })
    guard !run.loops.isReplaying else { return (entry, 0) }
    let replaced = try run.reader.entries(list).filter { $0.pattern == pattern }
    run.add(loose: replaced.map { .entryRemoved($0) } + [.entryAdded(entry)])
    guard list == .allowlist else { return (entry, 0) }
    var restored = 0
    for key in try run.reader.keys(matching: Self.held) {
      guard let cart = try run.reader.cart(key), cart.heldBy != nil, pattern.matches(cart.shopper)
      else {
        continue
      }
      try run.execute(.restore(judge: true), on: key)
      restored += 1
    }
    return (entry, restored)
  }

  /// Puts many on their lists, those of a file.
  ///
  /// - Returns: how many were put on; those that stand there already are left as they are.
  public func add(_ rows: [ListRow]) throws(EngineError) -> Int {
    try run.reader.checkPresent()
    var known: [ListEntry.List: [ListEntry.Pattern: ListEntry]] = [:]
    for list in ListEntry.List.allCases {
      known[list] = Dictionary(
        try run.reader.entries(list).map { ($0.pattern, $0) }, uniquingKeysWith: { $1 })
    }
    var events: [EventBody] = []
    for row in rows {
      let old = known[row.list]?[row.pattern]
      let expires = row.expires ?? row.ttl.map { run.now.advanced(by: $0.milliseconds) }
      // What is over already need not be put on.
      if let expires, expires <= run.now { continue }
      if let old, old.isActive(at: run.now), old.reason == row.reason, old.tell == row.tell,
        old.expires == row.expires
          || row.expires == nil
            && old.expires.map({ $0.milliseconds - old.created.milliseconds })
              == row.ttl?.milliseconds
      {
        continue
      }
      let entry = ListEntry(
        id: run.shop.newID(), list: row.list, pattern: row.pattern, reason: row.reason,
        tell: row.tell,
        author: run.actor, created: run.now, expires: expires)
      if let old { events.append(.entryRemoved(old)) }
      events.append(.entryAdded(entry))
      known[row.list]?[row.pattern] = entry
    }
    run.add(loose: events)
    return events.count { if case .entryAdded = $0 { true } else { false } }
  }

  /// Removes entries from a list.
  ///
  /// - Returns: those that were about exactly this.
  @discardableResult
  public func remove(_ pattern: ListEntry.Pattern, from list: ListEntry.List) throws(EngineError)
    -> [ListEntry]
  {
    try run.reader.checkPresent()
    let found = try run.reader.entries(list).filter { $0.pattern == pattern }
    guard !found.isEmpty else {
      throw EngineError(
        .notFound,
        "\(list.name): has no entry \(pattern.kind.name) \(pattern.text); see .\(list.name) list")
    }
    if !run.loops.isReplaying { run.add(loose: found.map { .entryRemoved($0) }) }
    return found
  }

  private static var held: Filter {
    Filter(.init(.status, .equal, [.status(.held)]))
  }
}
