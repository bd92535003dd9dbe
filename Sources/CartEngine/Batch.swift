import CartModel
import CartStore
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
    /// Its steps were decided again, on a cart that somebody else had changed, or its order got
    /// another number.
    fileprivate(set) var isSurprise = false
    fileprivate(set) var failure: EngineError?

    init(entry: UnitOfWork.Entry, cart: Cart) {
      self.entry = entry
      self.cart = cart
    }
  }

  private(set) var changes: [Change]
  private var log: [Logged]
  /// The store's version when gathering began; nil where it is not known.
  private let readFrom: Int64?
  /// The store's version when the batch was written.
  private(set) var dataVersion: Int64?
  /// The log's places of each change's steps, for when they are decided again.
  private lazy var stepPlaces: [[Int]] = {
    var places = [[Int]](repeating: [], count: changes.count)
    for (index, logged) in log.enumerated() {
      if let place = logged.place { places[place].append(index) }
    }
    return places
  }()

  init(changes: [Change], log: [Logged], readFrom: Int64?) {
    self.changes = changes
    self.log = log
    self.readFrom = readFrom
  }

  /// The steps of a change.
  func steps(at place: Int) -> [UnitOfWork.Step] { stepPlaces[place].map { log[$0].step } }

  /// Writes all steps in one transaction of the shop's store.
  func write(_ shop: Shop) throws {
    let operations = try shop.store.write(recorded: shop.now()) { writer in
      let version = try shop.store.dataVersion()
      let othersWrote = version != readFrom
      for (place, change) in changes.enumerated() {
        change.failure = change.entry.stored.failure
        if othersWrote || change.entry.stored.isSurprise { try rebase(change, place, shop) }
      }
      var flusher = UnitFlusher(writer: writer, shop: shop)
      var works = [UnitFlusher.Work?](repeating: nil, count: changes.count)
      for logged in log {
        guard let place = logged.place else {
          try flusher.write(loose: logged.step)
          continue
        }
        let change = changes[place]
        guard change.failure == nil else { continue }
        let work: UnitFlusher.Work
        if let begun = works[place] {
          work = begun
        } else {
          work = try flusher.begin(change.cart, base: change.entry.stored.base)
          works[place] = work
        }
        try flusher.write(logged.step, work)
      }
      for (change, work) in zip(changes, works) {
        guard let work else { continue }
        try flusher.end(work, &change.cart)
        if work.isRenumbered { change.isSurprise = true }
      }
      dataVersion = version
      return flusher.operations
    }
    for (slot, id) in operations { slot.id = id }
    for change in changes {
      let stored = change.entry.stored
      stored.failure = change.failure
      if change.failure == nil { stored.base = Base(change.cart) }
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

  /// Decides a cart's commands again if the stored one is not the one they were decided on.
  private func rebase(_ change: Change, _ place: Int, _ shop: Shop) throws {
    guard change.failure == nil else { return }
    let store = shop.store
    do throws(EngineError) {
      do {
        let stored = change.entry.stored
        guard let base = stored.base else {
          let name = change.cart.id
          if try store.key(named: name) != nil {
            throw ModelError(.conflict, "cart \(name): another process has made it")
          }
          return
        }
        let version = try store.version(of: base.key)
        guard version != base.version || stored.isSurprise else { return }
        guard let current = try store.cart(base.key) else { return }
        change.cart = try decideAgain(place, on: current, shop.settings)
        stored.base = Base(current)
        change.isSurprise = true
      } catch { throw EngineError(error) }
    } catch {
      guard error.code != .store else { throw error }
      change.failure = error
    }
  }

  private func decideAgain(_ place: Int, on current: Cart, _ settings: StoreSettings)
    throws -> Cart
  {
    var cart = current
    for index in stepPlaces[place] {
      let step = log[index].step
      guard let command = step.command else {
        throw ModelError(
          .conflict, "cart \(current.id): changed while this was worked out; do it again")
      }
      step.events = try decide(command, on: cart, settings)
      step.at = max(step.at, cart.updated)
      for body in step.events {
        cart.apply(body, version: cart.version + 1, actor: step.actor, at: step.at)
      }
    }
    return cart
  }
}
