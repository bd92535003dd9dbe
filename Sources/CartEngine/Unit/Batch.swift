import CartModel
import CartStorage
import CartSupport
import Dispatch

/// Steps of a unit of work on their way to the store.
///
/// Handed from the thread that gathers to the one that writes, and back: never touched by both.
final class Batch: @unchecked Sendable {
  /// Throws where a cart may not be ordered after all; is told whether others wrote meanwhile.
  typealias OrderCheck = (Cart, any WriteTransaction, _ othersWrote: Bool) throws(EngineError) ->
    Void

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

    init(key: Int64, version: Int64, head: Int64, isOrdered: Bool) {
      (self.key, self.version, self.head, self.isOrdered) = (key, version, head, isOrdered)
    }

    init(_ cart: Cart) {
      self.init(
        key: cart.key, version: cart.version, head: cart.head, isOrdered: cart.state == .ordered)
    }
  }

  /// A cart as the writer knows it.
  final class Stored {
    /// Nil for a new cart.
    var base: Base?
    /// The write gave another cart than later steps were decided on; they are decided again.
    var isSurprise = false
    var failure: EngineError?
    /// The name that a new cart was made with; a store may give it another one at once.
    let name: String

    init(_ base: Base?, name: String) { (self.base, self.name) = (base, name) }
  }

  /// What happens to one cart.
  final class Change {
    let entry: UnitOfWork.Entry
    /// As its steps make it; once written, as it is stored.
    var cart: Cart
    /// Its stored events as they were read before; nil where nobody asked.
    let history: StoredHistory?
    /// As it was stored before; nil for a new cart, and where nobody wants it.
    var before: Cart?
    /// Its steps were decided again, on a cart that another writer had changed, or its order got
    /// another number.
    var isSurprise = false
    var failure: EngineError?
    var isWritten = false

    init(entry: UnitOfWork.Entry, cart: Cart, before: Cart?) {
      self.entry = entry
      self.cart = cart
      self.before = before
      history = entry.history
    }

    /// What later batches go on from.
    var base: Base {
      Base(
        key: cart.key, version: cart.version, head: cart.head,
        isOrdered: cart.state == .ordered)
    }
  }

  /// What holds for the transaction beside its steps.
  struct Terms {
    /// Write their rows into the same transaction.
    var participants: [any CommitParticipant] = []
    /// Whose a cart must be when it is written, by its key.
    var expected: [Int64: Shopper] = [:]
    /// Looks again at a cart that is ordered.
    var checkOrder: OrderCheck?
  }

  private(set) var changes: [Change]
  private(set) var log: [Logged]
  /// Places of carts that are written together or not at all.
  private let bonds: [[Int]]
  var terms = Terms()
  /// The store's revision when gathering began; nil where it is not known.
  private let readFrom: ChangeToken?
  /// The store's revision when the batch was written.
  private(set) var revision: ChangeToken?
  /// The log's places of each change's steps, for when they are decided again.
  private(set) lazy var stepPlaces: [[Int]] = {
    var places = [[Int]](repeating: [], count: changes.count)
    for (index, logged) in log.enumerated() {
      if let place = logged.place { places[place].append(index) }
    }
    return places
  }()

  /// The carts that are changed, as the write found them.
  private(set) var found = StoredCarts()
  /// Which of its operations were undone meanwhile; read when it is written.
  private(set) var undone = UndoneOperations()
  /// An operation that gets its number also where no step is its own.
  var owner: UnitOfWork.OperationSlot?

  init(changes: [Change], log: [Logged], bonds: [[Int]], readFrom: ChangeToken?) {
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
    let operations = try shop.store.write(needs, recorded: shop.now()) { writer in
      let version = writer.revision
      let othersWrote = version != readFrom
      if writer.hasUndos { undone = try UndoneOperations(of: log, writer) }
      if othersWrote || !undone.isEmpty { found = try StoredCarts(changes, writer) }
      for (place, change) in changes.enumerated() {
        change.failure = change.entry.stored.failure
        if othersWrote || change.entry.stored.isSurprise || !undone.isEmpty {
          try rebase(change, place, writer, shop)
        }
        checkOrders(change, place, writer, othersWrote: othersWrote)
      }
      spreadFailures()
      let written = try writeSteps(writer, othersWrote: othersWrote)
      if !terms.participants.isEmpty {
        let commit = Commit(
          lost: changes.filter { $0.failure != nil }, effects: written.effects)
        for participant in terms.participants { try participant.save(commit, writer) }
      }
      revision = version
      return written.operations
    }
    for (slot, id) in operations {
      slot.id = id
      shop.onSaved?(id)
    }
    settle()
  }

  /// - Returns: the operations that got their numbers, and what is to be done outside.
  private func writeSteps(_ writer: any WriteTransaction, othersWrote: Bool) throws
    -> (operations: [(UnitOfWork.OperationSlot, Int64)], effects: [Commit.Requested])
  {
    var flusher = UnitFlusher(writer: writer)
    if let owner { try flusher.begin(owner) }
    var works = [UnitFlusher.Work?](repeating: nil, count: changes.count)
    for logged in log {
      guard let place = logged.place else {
        if othersWrote, try isKnown(logged.step, writer) { continue }
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
          change.entry.stored, isOfStore: change.cart.isOfStore, history: change.history)
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
    return (flusher.operations, flusher.effects)
  }

  /// Says what became of each cart, and which steps of an import were not saved.
  private func settle() {
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
      if change.isWritten { stored.base = change.base }
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

  /// What steps need by name; where there are many, each name is looked up when it is written.
  private var needs: WriteNeeds {
    var needs = WriteNeeds()
    guard log.count <= Self.preparedSteps else { return needs }
    for logged in log {
      needs.actors.formUnion([logged.step.actor, logged.step.operation.operation.actor])
      for body in logged.step.events {
        needs.skus.formUnion(ProductCounter.changes(body).map(\.sku))
      }
    }
    return needs
  }

  private static let preparedSteps = 1_000
}
