import CartModel
import CartStore
import CartSupport
import Dispatch

/// Steps of a unit of work on their way to the store.
///
/// Handed from the thread that gathers to the one that writes, and back: never touched by both.
final class Batch: @unchecked Sendable {
  /// A step, and the place of its cart among the changes; nil for events that belong to no cart.
  struct Logged {
    let place: Int?
    let step: UnitOfWork.Step
  }

  /// What of a stored cart is needed to go on from it.
  struct Base {
    let key: Int64
    let version: Int64
    let head: Int64
    let isOrdered: Bool

    init(_ cart: Cart) {
      key = cart.key
      version = cart.version
      head = cart.head
      isOrdered = cart.state == .ordered
    }
  }

  /// A cart as who writes knows it.
  final class Stored {
    /// Nil for a new cart.
    fileprivate(set) var base: Base?
    /// It came out otherwise than who gathers foresaw: what follows must be decided again.
    fileprivate(set) var isSurprise = false
    fileprivate(set) var failure: EngineError?

    init(_ base: Base?) { self.base = base }
  }

  /// What happens to one cart.
  final class Change {
    let entry: UnitOfWork.Entry
    /// As its steps make it; once written, as it is stored.
    fileprivate(set) var cart: Cart
    /// Its stored events as they were read before; nil where nobody asked.
    let history: StoredHistory?
    /// As it was stored before; nil for a new cart, and where nobody wants it.
    fileprivate(set) var before: Cart?
    /// Its steps were decided again, on a cart that another writer had changed, or its order got
    /// another number.
    fileprivate(set) var isSurprise = false
    fileprivate(set) var failure: EngineError?
    fileprivate var isWritten = false

    init(entry: UnitOfWork.Entry, cart: Cart, before: Cart?) {
      self.entry = entry
      self.cart = cart
      self.before = before
      history = entry.history
    }
  }

  private(set) var changes: [Change]
  private var log: [Logged]
  /// Places of carts that are written together or not at all.
  private let bonds: [[Int]]
  /// Writes what belongs into the same transaction; it is given the carts that are left as they are.
  var alongside: ((StoreWriter, [Change]) throws -> Void)?
  /// Whose a cart must be when it is written, by its key.
  var expected: [Int64: Shopper] = [:]
  /// Looks again at a cart that is ordered, and is told whether others wrote meanwhile; throws where it
  /// may not be.
  var checkOrder: ((Cart, Bool) throws(EngineError) -> Void)?
  /// The store's revision when gathering began; nil where it is not known.
  private let readFrom: Int64?
  /// The store's revision when the batch was written.
  private(set) var revision: Int64?
  /// The log's places of each change's steps, for when they are decided again.
  private lazy var stepPlaces: [[Int]] = {
    var places = [[Int]](repeating: [], count: changes.count)
    for (index, logged) in log.enumerated() {
      if let place = logged.place { places[place].append(index) }
    }
    return places
  }()

  /// The carts that are changed, as the write found them.
  private var found = StoredCarts()
  /// Which of its operations were undone meanwhile; read when it is written.
  private var undone = UndoneOperations()
  /// An operation that gets its number also where no step is its own.
  var owner: UnitOfWork.OperationSlot?

  init(changes: [Change], log: [Logged], bonds: [[Int]], readFrom: Int64?) {
    self.changes = changes
    self.log = log
    self.bonds = bonds
    self.readFrom = readFrom
  }

  /// The steps of an import that were not saved.
  private(set) var unsaved: [UnitOfWork.Failure] = []

  /// The types of the lines of a file that it holds.
  var sources: [EventType] {
    log.compactMap { logged in
      logged.step.imported.flatMap { $0.line > 0 ? $0.type : nil }
    }
  }

