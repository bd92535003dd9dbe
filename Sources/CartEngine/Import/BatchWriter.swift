import CartStorage
import Dispatch

/// Writes batches, one after the other, on a thread of its own, over the shop's connection.
///
/// Meanwhile nobody else may use that connection.
final class BatchWriter {
  private let queue = DispatchQueue(label: "write")
  private let box: Box
  /// Begun and not taken back.
  private var underway: [Job] = []

  var count: Int { underway.count }

  /// One batch; the semaphore hands its result over.
  private final class Job: @unchecked Sendable {
    let batch: Batch
    let done = DispatchSemaphore(value: 0)
    var result: Result<Void, any Error> = .success(())

    init(_ batch: Batch) { self.batch = batch }
  }

  /// What only the writing thread touches while a batch is under way.
  private final class Box: @unchecked Sendable {
    let shop: Shop
    /// Why a batch could not be written; then none that follows is.
    var failure: (any Error)?

    init(_ shop: Shop) { self.shop = shop }

    func write(_ batch: Batch) throws {
      if let failure { throw failure }
      do { try batch.write(shop) } catch {
        failure = error
        throw error
      }
    }
  }

  init(_ shop: Shop) { box = Box(shop) }

  /// Begins with a batch, after those that were begun before.
  func start(_ batch: Batch) {
    let job = Job(batch)
    underway.append(job)
    queue.async { [box] in
      job.result = Result { try box.write(job.batch) }
      job.done.signal()
    }
  }

  /// Waits for the oldest batch; nil where there is none.
  func take() -> (Batch, Result<Void, any Error>)? {
    guard !underway.isEmpty else { return nil }
    let job = underway.removeFirst()
    job.done.wait()
    return (job.batch, job.result)
  }

  deinit { while take() != nil {} }
}
