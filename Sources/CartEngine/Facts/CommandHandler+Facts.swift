import CartModel
import CartStore
import Glibc

/// A question about the carts that share something with one.
public struct SharedQuestion: Sendable {
  public let key: SharedKey
  /// Nil where it is not known of the cart.
  let value: String?
  /// The judged event's time and place.
  fileprivate(set) var until: Timestamp
  fileprivate(set) var seq: Int64
  let since: Timestamp?
  let currency: Currency

  public var isKnown: Bool { value != nil }

  /// `ip, 10m`.
  public var name: String {
    key.kinds.map(\.rawValue).joined(separator: "+")
      + (since.map { ", \(Span(milliseconds: until.milliseconds - $0.milliseconds))" } ?? "")
  }
}

/// The journal as rules ask it, kept in memory and read on as it grows.
final class SharedFacts {
  private let store: CartStore
  private var changes: [CartChange] = []
  private var tracker = PersonTracker()
  private var until: Int64 = 0
  private var indexes: [SharedKey: (index: SightingIndex, count: Int)] = [:]

  init(_ store: CartStore) { self.store = store }

  /// Reads what was journalled since.
  func catchUp() throws {
    let last = try store.lastSeq()
    guard last > until else { return }
    // Whoever is interrupted goes on from there.
    try store.forEachSharedEvent(after: until) {
      changes += tracker.changes($0)
      until = $0.seq
    }
    until = last
  }

  /// Whether a question about a key would first have to read what came since.
  func isBehind(_ key: SharedKey) -> Bool {
    changes.count - (indexes[key]?.count ?? 0) > 100
  }

  func sightings(_ key: SharedKey, _ value: String) -> Sightings? {
    var (index, count) = indexes.removeValue(forKey: key) ?? (SightingIndex(key), 0)
    for change in changes[count...] { index.add(change) }
    count = changes.count
    defer { indexes[key] = (index, count) }
    return index.values[value]
  }
}

extension CommandHandler {
  /// Asks about the carts that share a key with a cart, up to its last event.
  ///
  /// - Parameter window: only what happened in that time before; nil for all.
  public func question(_ key: SharedKey, of cart: Cart, window: Span?) throws(EngineError)
    -> SharedQuestion
  {
    do {
      var card = ""
      if key.kinds.contains(.card) {
        for event in try unit.history(of: cart.key) where event.version <= cart.version {
          if case .paymentAttempted(_, let hash) = event.body, !hash.isEmpty { card = hash }
        }
      }
      let isSaved = focus != nil || cart.key > 0 && unit.entries[cart.key]?.place == nil
      return SharedQuestion(
        key: key, value: key.value(of: cart.shopper, card: card), until: cart.updated,
        seq: isSaved ? cart.head : .max,
        since: window.map { cart.updated.advanced(by: -$0.milliseconds) },
        currency: cart.currency)
    } catch { throw EngineError(error) }
  }

  /// How many carts, orders or declined cards there were.
  public func count(_ series: SharedCount, _ question: SharedQuestion) throws(EngineError) -> Int {
    try series.isDistinct
      ? texts(series, question).count
      : gather(question).reduce(0) { $0 + $1.sightings[keyPath: series.path].count($1.range) }
  }

  /// The carts that have something in common with a cart, at any time; itself among them.
  public func carts(sharing kind: SharedKey.Kind, with cart: Cart) throws(EngineError) -> Set<Int64>
  {
    var question = try question(SharedKey(kind), of: cart, window: nil)
    (question.until, question.seq) = (Timestamp(milliseconds: .max), .max)
    var carts: Set<Int64> = []
    for part in try gather(question) {
      part.sightings.carts.forEach(part.range) { carts.insert($0.cart) }
    }
    return carts
  }

  /// The carts that a question is about, the latest first, by their ids.
  public func carts(in question: SharedQuestion, most: Int) throws(EngineError) -> [String] {
    var seen: [Int64: Timestamp] = [:]
    for part in try gather(question) {
      for path in [\Sightings.carts, \Sightings.orders, \Sightings.declined] {
        part.sightings[keyPath: path].forEach(part.range) { item in
          seen[item.cart] = max(seen[item.cart] ?? item.at, item.at)
        }
      }
    }
    let latest = seen.sorted { ($1.value, $1.key) < ($0.value, $0.key) }.prefix(most)
    var names: [String] = []
    for (key, _) in latest {
      if let cart = try cart(key) { names.append(cart.id) }
    }
    return names
  }

