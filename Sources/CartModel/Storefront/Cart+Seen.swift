/// What a look at a store's cart says that is not known yet.
extension Cart {
  /// The events that make of a cart, as its store is known to have it, what the store shows now.
  ///
  /// - Parameters:
  ///   - current: the cart with changes of ours that wait for the store.
  ///   - set: the lines that these give a quantity of their own.
  ///   - onlyFigures: for a version that is known: taxes, quotes and promotions move without one.
  /// - Complexity: O(lines²).
  public func observation(
    of seen: SeenCart, on current: Cart, set: Set<String> = [], onlyFigures: Bool = false
  ) -> Observation {
    var observation = Observation()
    let lines = LineMatch(lines, seen.lines)
    if !onlyFigures {
      if let binding = rebound(seen.binding) {
        observation.facts.append(.declared(.bound(binding)))
      }
      if state == .held || state == .deleted {
        observation.facts.append(.cartRestored(before: state, judge: false))
      }
      for (known, shown) in lines.restated { observation.facts.append(.lineRestated(known, shown)) }
      observation.acts = identity(seen.shopper, on: current) + lineActs(lines, current, set)
      observation.acts += couponActs(seen)
      observation.leaveOut { $0.isBlocked(on: current) }
    }
    observation.totals = stating(seen, lines, current, isMoved: !observation.isEmpty)
    return observation
  }

  /// What the store calls it now; nil where that is known. What it cannot say stays.
  private func rebound(_ shown: Binding) -> Binding? {
    guard let binding else { return shown }
    var shown = shown
    if shown.origin == .unknown { shown.origin = binding.origin }
    if shown.channel == 0 { shown.channel = binding.channel }
    if shown.locale.isEmpty { shown.locale = binding.locale }
    return shown == binding ? nil : shown
  }

  /// What is otherwise about the shopper than it was known.
  public func identity(_ shown: [ShopperField: String]) -> [EventBody] {
    identity(shown, on: self)
  }

  /// The same on a cart with changes of ours; where one of them did the same stands apart.
  private func identity(_ shown: [ShopperField: String], on current: Cart) -> [EventBody] {
    let changes = shown.compactMap { field, text in
      let value = field.normalised(text)
      return value == shopper[field]
        ? nil : FieldChange(field, before: current.shopper[field], after: value)
    }.sorted { $0.field.rawValue < $1.field.rawValue }
    func events(_ isWanted: (FieldChange) -> Bool) -> [EventBody] {
      let (address, person) = (
        changes.filter { $0.field.isAddress && isWanted($0) },
        changes.filter { !$0.field.isAddress && isWanted($0) }
      )
      return (person.isEmpty ? [] : [.shopperIdentified(person)])
        + (address.isEmpty ? [] : [.addressSet(address)])
    }
    return events { $0.before != $0.after } + events { $0.before == $0.after }
  }

  private func lineActs(_ match: LineMatch, _ current: Cart, _ set: Set<String>) -> [EventBody] {
    var acts: [EventBody] = []
    for line in match.removed {
      let place = current.lines.firstIndex { $0.id == line.id } ?? 0
      acts.append(.lineRemoved(line, at: place))
    }
    for (known, quantity) in match.changed {
      let now = current.lines.first { $0.id == known.id }?.quantity
      // Pieces of ours that the store does not know yet stay beside the shopper's; a quantity of ours and
      // the shopper's added up would be neither.
      let isOurs = now.map { $0 > known.quantity } ?? false
      if isOurs, quantity > known.quantity, !set.contains(known.id) {
        var more = known
        more.quantity = quantity - known.quantity
        acts.append(.lineAdded(more, at: nil))
      } else {
        acts.append(.lineChanged(known, quantity: quantity))
      }
    }
    return acts + match.added.map { .lineAdded($0, at: nil) }
  }

  private func couponActs(_ seen: SeenCart) -> [EventBody] {
    var (acts, left) = ([EventBody](), coupons)
    for code in coupons.reversed() where !seen.coupons.contains(code) {
      guard let place = left.firstIndex(of: code) else { continue }
      left.remove(at: place)
      acts.append(.couponRemoved(code, at: place))
    }
    for code in seen.coupons where !left.contains(code) {
      left.append(code)
      acts.append(.couponApplied(code, at: nil))
    }
    return acts
  }

