import CartModel
import CartStorage

/// Bulk loops: each cart by itself, saved in batches together with how far the loop came, so that a
/// run that ends in the middle can be gone on with and does no cart twice.
public struct Jobs: CommitParticipant {
  let run: Run

  init(_ run: Run) { self.run = run }

  /// Whether a job goes on, and has not come to its loop yet: what is done until then was done before.
  public var isReplaying: Bool { run.loops.isReplaying }

  /// Calls a function with each cart; what fails on one is rolled back, and the others go on.
  ///
  /// - Parameter place: where the script began it; tells one loop of a run from another.
  /// - Returns: how many carts were done, and on how many the function failed.
  /// - Throws: what ends the loop: an interruption, a limit, a full disk. What was done before stands
  ///   where it is saved already.
  @discardableResult
  public func each(_ keys: [Int64], place: String = "", _ body: (Int64) throws -> Void) throws -> (
    done: Int, failed: Int
  ) {
    // Within another loop, or where all or nothing is wanted, the first failure ends it.
    guard run.loops.current == nil, run.loops.atomicDepth == 0 else {
      for key in keys { try body(key) }
      return (keys.count, 0)
    }
    let ordinal = run.loops.ordinals[place, default: 0]
    run.loops.ordinals[place] = ordinal + 1
    guard let loop = try loop(place, ordinal, keys) else {
      let operation = run.loops.resumed?.operation ?? ""
      let job = try run.shop.store.job(of: operation, place: place, ordinal: ordinal)
      return (Int(job?.done ?? 0), Int(job?.failed ?? 0))
    }
    run.loops.current = loop
    run.loops.isReached = run.loops.resumed != nil
    defer { run.loops.current = nil }
    if run.mode == .live { run.loops.loops.append(loop) }
    let items = loop.isRetry ? loop.keys : Array(loop.keys.dropFirst(Int(loop.next)))
    var failed = 0
    var ahead = ReadAhead()
    for (index, key) in items.enumerated() {
      if run.hooks.shouldStop?() == true { try stop(EngineError(.interrupted, "interrupted")) }
      try ahead.advance(to: index, of: items, run.reader)
      if try !perform(key, of: loop, body) { failed += 1 }
      try run.flushIfDue()
      run.hooks.onProgress?(loop.isRetry ? index + 1 : Int(loop.next), loop.keys.count)
    }
    return (items.count - failed, failed)
  }

  /// The loop of this place; nil for one that was gone through when the script first ran.
  private func loop(_ place: String, _ ordinal: Int64, _ keys: [Int64]) throws(EngineError)
    -> JobState.Loop?
  {
    guard let resumed = run.loops.resumed, !run.loops.isReached || run.loops.isRetry else {
      let made = Job(
        operation: run.slots.current.operation.key, place: place, ordinal: ordinal,
        command: run.slots.current.operation.command, origin: run.loops.origin(), actor: run.actor,
        at: run.now,
        total: Int64(keys.count))
      return JobState.Loop(made, keys, isStored: false, isRetry: false)
    }
    guard place == resumed.place, ordinal == resumed.ordinal else { return nil }
    do throws(StoreError) {
      let keys =
        run.loops.isRetry
        ? try run.shop.store.failures(ofJob: resumed.id).map(\.cart)
        : try run.shop.store.carts(ofJob: resumed.id).keys
      return JobState.Loop(resumed, keys, isStored: true, isRetry: run.loops.isRetry)
    } catch { throw EngineError(error) }
  }

