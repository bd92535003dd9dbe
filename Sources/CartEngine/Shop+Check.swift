import CartModel
import CartStore

extension Shop {
  /// Rebuilds everything from the journal and compares.
  public func check() throws(EngineError) -> CheckReport {
    do throws(StoreError) {
      return try store.check(productChanges: ProductCounter.changes)
    } catch { throw EngineError(error) }
  }
}