  public enum SharedCount: Sendable {
    case carts, orders, declined, emails, ips, sessions

    fileprivate var isDistinct: Bool {
      switch self {
      case .carts, .orders, .declined: false
      case .emails, .ips, .sessions: true
      }
    }

    fileprivate var path: KeyPath<Sightings, Sightings.Series> {
      switch self {
      case .carts: \.carts
      case .orders: \.orders
      case .declined: \.declined
      case .emails: \.emails
      case .ips: \.ips
      case .sessions: \.sessions
      }
    }
  }

  private func texts(_ series: SharedCount, _ question: SharedQuestion) throws(EngineError)
    -> Set<String>
  {
    var texts: Set<String> = []
    for part in try gather(question) {
      part.sightings[keyPath: series.path].forEach(part.range) { texts.insert($0.text) }
    }
    return texts
  }

  /// What its orders came to.
  ///
  /// - Throws: `refused` where they are in several currencies, or beyond what an amount can be.
  public func ordered(_ question: SharedQuestion) throws(EngineError) -> Money {
    var (sum, isMixed) = (Money?.none, false)
    for part in try gather(question) {
      part.sightings.orders.forEach(part.range) { item in
        guard let amount = item.amount else { return }
        guard let so = sum else { return sum = amount }
        guard let next = try? so + amount else { return isMixed = true }
        sum = next
      }
    }
    guard !isMixed else {
      throw EngineError(.refused, "same: its orders are in several currencies; there is no sum")
    }
    return sum ?? .zero(question.currency)
  }

  /// When the first and the last of them was seen; nil where none was.
  public func span(_ question: SharedQuestion) throws(EngineError) -> (
    first: Timestamp, last: Timestamp
  )? {
    var span: (Timestamp, Timestamp)?
    for part in try gather(question) {
      for path in [\Sightings.carts, \Sightings.orders, \Sightings.declined] {
        part.sightings[keyPath: path].forEach(part.range) { item in
          span = span.map { (min($0.0, item.at), max($0.1, item.at)) } ?? (item.at, item.at)
        }
      }
    }
    return span
  }

  private typealias Part = (sightings: Sightings, range: Sightings.Range)

  /// What is journalled, and what this run did and has not saved.
  private func gather(_ question: SharedQuestion) throws(EngineError) -> [Part] {
    guard let value = question.value else { return [] }
    do {
      try prepare(question, value)
      var range = Sightings.Range(
        since: question.since, until: question.until, seq: question.seq)
      var parts: [Part] = []
      let own = unsavedSharers()
      if !own.isEmpty, question.seq == .max {
        range.without = Set(own)
        var (index, tracker) = (SightingIndex(question.key), PersonTracker())
        for key in own {
          for event in try unit.history(of: key) {
            for change in tracker.changes(event) { index.add(change) }
          }
        }
        if let sightings = index.values[value] {
          parts.append((sightings, .init(since: question.since, until: question.until, seq: .max)))
        }
      }
      if let sightings = facts.sightings(question.key, value) { parts.append((sightings, range)) }
      return parts
    } catch { throw EngineError(error) }
  }

  /// Reads what the journal has got since, and takes it into the index of a key.
  ///
  /// The first question of many pays for all: a script is not cut off for it.
  private func prepare(_ question: SharedQuestion, _ value: String) throws {
    guard factsRevision != journalRevision || facts.isBehind(question.key) else { return }
    let (store, start) = (shop.store, Self.processorTime())
    let stop = store.shouldStop
    store.shouldStop = shouldStop
    defer {
      store.shouldStop = stop
      onSharedWork?(Self.processorTime() - start)
    }
    try facts.catchUp()
    factsRevision = journalRevision
    _ = facts.sightings(question.key, value)
  }

  private static func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The carts of which this run has changed something that carts share, and not saved it.
  private func unsavedSharers() -> [Int64] {
    if sharers.rewinds != unit.rewinds { sharers = (unit.rewinds, 0, []) }
    for logged in unit.log[sharers.count...] {
      guard let place = logged.place, logged.step.events.contains(where: \.isShared) else {
        continue
      }
      sharers.places.insert(place)
    }
    sharers.count = unit.log.count
    return sharers.places.sorted().map { unit.dirty[$0].cart.key }
  }
}

extension EventBody {
  /// Whether it says something that carts can share.
  fileprivate var isShared: Bool {
    switch self {
    case .cartCreated, .shopperIdentified, .paymentAttempted, .cartOrdered: true
    default: false
    }
  }
}
