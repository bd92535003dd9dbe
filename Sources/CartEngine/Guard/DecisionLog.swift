import CartModel
import CartStorage
import CartSupport

/// What rules in shadow said in a pass, on its way to the event log.
///
/// Thousands are written while the pass goes on, on another thread over a connection of its own; a few,
/// at the end. They belong to no cart and nothing of the pass depends on them.
final class DecisionLog {
  private let shop: Shop
  private let now: Timestamp
  private let unit: UnitOfWork
  private var writer: BatchWriter?
  /// The connection that the writer uses.
  private var store: (any Storage)?

  private static let batch = 5_000
  private static let underway = 2

  init(_ shop: Shop, now: Timestamp) {
    self.shop = shop
    self.now = now
    unit = UnitOfWork(store: shop.store)
  }

  /// - Parameter key: of the stored cart that the decision is about.
  func add(_ decision: Decision, of key: Int64, from origin: Admission.Origin) {
    Admission(shop, unit).add(loose: [.decisionMade(decision)], from: origin, about: key)
  }

  /// Begins to write where enough has come together.
  func flushIfDue() throws(EngineError) {
    guard unit.log.count >= Self.batch, !shop.store.isInMemory, !shop.store.isReadOnly else {
      return
    }
    do {
      if writer == nil { writer = BatchWriter(try own()) }
      try start()
    } catch { throw EngineError(error) }
  }

  /// Waits until all that was begun is written; the operations then have their numbers.
  func wait() throws(EngineError) {
    do { while try settle() {} } catch { throw EngineError(error) }
  }

  /// Writes all there is.
  func finish() throws(EngineError) {
    do {
      named()
      if writer != nil { try start() } else { _ = try unit.flush(shop) }
    } catch { throw EngineError(error) }
    try wait()
    writer = nil
    store?.close()
  }

  private func named() {
    for logged in unit.log where logged.step.operation.operation.key.isEmpty {
      logged.step.operation.operation.key = shop.newOperationKey()
    }
  }

  private func start() throws {
    named()
    if (writer?.count ?? 0) >= Self.underway { _ = try settle() }
    if let batch = unit.detach() { writer?.start(batch) }
  }

  private func settle() throws -> Bool {
    guard let (batch, result) = writer?.take() else { return false }
    _ = try unit.settle(batch, result)
    return true
  }

  private func own() throws -> Shop {
    var random = SeededRandom(seed: shop.nextRandom())
    let store = try shop.store.sibling(random: { random.next() })
    self.store = store
    return try Shop(
      store: store, settings: shop.settings, clock: { [now] in now }, random: { random.next() })
  }
}
