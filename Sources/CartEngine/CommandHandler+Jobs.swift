import CartModel
import CartStore

/// Bulk loops: each cart by itself, saved in batches together with how far the loop came, so that a
/// run that ends in the middle can be gone on with and does no cart twice.
extension CommandHandler {
  /// Whether a job goes on, and has not come to its loop yet: what is done until then was done before.
  public var isReplaying: Bool { jobs.isReplaying }

  /// Starts a run that goes on with a job, or does again what failed of it.
  ///
  /// The same script or verb is to be run: what it does outside the job's loop is not done again.
  /// - Throws: `notFound`, `refused` where nothing is left or the operation was undone.
  public func begin(job id: Int64, retry: Bool) throws(EngineError) {
    do {
      guard let job = try shop.store.job(id) else {
        throw EngineError(.notFound, "no job has the number \(id); see .jobs")
      }
      guard retry ? job.failed > 0 : !job.isFinished else {
        let hint = job.failed > 0 ? "; 'jobs retry \(id)' does the \(job.failed) failed again" : ""
        throw EngineError(
          .refused,
          retry
            ? "job \(id): nothing of it failed"
            : "job \(id): is finished, nothing is left to do\(hint)")
      }
      begin(job.command)
      if let number = try shop.store.operation(key: job.operation),
        let operation = try shop.store.operation(number)
      {
        guard try standing(operation) != .undone else {
          throw EngineError(
            .refused,
            "job \(id): its operation \(number) was undone; 'redo \(number)' first, or start "
              + "anew")
        }
        currentSlot.operation = operation
        currentSlot.id = number
        currentSlot.carts = Set(try shop.store.carts(of: operation))
        jobs.carriedCarts = currentSlot.carts.count
        jobs.made = try shop.store.carts(ofJob: id).made
        jobs.savedMade = jobs.made.count
      } else {
        currentSlot.operation.key = job.operation
      }
      jobs.resumed = job
      jobs.isRetry = retry
    } catch { throw EngineError(error) }
  }

