import CartModel
import CartStorage

extension UnitOfWork {
  /// A state that the unit can go back to.
  final class Savepoint {
    let log: Int
    let dirty: Int
    let bonds: Int
    let names: Unsaved
    let footprint: Int
    fileprivate(set) var images: [ObjectIdentifier: Image] = [:]

    struct Image {
      let entry: Entry
      let before: Before
      fileprivate var wasChanged: Bool { if case .changed = before { true } else { false } }
    }

    /// A cart as it was: one that is stored so need not be held twice.
    enum Before {
      case none
      case stored(version: Int64)
      indirect case changed(Cart)
    }

    fileprivate init(_ unit: UnitOfWork) {
      log = unit.gathered.log.count
      dirty = unit.gathered.changed.count
      bonds = unit.gathered.bonds.count
      (names, footprint) = (unit.gathered.names, unit.gathered.footprint)
    }

    /// - Returns: about how many bytes that takes.
    func keep(_ entry: Entry) -> Int {
      let id = ObjectIdentifier(entry)
      guard images[id] == nil else { return 0 }
      let isChanged = entry.place != nil
      images[id] = Image(
        entry: entry,
        before: isChanged ? .changed(entry.cart) : .stored(version: entry.cart.version))
      return isChanged ? entry.cart.footprint : 0
    }

    func keep(new entry: Entry) {
      images[ObjectIdentifier(entry)] = Image(entry: entry, before: .none)
    }
  }

  func savepoint() { savepoints.append(Savepoint(self)) }

  /// Keeps what was done since the innermost savepoint.
  ///
  /// - Parameter together: whether its carts are to be written together or not at all.
  func release(together: Bool = false) {
    guard let inner = savepoints.popLast() else { return }
    if let outer = savepoints.last {
      for (id, image) in inner.images where outer.images[id] == nil { outer.images[id] = image }
    }
    let places = inner.images.values.compactMap(\.entry.place)
    if together, places.count > 1 { gathered.bonds.append(places) }
  }

  /// Undoes what was done since the innermost savepoint.
  func rollback() {
    guard let savepoint = savepoints.popLast() else { return }
    for image in savepoint.images.values {
      let entry = image.entry
      switch image.before {
      case .changed(let cart): entry.cart = cart
      case .stored(let version) where entry.restore(version): break
      case .stored, .none:
        // Read afresh when it is next wanted.
        entries[entry.cart.key] = nil
        entry.place = nil
      }
    }
    cut(to: savepoint)
  }

  /// Whether nothing was done since the innermost savepoint.
  var isIdle: Bool { savepoints.last.map { $0.log == log.count } ?? true }

  /// The carts that changed since the innermost savepoint.
  var changedSinceSavepoint: [Entry] {
    savepoints.last.map { $0.images.values.map(\.entry) } ?? []
  }

  /// What was done to one cart since a savepoint.
  struct Change {
    let entry: Entry
    /// Nil for a new cart.
    let before: Cart?
    /// Whether what stood before was itself not saved.
    let isOverUnsaved: Bool
    let steps: [Step]
  }

  /// Gives what was done to each cart since a savepoint, in the order of first change.
  ///
  /// - Parameters:
  ///   - depth: how many savepoints lie around it.
  ///   - consuming: whether the unit forgets all it holds on the way: a hundred thousand carts are
  ///     then not held twice.
  func forEachChange(since depth: Int, consuming: Bool = false, _ body: (Change) -> Void)
    throws(StoreError)
  {
    guard depth < savepoints.count else { return }
    var (order, places) = ([Int](), [[Int32]](repeating: [], count: dirty.count))
    for index in savepoints[depth].log..<log.count {
      guard let place = log[index].place else { continue }
      if places[place].isEmpty { order.append(place) }
      places[place].append(Int32(index))
    }
    let befores = order.map { place in
      let id = ObjectIdentifier(dirty[place])
      return savepoints[depth...].lazy.compactMap { $0.images[id]?.before }.first
    }
    var (entries, steps) = ([Entry?](dirty), log.map { Step?.some($0.step) })
    if consuming { discard() }
    for (place, image) in zip(order, befores) {
      guard let entry = entries[place] else { continue }
      var (before, isOverUnsaved) = (Cart?.none, false)
      switch image {
      case .changed(let cart): (before, isOverUnsaved) = (cart, true)
      case .stored(let version): before = try stored(entry.cart, version)
      case .none?, nil: break
      }
      body(
        Change(
          entry: entry, before: before, isOverUnsaved: isOverUnsaved,
          steps: places[place].compactMap { steps[Int($0)] }))
      guard consuming else { continue }
      entries[place] = nil
      for index in places[place] { steps[Int(index)] = nil }
      places[place] = []
    }
  }

  /// The steps that are no cart's and no rule's: rules judge again what is done again.
  var ownLooseSteps: [Step] {
    log.compactMap { $0.place == nil && !$0.step.actor.isRule ? $0.step : nil }
  }

  /// How many changes of lists and rules, which are no cart's and no rule's, were made since a savepoint.
  func looseChanges(since depth: Int) -> Int {
    guard depth < savepoints.count else { return 0 }
    return log[min(savepoints[depth].log, log.count)...].reduce(0) { count, logged in
      guard logged.place == nil, !logged.step.actor.isRule else { return count }
      return count + logged.step.events.count { $0.traits.undo == .reverted }
    }
  }

  /// A cart as it was stored at a version.
  private func stored(_ cart: Cart, _ version: Int64) throws(StoreError) -> Cart? {
    if let now = try store.cart(cart.key), now.version == version { return now }
    let events = try store.history(of: cart.key).filter { $0.version <= version }
    return History(events, id: cart.id).replayed()
  }

  /// A cart's events as this run sees them: those stored up to the version that was read, and those
  /// gathered, whose operations have negative numbers.
  func history(of key: Int64) throws(StoreError) -> StoredHistory {
    guard let entry = try entry(key) else { return StoredHistory() }
    guard let place = entry.place else { return try stored(entry, entry.cart.version) }
    let steps = past.steps.places(of: place, in: log, rewinds).map { log[$0].step }
    let gathered = Int64(steps.reduce(0) { $0 + $1.events.count })
    let base = entry.cart.version - gathered
    var (history, version) = (try stored(entry, base), base)
    for step in steps {
      let number = number(of: step.operation)
      for body in step.events {
        version += 1
        history.events.append(
          Event(
            seq: .max, cart: entry.cart.key, version: version, operation: number,
            actor: step.actor, at: step.at, body: body))
      }
    }
    return history
  }

  /// The stored events of a cart up to a version; kept for the next question.
  private func stored(_ entry: Entry, _ version: Int64) throws(StoreError) -> StoredHistory {
    guard entry.cart.key > 0 else { return StoredHistory() }
    if let known = entry.history, known.events.last?.version == version { return known }
    var history = try store.histories(of: [entry.cart.key])[entry.cart.key] ?? StoredHistory()
    history.events.removeAll { $0.version > version }
    if past.events > Self.historyLimit {
      for entry in entries.values { entry.history = nil }
      past.events = 0
    }
    entry.history = history
    past.events += history.events.count
    return history
  }

  /// How many events of histories are kept.
  private static let historyLimit = 20_000
}
