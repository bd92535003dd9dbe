import CartModel

/// What may be said of a search beside what it found.
extension CartReader {
  /// How many carts match, by their status, whatever that is: for a filter that names none.
  ///
  /// - Complexity: O(carts).
  public func counts(ofAnyStatus filter: Filter) throws(EngineError) -> [(
    status: Status, count: Int
  )] {
    var wanted = filter
    wanted.allowAnyStatus()
    wanted.limit = nil
    var counts: [Status: Int] = [:]
    for key in try keys(matching: wanted) {
      guard let cart = try cart(key) else { continue }
      counts[cart.status(at: now, settings), default: 0] += 1
    }
    return Status.allCases.compactMap { status in
      counts[status].map { (status, $0) }
    }
  }

  /// The carts that match, counted by what a field says, as this run sees them.
  ///
  /// - Throws: `malformed` for a field that carts cannot be grouped by.
  /// - Complexity: O(carts).
  public func groups(by name: String, matching filter: Filter) throws -> CartGroups {
    let moment = filter.at?.start ?? self.moment
    var groups = try CartGroups(by: name, at(moment) { context })
    if moment == nil, unit.dirty.isEmpty,
      let rows = try shop.store.groups(by: groups.field, matching: filter, context)
    {
      for row in rows { groups.add(row) }
      return groups
    }
    for key in try keys(matching: filter) {
      if let cart = try at(moment, { try cart(key) }) { groups.add(cart) }
    }
    return groups
  }

  /// The attributes and options that a filter names and no cart has.
  ///
  /// - Complexity: O(carts), where it names one.
  public func missing(in filter: Filter) throws(EngineError) -> [CartField] {
    let named =
      filter.expression.tests.map(\.field) + filter.columns + [filter.sort.field]
      + (filter.by.flatMap { try? CartField.named($0) }.map { [$0] } ?? [])
    var missing: [CartField] = []
    for field in named where field.isFree && !missing.contains(field) { missing.append(field) }
    guard !missing.isEmpty else { return [] }
    let context = self.context
    try forEachCart { cart in
      missing.removeAll { !$0.value(cart, context).isUnknown }
    }
    return missing
  }
}