  /// - Returns: whether it went well.
  private func perform(_ key: Int64, of loop: JobState.Loop, _ body: (Int64) throws -> Void) throws
    -> Bool
  {
    var message: String?
    var end: (any Error)?
    do {
      try run.attempt(together: true) {
        try body(key)
        for entry in run.unit.changedSinceSavepoint {
          loop.items[entry.cart.key, default: []].insert(key)
        }
        if !run.unit.isIdle { loop.hasEffects = true }
      }
      if loop.isRetry { loop.mended.append(key) } else { loop.next += 1 }
      return true
    } catch let stop as JobStop {
      (message, end) = (stop.isSpoilt ? "\(stop.error)" : nil, stop.error)
    } catch {
      message = "\(error)"
      end = run.fatal
    }
    if let message, run.fatal == nil {
      let name = (try? run.reader.cart(key))?.id ?? "?"
      // Most messages name the cart by themselves.
      let isNamed = ["cart \(name):", "cart \(name) "].contains { message.contains($0) }
      run.tally.failures.append(
        EngineError(.refused, isNamed ? message : "cart \(name): \(message)"))
      loop.failed.append((key, message))
      if !loop.isRetry { loop.next += 1 }
    }
    if let end { try stop(end) }
    return false
  }

  /// Ends a loop in the middle: what was done so far is saved, where saving has begun or needs no
  /// asking.
  private func stop(_ error: any Error) throws {
    if run.mode == .live, run.fatal == nil, run.unit.savepoints.isEmpty,
      run.consent == .given || run.hasFlushed
    {
      try run.flush()
    }
    throw error
  }

  /// Writes how far the loops came, in the transaction that holds what they did.
  func save(_ commit: Commit, _ writer: any WriteTransaction) throws {
    for loop in run.loops.loops where loop.isUnsaved {
      for change in commit.lost {
        for item in loop.items[change.entry.cart.key] ?? [] {
          loop.failed.append((item, change.failure?.message ?? ""))
          loop.mended.removeAll { $0 == item }
        }
      }
      let origin = loop.isStored ? loop.job.origin : run.loops.origin()
      if loop.job.id != 0, origin != loop.job.origin {
        try writer.set(origin: origin, ofJob: loop.job.id)
      }
      loop.job.origin = origin
      if loop.job.id == 0 {
        loop.job.operation = run.slots.current.operation.key
        loop.job.id = try writer.begin(
          loop.job, carts: try loop.keys.map { try storedKey($0, writer) },
          made: try run.tally.made.map { try storedKey($0, writer) })
      }
      if loop.next != loop.saved {
        try writer.advance(job: loop.job.id, from: loop.saved, to: loop.next)
      }
      for key in loop.mended { try writer.succeed(job: loop.job.id, cart: key) }
      for (cart, message) in loop.failed {
        try writer.fail(job: loop.job.id, cart: try storedKey(cart, writer), message)
      }
      loop.job.failed = try writer.failureCount(ofJob: loop.job.id)
      loop.job.next = loop.next
      loop.saved = loop.next
      (loop.failed, loop.mended) = ([], [])
    }
    if run.tally.made.count != run.loops.savedMade, !run.loops.saved.isEmpty {
      try writer.set(
        made: try run.tally.made.map { try storedKey($0, writer) },
        of: run.slots.current.operation.key)
    }
  }

  /// A new cart has its key by the time the job that goes over it is saved.
  private func storedKey(_ key: Int64, _ writer: any WriteTransaction) throws -> Int64 {
    let key = run.unit.current(key)
    if key > 0 { return key }
    // The storage answers only through the transaction here: what the unit has is asked.
    guard let entry = run.unit.entries[key] else { return 0 }
    return try entry.cart.key > 0 ? entry.cart.key : writer.key(named: entry.cart.id) ?? 0
  }

  /// A cart that the script made when it first ran.
  func replayedCreation() throws(EngineError) -> Cart {
    guard run.loops.replayed < run.tally.made.count,
      let cart = try run.reader.cart(run.tally.made[run.loops.replayed])
    else {
      throw EngineError(
        .refused,
        "job \(run.loops.resumed?.id ?? 0): the script makes more carts outside its loop than it did "
          + "at first; start it anew")
    }
    run.loops.replayed += 1
    return cart
  }

  /// A run that was to go on with a job and never came to its loop did nothing of it.
  func checkReached() throws(EngineError) {
    guard let job = run.loops.resumed, !run.loops.isReached else { return }
    throw EngineError(
      .refused,
      "job \(job.id): the script did not come to its loop"
        + (job.place.isEmpty ? "" : " at \(job.place)")
        + " again; nothing was done; start it anew")
  }
}
