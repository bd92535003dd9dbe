import CartModel
import CartStorage
import CartSupport

/// Deciding again what another process has changed meanwhile, in the transaction that writes.
extension Batch {
  /// Decides a cart's commands again if the stored one is not the one they were decided on.
  func rebase(
    _ change: Change, _ place: Int, _ writer: any WriteTransaction, _ shop: Shop
  ) throws {
    guard change.failure == nil else { return }
    do throws(EngineError) {
      do {
        let stored = change.entry.stored
        var key = stored.base?.key
        if key == nil {
          key = found.taken[change.cart.key]
          if key == nil, try !statesTakenOrder(place, writer), try !holdsKnown(place, writer) {
            return
          }
          guard key == nil || isImported(place) else {
            throw ModelError(
              .conflict, "cart \(change.cart.id): another process has made it")
          }
        }
        guard let key, let current = try found.carts[key] ?? writer.cart(key) else {
          // A new cart whose order is taken: decided again from nothing.
          change.cart = try decideAgain(place, on: nil, change.cart, writer, shop)
          change.isSurprise = true
          return
        }
        guard
          try current.version != stored.base?.version || stored.isSurprise
            || statesTakenOrder(place, writer) || holdsKnown(place, writer)
            || hasUndone(place, key, writer)
        else { return }
        if let shopper = terms.expected[key], !shopper.mayBe(current.shopper) {
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
        change.cart = try decideAgain(place, on: current, current, writer, shop)
        if change.before != nil { change.before = current }
        stored.base = Base(current)
        change.isSurprise = true
      } catch { throw EngineError(error) }
    } catch {
      guard !error.endsRun else { throw error }
      change.failure = error
    }
  }

  func checkOrders(
    _ change: Change, _ place: Int, _ writer: any WriteTransaction, othersWrote: Bool
  ) {
    guard let checkOrder = terms.checkOrder, change.failure == nil, change.cart.state == .ordered,
      makesOrder(place)
    else { return }
    do throws(EngineError) { try checkOrder(change.cart, writer, othersWrote) } catch {
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
  private func statesTakenOrder(_ place: Int, _ store: any StorageReads) throws -> Bool {
    for index in stepPlaces[place] where log[index].step.isImported {
      for case .cartOrdered(let record) in log[index].step.events
      where try store.key(order: record.id) != nil { return true }
    }
    return false
  }

  /// Whether an event of these steps is in the store already.
  private func holdsKnown(_ place: Int, _ store: any StorageReads) throws -> Bool {
    for index in stepPlaces[place] where log[index].step.isImported {
      if let key = log[index].step.key, try store.hasEvent(key) { return true }
    }
    return false
  }

  /// Whether a step belongs to an operation that was undone on this cart.
  private func hasUndone(_ place: Int, _ key: Int64, _ store: any StorageReads) throws -> Bool {
    let number = try undone.numbers(on: key, store)
    return stepPlaces[place].contains { number(log[$0].step) != nil }
  }

  func isKnown(_ step: UnitOfWork.Step, _ store: any StorageReads) throws -> Bool {
    guard let imported = step.imported, let key = step.key, try store.hasEvent(key) else {
      return false
    }
    imported.fate = .known
    step.events = []
    return true
  }

  /// - Parameter blank: gives the cart's id where it has none yet.
  private func decideAgain(
    _ place: Int, on current: Cart?, _ blank: Cart, _ writer: any WriteTransaction, _ shop: Shop
  ) throws -> Cart {
    var cart = current
    var isChanged = false
    let undone = try self.undone.numbers(on: current?.key, writer)
    for index in stepPlaces[place] {
      let step = log[index].step
      if try isKnown(step, writer) { continue }
      do {
        if let number = undone(step) {
          throw ModelError(
            .conflict,
            "cart \(blank.id): operation \(number), which this belongs to, was undone on it; "
              + "redo it first, or start anew")
        }
        // It reads the stored history, which does not have the steps before it.
        if case .work? = step.again, isChanged { throw Admission.conflict(blank) }
        let decided = try Admission.decided(again: step, on: cart, writer, shop)
        (step.events, step.effects) = (decided.events, decided.effects)
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