  /// Writes all steps in one transaction of the shop's store.
  func write(_ shop: Shop) throws {
    try prepare(shop.store)
    let operations = try shop.store.write(recorded: shop.now()) { writer in
      let version = writer.revision
      let othersWrote = version != readFrom
      if writer.hasUndos { undone = try UndoneOperations(of: log, shop.store) }
      if othersWrote || !undone.isEmpty { found = try StoredCarts(changes, shop.store) }
      for (place, change) in changes.enumerated() {
        change.failure = change.entry.stored.failure
        if othersWrote || change.entry.stored.isSurprise || !undone.isEmpty {
          try rebase(change, place, shop)
        }
        checkOrders(change, place, othersWrote: othersWrote)
      }
      spreadFailures()
      var flusher = UnitFlusher(writer: writer, shop: shop)
      if let owner { try flusher.begin(owner) }
      var works = [UnitFlusher.Work?](repeating: nil, count: changes.count)
      for logged in log {
        guard let place = logged.place else {
          if othersWrote, try isKnown(logged.step, shop.store) { continue }
          try flusher.write(loose: logged.step)
          continue
        }
        let change = changes[place]
        guard change.failure == nil, !logged.step.events.isEmpty else { continue }
        let work: UnitFlusher.Work
        if let begun = works[place] {
          work = begun
        } else {
          work = try flusher.begin(
            change.cart, base: change.entry.stored.base, history: change.history)
          works[place] = work
        }
        try flusher.write(logged.step, work)
      }
      for (change, work) in zip(changes, works) {
        guard let work else { continue }
        change.isWritten = true
        try flusher.end(work, &change.cart)
        if work.isRenumbered { change.isSurprise = true }
      }
      try alongside?(writer, changes.filter { $0.failure != nil })
      revision = version
      return flusher.operations
    }
    for (slot, id) in operations {
      slot.id = id
      shop.onSaved?(id)
    }
    let isDisturbed = revision != readFrom || changes.contains(where: \.isSurprise)
    for logged in log where isDisturbed {
      guard let step = logged.step.imported, step.line > 0 else { continue }
      switch step.fate {
      case .saved: break
      case .known: unsaved.append(.init(error: nil, step: step))
      case .refused(let error): unsaved.append(.init(error: error, step: step))
      }
    }
    for change in changes {
      let stored = change.entry.stored
      stored.failure = change.failure
      if change.isWritten { stored.base = Base(change.cart) }
      if change.isSurprise { stored.isSurprise = true }
    }
  }

  /// Freeing ten thousand events takes a while, and another thread can do it.
  ///
  /// Nobody may use the batch any more.
  func free() {
    guard log.count > 1000 else { return }
    DispatchQueue.global(qos: .utility).async {
      self.log = []
      self.changes = []
    }
  }

  /// Leaves carts as they are that belong together with one that has to be.
  private func spreadFailures() {
    var isDone = bonds.isEmpty
    while !isDone {
      isDone = true
      for bond in bonds {
        guard let failed = bond.first(where: { changes[$0].failure != nil }) else { continue }
        let reason = changes[failed].failure?.message ?? ""
        for place in bond where changes[place].failure == nil {
          changes[place].failure = EngineError(
            .conflict, "cart \(changes[place].cart.id): left as it is, as \(reason)")
          isDone = false
        }
      }
    }
  }

  /// Looks up before the lock is taken what steps need by name; where there are many, each name is
  /// looked up once.
  private func prepare(_ store: CartStore) throws {
    guard log.count <= Self.preparedSteps else { return }
    var (actors, skus) = (Set<Actor>(), Set<String>())
    for logged in log {
      actors.formUnion([logged.step.actor, logged.step.operation.operation.actor])
      for body in logged.step.events {
        skus.formUnion(ProductCounter.changes(body).map(\.sku))
      }
    }
    try store.prepare(actors: actors, skus: skus)
  }

  private static let preparedSteps = 1_000

  /// Decides a cart's commands again if the stored one is not the one they were decided on.
  private func rebase(_ change: Change, _ place: Int, _ shop: Shop) throws {
    guard change.failure == nil else { return }
    let store = shop.store
    do throws(EngineError) {
      do {
        let stored = change.entry.stored
        var key = stored.base?.key
        if key == nil {
          key = found.names[change.cart.id]
          if key == nil, try !statesTakenOrder(place, store), try !holdsKnown(place, store) {
            return
          }
          guard key == nil || isImported(place) else {
            throw ModelError(
              .conflict, "cart \(change.cart.id): another process has made it")
          }
        }
        guard let key, let current = try found.carts[key] ?? store.cart(key) else {
          // A new cart whose order is taken: decided again from nothing.
          change.cart = try decideAgain(place, on: nil, change.cart, shop)
          change.isSurprise = true
          return
        }
        guard
          try current.version != stored.base?.version || stored.isSurprise
            || statesTakenOrder(place, store) || holdsKnown(place, store)
            || hasUndone(place, key, store)
        else { return }
        if let shopper = expected[key], !shopper.mayBe(current.shopper) {
          throw ModelError(
            .conflict,
            "cart \(current.id): was shown as \(shopper.nameAndEmail)'s and is "
              + "\(current.shopper.nameAndEmail)'s now; look at it again")
        }
        if current.version != stored.base?.version, !stored.isSurprise, makesOrder(place) {
          throw ModelError(
            .conflict,
            "cart \(current.id): another user changed it while it was ordered; look at it, and order it "
              + "again")
        }
        change.cart = try decideAgain(place, on: current, current, shop)
        if change.before != nil { change.before = current }
        stored.base = Base(current)
        change.isSurprise = true
      } catch { throw EngineError(error) }
    } catch {
      guard !error.endsRun else { throw error }
      change.failure = error
    }
  }

