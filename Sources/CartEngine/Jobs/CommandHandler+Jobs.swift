import CartModel
import CartStorage

extension CommandHandler {
  /// Starts a run that goes on with a job, or does again what failed of it.
  ///
  /// The same script or verb is to be run: what it does outside the job's loop is not done again.
  /// - Throws: `notFound`, `refused` where nothing is left or the operation was undone.
  public func begin(job id: Int64, retry: Bool) throws(EngineError) -> Run {
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
      let run = begin(job.command)
      if let number = try shop.store.operation(key: job.operation),
        let operation = try shop.store.operation(number)
      {
        guard try reader.operations.standing(operation) != .undone else {
          throw EngineError(
            .refused,
            "job \(id): its operation \(number) was undone; 'redo \(number)' first, or start "
              + "anew")
        }
        run.slots.current.operation = operation
        run.slots.current.id = number
        run.slots.current.carts = Set(try shop.store.carts(of: operation))
        run.loops.carriedCarts = run.slots.current.carts.count
        run.tally.made = try shop.store.carts(ofJob: id).made
        run.loops.savedMade = run.tally.made.count
      } else {
        run.slots.current.operation.key = job.operation
      }
      run.loops.resumed = job
      run.loops.isRetry = retry
      return run
    } catch { throw EngineError(error) }
  }
}
