import CartModel
import CartStorage

/// Handing the gathered steps to a batch, and what comes of it.
extension UnitOfWork {
  /// Writes all steps in one transaction.
  ///
  /// A cart that another writer changed since it was read has its commands decided again on what it
  /// is now; what then fails is in the result, and the cart is left as it is.
  ///
  /// - Parameter terms: what holds for the transaction.
  func flush(_ shop: Shop, _ terms: Batch.Terms = .init()) throws -> [Failure] {
    guard let batch = detach() else { return [] }
    batch.terms = terms
    return try settle(batch, Result { try batch.write(shop) })
  }

  /// Removes the gathered steps, to be written while more are gathered; nil if there are no steps.
  ///
  /// Batches must be written, and settled, in the order in which they were taken out.
  func detach() -> Batch? {
    guard !isClean else { return nil }
    let batch = Batch(
      changes: dirty.map { Batch.Change(entry: $0, cart: $0.cart, before: $0.before) }, log: log,
      bonds: gathered.bonds, readFrom: read.gatheredFrom)
    for entry in dirty {
      entry.place = nil
      entry.before = nil
      entry.underway += 1
    }
    underway.append(gathered.names)
    empty()
    read.gatheredFrom = revision
    return batch
  }

  /// Applies the result of a written batch.
  ///
  /// - Returns: the carts that could not be changed.
  func settle(_ batch: Batch, _ result: Result<Void, any Error>) throws -> [Failure] {
    underway.removeFirst()
    for change in batch.changes { change.entry.underway -= 1 }
    if case .failure = result {
      for change in batch.changes { entries[change.entry.cart.key] = nil }
    }
    try result.get()
    // What this unit wrote is what it has read; what others wrote over the same connection is not.
    read.stamp?.writes += 1
    var failed = batch.unsaved
    for change in batch.changes {
      let (entry, key) = (change.entry, change.entry.cart.key)
      if let error = change.failure {
        failed.append(Failure(error: error, step: nil, cart: key))
        entries[key] = nil
        continue
      }
      if change.cart.key != key {
        entry.cart.key = change.cart.key
        rename(key, to: entry)
        entries[key] = nil
        entries[change.cart.key] = entry
      }
      onWritten?(.init(before: change.before, after: change.cart))
      guard entry.isIdle else { continue }
      entry.cart.head = change.cart.head
      // A cart that was written with another result is read again.
      if change.isSurprise { entries[entry.cart.key] = nil }
    }
    if batch.revision != revision {
      let saved = Set(batch.changes.map { $0.cart.key })
      entries = entries.filter { saved.contains($0.key) || !$0.value.isIdle }
      (read.revision, past.reverted) = (batch.revision, nil)
    }
    batch.free()
    if isClean, underway.isEmpty { read.gatheredFrom = revision }
    if entries.count > Self.cacheLimit { dropIdle() }
    return failed
  }
}
