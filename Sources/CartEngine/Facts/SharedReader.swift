import CartModel
import CartStorage
import Glibc

/// A question about the carts that share something with one.
public struct SharedQuestion: Sendable {
  public let key: SharedKey
  /// Nil where it is not known of the cart.
  let value: UInt64?
  /// The judged event's time and place.
  fileprivate(set) var until: Timestamp
  /// The greatest number for one that is not saved yet.
  fileprivate(set) var seq: Int64
  /// The last step of this run that counts; 0 for none.
  fileprivate(set) var step: Int
  let since: Timestamp?
  let currency: Currency

  public var isKnown: Bool { value != nil }

  /// `ip, 10m`.
  public var name: String {
    key.kinds.map(\.rawValue).joined(separator: "+")
      + (since.map { ", \(Span(milliseconds: until.milliseconds - $0.milliseconds))" } ?? "")
  }
}

/// Answers questions about the carts that share something with one.
public final class SharedReader {
  private let reader: CartReader
  private let facts: SharedFacts
  private let unsaved = UnsavedFacts()
  /// Whether what the questions read in common counts as the script's own work and ends with its time.
  public var boundsSharedWork = false
  /// Whether its answers may be written down for other processes: a plan and a sandbox write nothing.
  var mayWrite: () -> Bool = { false }

  init(_ reader: CartReader) {
    self.reader = reader
    facts = SharedFacts(reader.shop.store)
  }

  /// Whether a pass over all carts asks.
  var isPass: Bool {
    get { facts.isPass }
    set { facts.isPass = newValue }
  }

  /// Asks about the carts that share a key with a cart, up to its last event.
  ///
  /// - Parameter window: only what happened in that time before; nil for all.
  public func question(_ key: SharedKey, of cart: Cart, window: Span?) throws(EngineError)
    -> SharedQuestion
  {
    do {
      let hasher = try facts.hasher()
      var person = SharedPerson()
      // Only what the key names is put into its canonical form.
      for (kind, field) in Self.fields where key.contains(kind) {
        hasher.set(&person, field, cart.shopper[field])
      }
      if key.contains(.card) { hasher.set(&person, card: try card(of: cart)) }
      var (seq, step) = (cart.head, 0)
      if reader.focus == nil, reader.moment == nil, let place = reader.unit.entries[cart.key]?.place
      {
        (seq, step) = (.max, unsaved.step(of: place, reader.unit))
      }
      return SharedQuestion(
        key: key, value: hasher.value(key, of: person), until: cart.updated, seq: seq, step: step,
        since: window.map { cart.updated.advanced(by: -$0.milliseconds) },
        currency: cart.currency)
    } catch { throw EngineError(error) }
  }

  /// The same of a stored cart as its row stands; nil where the row does not say it.
  public func question(_ key: SharedKey, of row: borrowing CartRow, window: Span?)
    throws(EngineError) -> SharedQuestion?
  {
    guard !key.contains(.card) else { return nil }
    do {
      let hasher = try facts.hasher()
      var person = SharedPerson()
      for (kind, field) in Self.fields where key.contains(kind) {
        hasher.set(&person, field, row.text(of: field))
      }
      return SharedQuestion(
        key: key, value: hasher.value(key, of: person), until: row.updated, seq: row.head, step: 0,
        since: window.map { row.updated.advanced(by: -$0.milliseconds) }, currency: row.currency)
    } catch { throw EngineError(error) }
  }

  private static let fields: [(SharedKey.Kind, ShopperField)] = [
    (.ip, .ip), (.net, .ip), (.email, .email), (.domain, .email), (.customer, .customer),
    (.session, .session), (.country, .country), (.browser, .browser),
  ]

  /// The keyed hash of the card that was tried last by then; empty for none.
  private func card(of cart: Cart) throws -> String {
    var card = ""
    for event in try reader.unit.history(of: cart.key).events where event.version <= cart.version {
      if let payment = event.body.payment, !payment.card.isEmpty { card = payment.card }
    }
    return card
  }

  /// How many carts, orders or declined cards there were.
  public func count(_ series: SharedCount, _ question: SharedQuestion) throws(EngineError) -> Int {
    guard let value = question.value else { return 0 }
    if let run = facts.atHand(question.key, value, through: question.seq) {
      let range = SharedRange(since: question.since, until: question.until, seq: question.seq)
      return run?.count(series, range) ?? 0
    }
    return count(series, try gather(question))
  }