  /// How a job of the run that begins next can be run again; asked each time the job is saved, as a
  /// script may require modules on the way.
  public func setOrigin(_ origin: @escaping () -> String) { jobs.origin = origin }

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
    guard jobs.current == nil, jobs.atomicDepth == 0 else {
      for key in keys { try body(key) }
      return (keys.count, 0)
    }
    let ordinal = jobs.ordinals[place, default: 0]
    jobs.ordinals[place] = ordinal + 1
    guard let loop = try loop(place, ordinal, keys) else {
      let operation = jobs.resumed?.operation ?? ""
      let job = try shop.store.job(of: operation, place: place, ordinal: ordinal)
      return (Int(job?.done ?? 0), Int(job?.failed ?? 0))
    }
    jobs.current = loop
    jobs.isReached = jobs.resumed != nil
    defer { jobs.current = nil }
    if mode == .live { jobs.loops.append(loop) }
    let items = loop.isRetry ? loop.keys : Array(loop.keys.dropFirst(Int(loop.next)))
    var failed = 0
    for (index, key) in items.enumerated() {
      if shouldStop?() == true { try stop(EngineError(.interrupted, "interrupted")) }
      if try !run(key, of: loop, body) { failed += 1 }
      try flushIfDue()
      onProgress?(loop.isRetry ? index + 1 : Int(loop.next), loop.keys.count)
    }
    return (items.count - failed, failed)
  }

  /// The loop of this place; nil for one that was gone through when the script first ran.
  private func loop(_ place: String, _ ordinal: Int64, _ keys: [Int64]) throws(EngineError)
    -> JobState.Loop?
  {
    guard let resumed = jobs.resumed, !jobs.isReached || jobs.isRetry else {
      let made = Job(
        operation: currentSlot.operation.key, place: place, ordinal: ordinal,
        command: currentSlot.operation.command, origin: jobs.origin(), actor: actor, at: now,
        total: Int64(keys.count))
      return JobState.Loop(made, keys, isStored: false, isRetry: false)
    }
    guard place == resumed.place, ordinal == resumed.ordinal else { return nil }
    do throws(StoreError) {
      let keys =
        jobs.isRetry
        ? try shop.store.failures(ofJob: resumed.id).map(\.cart)
        : try shop.store.carts(ofJob: resumed.id).keys
      return JobState.Loop(resumed, keys, isStored: true, isRetry: jobs.isRetry)
    } catch { throw EngineError(error) }
  }

  /// - Returns: whether it went well.
  private func run(_ key: Int64, of loop: JobState.Loop, _ body: (Int64) throws -> Void) throws
    -> Bool
  {
    let counts = (changed, eventCount, isFinal, currentSlot.operation.reason)
    unit.savepoint()
    var message: String?
    var end: (any Error)?
    do { try body(key) } catch let stop as JobStop {
      (message, end) = (stop.isSpoilt ? "\(stop.error)" : nil, stop.error)
    } catch {
      message = "\(error)"
      end = jobs.fatal
    }
    if message == nil, end == nil {
      for entry in unit.changedSinceSavepoint {
        loop.items[entry.cart.key, default: []].insert(key)
      }
      if !unit.isIdle { loop.hasEffects = true }
      unit.release(together: true)
      if loop.isRetry { loop.mended.append(key) } else { loop.next += 1 }
      return true
    }
    unit.rollback()
    (changed, eventCount, isFinal, currentSlot.operation.reason) = counts
    revision += 1
    if let message, jobs.fatal == nil {
      let name = (try? cart(key))?.id ?? "?"
      failures.append(EngineError(.refused, "cart \(name): \(message)"))
      loop.failed.append((key, message))
      if !loop.isRetry { loop.next += 1 }
    }
    if let end { try stop(end) }
    return false
  }

  /// Ends a loop in the middle: what was done so far is saved, where saving has begun or needs no
  /// asking.
  private func stop(_ error: any Error) throws {
    if mode == .live, jobs.fatal == nil, unit.savepoints.isEmpty, consent == .given || hasFlushed {
      try flush()
    }
    throw error
  }

  /// Writes how far the loops came, in the transaction that holds what they did.
  ///
  /// - Parameter lost: carts whose changes were refused because another writer changed them.
  func saveJobs(_ writer: StoreWriter, _ lost: [Batch.Change]) throws {
    for loop in jobs.loops where loop.isUnsaved {
      for change in lost {
        for item in loop.items[change.entry.cart.key] ?? [] {
          loop.failed.append((item, change.failure?.message ?? ""))
          loop.mended.removeAll { $0 == item }
        }
      }
      let origin = loop.isStored ? loop.job.origin : jobs.origin()
      if loop.job.id != 0, origin != loop.job.origin {
        try writer.set(origin: origin, ofJob: loop.job.id)
      }
      loop.job.origin = origin
      if loop.job.id == 0 {
        loop.job.operation = currentSlot.operation.key
        loop.job.id = try writer.begin(
          loop.job, carts: try loop.keys.map(storedKey), made: try jobs.made.map(storedKey))
      }
      if loop.next != loop.saved {
        try writer.advance(job: loop.job.id, from: loop.saved, to: loop.next)
      }
      for key in loop.mended { try writer.succeed(job: loop.job.id, cart: key) }
      for (cart, message) in loop.failed {
        try writer.fail(job: loop.job.id, cart: try storedKey(cart), message)
      }
      loop.job.failed = try writer.failures(ofJob: loop.job.id)
      loop.job.next = loop.next
      loop.saved = loop.next
      (loop.failed, loop.mended) = ([], [])
    }
    if jobs.made.count != jobs.savedMade, !jobs.saved.isEmpty {
      try writer.set(made: try jobs.made.map(storedKey), of: currentSlot.operation.key)
    }
  }

  /// A new cart has its key by the time the job that goes over it is saved.
  private func storedKey(_ key: Int64) throws -> Int64 {
    if key > 0 { return key }
    guard let entry = try unit.entry(key) else { return 0 }
    return try entry.cart.key > 0 ? entry.cart.key : shop.store.key(named: entry.cart.id) ?? 0
  }

  /// A cart that the script made when it first ran.
  func replayedCreation() throws(EngineError) -> Cart {
    guard jobs.replayed < jobs.made.count, let cart = try cart(jobs.made[jobs.replayed]) else {
      throw EngineError(
        .refused,
        "job \(jobs.resumed?.id ?? 0): the script makes more carts outside its loop than it did "
          + "at first; start it anew")
    }
    jobs.replayed += 1
    return cart
  }

  /// A run that was to go on with a job and never came to its loop did nothing of it.
  func checkReached() throws(EngineError) {
    guard let job = jobs.resumed, !jobs.isReached else { return }
    throw EngineError(
      .refused,
      "job \(job.id): the script did not come to its loop"
        + (job.place.isEmpty ? "" : " at \(job.place)")
        + " again; nothing was done; start it anew")
  }
}
