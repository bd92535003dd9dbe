import CartModel
import CartStore

extension Shop {
  /// Copies the database to a file that does not exist yet; others may write meanwhile.
  ///
  /// - Returns: how many events the copy has.
  public func backup(to path: String) throws(EngineError) -> Int64 {
    let partial = Files.partial(path)
    // What cannot be written says so as a file does.
    _ = try OutputFile(partial)
    Files.remove(partial)
    do {
      let events = try store.backup(to: partial)
      try Files.move(partial, to: path)
      return events
    } catch {
      Files.remove(partial)
      throw EngineError(error)
    }
  }

  /// Rebuilds everything from the journal and compares.
  public func check() throws(EngineError) -> CheckReport {
    do throws(StoreError) {
      return try store.check(productChanges: ProductCounter.changes)
    } catch { throw EngineError(error) }
  }
}
