import CartStorage

/// The batches of an import: one is gathered while at most two are written.
final class ImportBatches {
  private let shop: Shop
  private let unit: UnitOfWork
  private let writer: BatchWriter
  /// How many events a transaction holds; none is written in a dry run.
  private let size: Int
  private let isDry: Bool
  /// Events that were gathered since the last batch.
  private var events = 0
  private var started = 0

  /// Batches between two checkpoints: about 32 MB of log.
  private static let checkpointInterval = 8

  init(_ shop: Shop, _ unit: UnitOfWork, size: Int, isDry: Bool) {
    (self.shop, self.unit, self.size, self.isDry) = (shop, unit, size, isDry)
    writer = BatchWriter(shop)
  }

  /// Whether what was gathered is a batch.
  var isFull: Bool { events >= size }
  /// Whether some are being written.
  var isUnderway: Bool { writer.count > 0 }

  func countEvent() { events += 1 }

  /// Hands over what was gathered.
  ///
  /// - Parameters:
  ///   - settle: takes the result of the oldest batch that is being written, by `take`.
  ///   - prepare: completes a batch before it is written.
  func flush(settle: () throws(EngineError) -> Void, prepare: (Batch) -> Void) throws(EngineError) {
    events = 0
    guard !isDry else { return }
    if writer.count > 1 { try settle() }
    if started > 0, started % Self.checkpointInterval == 0 {
      while isUnderway { try settle() }
      do throws(StoreError) { try shop.store.checkpoint() } catch { throw EngineError(error) }
    }
    guard let batch = unit.detach() else { return }
    prepare(batch)
    writer.start(batch)
    started += 1
  }

  /// Waits for the oldest batch that is being written; nil where none is.
  func take() -> (Batch, Result<Void, any Error>)? { writer.take() }
}