  /// How many cards were declined for a reason; an empty code counts those without one.
  ///
  /// - Complexity: O(rows of the question).
  public func declines(_ code: String, _ question: SharedQuestion) throws(EngineError) -> Int {
    let parts = try gather(question)
    let hash: UInt64
    do { hash = try facts.hasher().hash(ofCode: code) } catch { throw EngineError(error) }
    var count = 0
    for part in parts {
      part.run.forEach(part.range) {
        if $0.what.contains(.declined), $0.code == hash { count += 1 }
      }
    }
    return count
  }

  private func count(_ series: SharedCount, _ parts: [Part]) -> Int {
    if series.isDistinct, parts.count > 1 {
      return parts.reduce(into: Set()) { $0.formUnion($1.run.distinct(series, $1.range)) }.count
    }
    return parts.reduce(0) { $0 + $1.run.count(series, $1.range) }
  }

  /// The carts that have something in common with a cart, at any time; itself among them.
  public func carts(sharing kind: SharedKey.Kind, with cart: Cart) throws(EngineError) -> Set<Int64>
  {
    var question = try question(SharedKey(kind), of: cart, window: nil)
    (question.until, question.seq) = (Timestamp(milliseconds: .max), .max)
    question.step = .max
    var carts: Set<Int64> = []
    for part in try gather(question) {
      part.run.forEach(part.range) { if $0.what.contains(.joined) { carts.insert($0.cart) } }
    }
    return carts
  }

  /// The carts that count in a question's answer, the latest first, by their ids.
  ///
  /// - Parameters:
  ///   - series: what is counted; nil for all that is known of them.
  ///   - most: how many are named.
  /// - Returns: those, and how many count.
  public func carts(in question: SharedQuestion, counting series: SharedCount?, most: Int)
    throws(EngineError) -> (named: [String], count: Int)
  {
    var seen: [Int64: Timestamp] = [:]
    for part in try gather(question) {
      part.run.forEach(part.range) { row in
        guard series.map({ $0.entry(row) != nil }) ?? !row.what.isEmpty else { return }
        seen[row.cart] = max(seen[row.cart] ?? row.at, row.at)
      }
    }
    let latest = seen.sorted { ($1.value, $1.key) < ($0.value, $0.key) }.prefix(most)
    var names: [String] = []
    for (key, _) in latest {
      if let cart = try reader.cart(key) { names.append(cart.id) }
    }
    return (names, seen.count)
  }

  /// What its orders came to.
  ///
  /// - Throws: `refused` where they are in several currencies, or beyond what an amount can be.
  public func ordered(_ question: SharedQuestion) throws(EngineError) -> Money {
    var (sum, isMixed) = (Money?.none, false)
    for part in try gather(question) {
      part.run.forEachTotal(part.range) { amount in
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
      guard let own = part.run.span(part.range) else { continue }
      span = span.map { (min($0.0, own.first), max($0.1, own.last)) } ?? own
    }
    return span
  }

  private typealias Part = (run: SharedRun, range: SharedRange)

  /// What is recorded, and what this run did and has not saved.
  private func gather(_ question: SharedQuestion) throws(EngineError) -> [Part] {
    guard let value = question.value else { return [] }
    do {
      var range = SharedRange(since: question.since, until: question.until, seq: question.seq)
      var parts: [Part] = []
      if question.step > 0, !reader.unit.log.isEmpty,
        let own = try unsaved.run(question.key, value, reader.unit, facts.hasher())
      {
        range.seq = Int64(question.step)
        parts.append((own, range))
        range.seq = question.seq
      }
      // A plan and a sandbox write nothing, within a transaction nobody else can, and a table takes
      // longer to make than what is bounded may.
      let mayWrite =
        self.mayWrite() && !boundsSharedWork && !reader.shop.store.isReadOnly
        && !reader.shop.store.isWriting
        && !reader.shop.store.isInMemory
      let run = try facts.run(
        question.key, value, through: question.seq, since: question.since,
        writer: mayWrite ? reader.now : nil, share)
      if let run { parts.append((run, range)) }
      return parts
    } catch { throw EngineError(error) }
  }

  /// Does what many questions share: a script is not cut off for it.
  private func share(_ work: () throws -> Void) throws {
    guard !boundsSharedWork else { return try work() }
    let (store, start) = (reader.shop.store, Self.processorTime())
    let stop = store.shouldStop
    store.shouldStop = reader.hooks.shouldStop
    defer {
      store.shouldStop = stop
      reader.hooks.onSharedWork?(Self.processorTime() - start)
    }
    try work()
  }

  private static func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
