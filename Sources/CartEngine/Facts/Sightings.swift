import CartModel

/// What was seen under one value of a key: carts, and what became of them.
///
/// Times mostly run forward in the journal: what does is counted by search, what came late one by one.
struct Sightings {
  struct Item {
    let at: Timestamp
    let seq: Int64
    let cart: Int64
    var text = ""
    var amount: Money?
  }

  /// Up to which event, and from when on; exclusive of its beginning.
  struct Range {
    var since: Timestamp?
    var until: Timestamp
    var seq: Int64
    /// Carts that are looked at otherwise.
    var without: Set<Int64> = []
  }

  /// Items in the order of the journal; those whose time is before that of one before them apart.
  struct Series {
    private(set) var items: [Item] = []
    private(set) var late: [Item] = []

    mutating func append(_ item: Item) {
      if let last = items.last, item.at < last.at { late.append(item) } else { items.append(item) }
    }

    /// Calls with each item of the range.
    func forEach(_ range: Range, _ body: (Item) -> Void) {
      for item in items[bounds(range)] where !range.without.contains(item.cart) { body(item) }
      for item in late where range.contains(item) { body(item) }
    }

    func count(_ range: Range) -> Int {
      guard range.without.isEmpty else {
        var count = 0
        forEach(range) { _ in count += 1 }
        return count
      }
      return bounds(range).count + late.count(where: range.contains)
    }

    private func bounds(_ range: Range) -> Swift.Range<Int> {
      let low = range.since.map { since in first { $0.at > since } } ?? 0
      let high = first { $0.at > range.until || $0.seq > range.seq }
      return low..<max(low, high)
    }

    /// The first item from which on a condition holds that holds for all after it.
    private func first(_ condition: (Item) -> Bool) -> Int {
      var (low, high) = (0, items.count)
      while low < high {
        let middle = (low + high) / 2
        if condition(items[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  var carts = Series()
  var emails = Series()
  var ips = Series()
  var sessions = Series()
  var declined = Series()
  var orders = Series()
}

extension Sightings.Range {
  func contains(_ item: Sightings.Item) -> Bool {
    item.at <= until && item.seq <= seq && since.map { item.at > $0 } ?? true
      && !without.contains(item.cart)
  }
}

/// All values of one key.
struct SightingIndex {
  let key: SharedKey
  private(set) var values: [String: Sightings] = [:]
  /// The values that a cart has had, and who it was last.
  private var seen: [Int64: (values: [String], person: SharedKey.Person)] = [:]

  init(_ key: SharedKey) { self.key = key }

  mutating func add(_ change: CartChange) {
    func item(_ text: String = "", _ amount: Money? = nil) -> Sightings.Item {
      .init(at: change.at, seq: change.seq, cart: change.cart, text: text, amount: amount)
    }
    switch change.what {
    case .person(let person):
      let before = seen[change.cart]
      var known = before?.values ?? []
      if let value = key.value(of: person), !known.contains(value) {
        known.append(value)
        values[value, default: Sightings()].carts.append(item())
        note(person, SharedKey.Person(), [value], item)
      }
      note(person, before?.person ?? .init(), before?.values ?? [], item)
      seen[change.cart] = (known, person)
    case .declined:
      for value in seen[change.cart]?.values ?? [] { values[value]?.declined.append(item()) }
    case .ordered(let total):
      for value in seen[change.cart]?.values ?? [] { values[value]?.orders.append(item("", total)) }
    }
  }

  /// What of a person is new, under each value.
  private mutating func note(
    _ person: SharedKey.Person, _ before: SharedKey.Person, _ keys: [String],
    _ item: (String, Money?) -> Sightings.Item
  ) {
    for value in keys {
      if !person.email.isEmpty, person.email != before.email {
        values[value]?.emails.append(item(person.email, nil))
      }
      if !person.ip.isEmpty, person.ip != before.ip {
        values[value]?.ips.append(item(person.ip, nil))
      }
      if !person.session.isEmpty, person.session != before.session {
        values[value]?.sessions.append(item(person.session, nil))
      }
    }
  }
}