  private func checkOrders(_ change: Change, _ place: Int, othersWrote: Bool) {
    guard let checkOrder, change.failure == nil, change.cart.state == .ordered, makesOrder(place)
    else { return }
    do throws(EngineError) { try checkOrder(change.cart, othersWrote) } catch {
      change.failure = error
    }
  }

  /// Whether a person's steps make an order of the cart; what an import states did happen.
  private func makesOrder(_ place: Int) -> Bool {
    stepPlaces[place].contains { index in
      !log[index].step.isImported
        && log[index].step.events.contains { if case .cartOrdered = $0 { true } else { false } }
    }
  }

  private func isImported(_ place: Int) -> Bool {
    stepPlaces[place].allSatisfy { log[$0].step.isImported }
  }

  /// Whether an import states the number of an order that another cart has meanwhile.
  private func statesTakenOrder(_ place: Int, _ store: CartStore) throws -> Bool {
    for index in stepPlaces[place] where log[index].step.isImported {
      for case .cartOrdered(let record) in log[index].step.events
      where try store.key(order: record.id) != nil { return true }
    }
    return false
  }

  /// Whether an event of these steps is in the store already.
  private func holdsKnown(_ place: Int, _ store: CartStore) throws -> Bool {
    for index in stepPlaces[place] where log[index].step.isImported {
      if let key = log[index].step.key, try store.hasEvent(key) { return true }
    }
    return false
  }

  /// Whether a step belongs to an operation that was undone on this cart.
  private func hasUndone(_ place: Int, _ key: Int64, _ store: CartStore) throws -> Bool {
    let number = try undone.numbers(on: key, store)
    return stepPlaces[place].contains { number(log[$0].step) != nil }
  }

  private func isKnown(_ step: UnitOfWork.Step, _ store: CartStore) throws -> Bool {
    guard let imported = step.imported, let key = step.key, try store.hasEvent(key) else {
      return false
    }
    imported.fate = .known
    step.events = []
    return true
  }

  /// - Parameter blank: gives the cart's id where it has none yet.
  private func decideAgain(_ place: Int, on current: Cart?, _ blank: Cart, _ shop: Shop) throws
    -> Cart
  {
    var cart = current
    var isChanged = false
    let undone = try self.undone.numbers(on: current?.key, shop.store)
    for index in stepPlaces[place] {
      let step = log[index].step
      if try isKnown(step, shop.store) { continue }
      do {
        if let number = undone(step) {
          throw ModelError(
            .conflict,
            "cart \(blank.id): operation \(number), which this belongs to, was undone on it; "
              + "redo it first, or start anew")
        }
        // It reads the stored history, which does not have the steps before it.
        if case .work? = step.again, isChanged { throw Admission.conflict(blank) }
        step.events = try Admission.events(again: step, on: cart, shop)
      } catch let error as ModelError {
        // A line of a file is refused by itself; a person's commands on a cart go together.
        guard let imported = step.imported else { throw error }
        imported.fate = .refused(EngineError(error))
        step.events = []
      }
      guard !step.events.isEmpty else { continue }
      isChanged = true
      var next =
        cart ?? Cart(key: blank.key, id: blank.id, currency: blank.currency, at: step.at)
      if !step.isImported { step.at = max(step.at, next.updated) }
      for body in step.events {
        next.apply(body, version: next.version + 1, actor: step.actor, at: step.at)
      }
      cart = next
    }
    return cart ?? blank
  }
}
