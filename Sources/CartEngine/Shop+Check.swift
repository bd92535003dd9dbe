import CartModel
import CartStorage
import CartSupport

extension Shop {
  /// Copies the database to a file that does not exist yet; others may write meanwhile.
  ///
  /// - Returns: how many events the copy has.
  public func backup(to path: String) throws(EngineError) -> Int64 {
    let target = try EngineError.mapping { try FileTarget(path) }
    guard case .missing = target.kind else {
      throw EngineError(.file, "file \(path): exists; name another, or remove it")
    }
    let partial = try EngineError.mapping {
      try PartialFile(for: target, permissions: 0o666, needsName: true)
    }
    let events: Int64
    do throws(StoreError) { events = try store.backup(to: partial.path) } catch {
      throw EngineError(error)
    }
    try EngineError.mapping { try partial.commit() }
    return events
  }

  /// Rebuilds everything from the event log and compares.
  public func check() throws(EngineError) -> CheckReport {
    do throws(StoreError) {
      return try store.check(productChanges: ProductCounter.changes)
    } catch { throw EngineError(error) }
  }
}