  /// What the store states; nil where it is known, and no line of it moved since.
  private func stating(_ seen: SeenCart, _ match: LineMatch, _ current: Cart, isMoved: Bool)
    -> StatedTotals?
  {
    var totals = seen.totals
    // By our ids of the lines, which may be others.
    totals.lines = totals.lines.map { amount in
      StatedTotals.LineAmount(match.ids[amount.name] ?? amount.name, amount.amount ?? .zero)
    }
    if !current.waiting.isEmpty {
      totals.reckoned = seen.lines.compactMap { line in
        guard let amount = try? line.price.amount(line.quantity, seen.currency) else { return nil }
        return StatedTotals.LineAmount(match.ids[line.id] ?? line.id, UnitPrice(amount))
      }
      // Figures without lines would say that the store knows all of ours.
      guard !totals.reckoned.isEmpty else { return nil }
    }
    guard !isMoved, let known = current.stated else { return totals }
    return known.saysTheSame(as: totals) ? nil : totals
  }
}

extension Observation {
  fileprivate mutating func leaveOut(_ isBlocked: (EventBody) -> Bool) {
    let count = facts.count + acts.count
    facts.removeAll(where: isBlocked)
    acts.removeAll(where: isBlocked)
    isPartial = facts.count + acts.count < count
  }
}

extension EventBody {
  private var restatedLine: Line? {
    if case .lineRestated(let line, _) = self { line } else { nil }
  }

  private var shopperChanges: [FieldChange]? {
    if case .shopperIdentified(let changes) = self { return changes }
    if case .addressSet(let changes) = self { return changes }
    return nil
  }

  /// Whether a change of ours did the same, or took away what it is about.
  fileprivate func isBlocked(on current: Cart) -> Bool {
    if let line = restatedLine ?? lineChange?.line, type != .lineAdded {
      return !current.lines.contains { $0.id == line.id }
    }
    if let changes = shopperChanges { return changes.allSatisfy { $0.before == $0.after } }
    if case .couponApplied(let code, _) = self { return current.coupons.contains(code) }
    if case .couponRemoved(let code, _) = self { return !current.coupons.contains(code) }
    return false
  }
}

/// Lines as they are known, beside those that a store shows.
struct LineMatch {
  /// A line, and what the store says of it now.
  private(set) var restated: [(Line, Line)] = []
  /// A line as the store now names it, and its new quantity.
  private(set) var changed: [(line: Line, quantity: Int64)] = []
  private(set) var added: [Line] = []
  private(set) var removed: [Line] = []
  /// Our id of each line of the store.
  private(set) var ids: [String: String] = [:]

  init(_ known: [Line], _ shown: [Line]) {
    var (known, shown) = (known, shown)
    // By the store's ids first; what a store made anew has other ones and is otherwise alike.
    pair(&known, &shown) { $0.storeID == $1.id && $0.sku == $1.sku }
    pair(&known, &shown) { $0.isSameGoods(as: $1) }
    removed = known
    for line in shown {
      ids[line.id] = line.id
      added.append(line)
    }
  }

  private mutating func pair(
    _ known: inout [Line], _ shown: inout [Line], where isSame: (Line, Line) -> Bool
  ) {
    var rest: [Line] = []
    for line in known {
      guard let place = shown.firstIndex(where: { isSame(line, $0) }) else {
        rest.append(line)
        continue
      }
      add(line, shown.remove(at: place))
    }
    known = rest
  }

  private mutating func add(_ known: Line, _ shown: Line) {
    ids[shown.id] = known.id
    var now = shown
    now.id = known.id
    now.facts.item = known.id == shown.id ? "" : shown.id
    now.quantity = known.quantity
    if now != known { restated.append((known, now)) }
    if shown.quantity != known.quantity { changed.append((now, shown.quantity)) }
  }
}

extension Line {
  /// The id that its store knows it by.
  public var storeID: String { facts.item.isEmpty ? id : facts.item }

  /// Whether both are one product with one choice of options, whatever they cost and are called.
  fileprivate func isSameGoods(as other: Line) -> Bool {
    sku == other.sku && options == other.options && facts.isSameProduct(as: other.facts)
      && facts.parent.isEmpty == other.facts.parent.isEmpty
      && (!sku.isEmpty || !facts.product.isEmpty || name == other.name)
  }
}
