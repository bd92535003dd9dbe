import CartModel
import CartStorage
import CartSupport
import Glibc

/// A backup on its way into the place of a database: copied, brought to this schema, checked.
public final class Restore {
  /// How much a database holds.
  public struct Summary: Equatable, Sendable {
    public var carts: Int64
    public var events: Int64
    /// Whether practice made it.
    public var isPractice: Bool

    /// - Throws: `store`.
    public init(_ store: any Storage) throws(EngineError) {
      do throws(StoreError) {
        carts = try store.cartCount()
        events = try store.lastSeq()
      } catch { throw EngineError(error) }
      isPractice = try store.isPractice
    }
  }

  public let backup: String
  public let summary: Summary
  private let content: any Storage

  /// Reads a backup, which stays as it is.
  ///
  /// - Throws: `refused` where it is damaged, is none of Cartio's, or of a newer one.
  /// - Complexity: O(events): all is rebuilt from the event log and compared.
  public init(
    _ backup: String, _ storage: any StorageFactory, now: Timestamp,
    random: @escaping () -> UInt64
  ) throws(EngineError) {
    self.backup = backup
    do {
      content = try storage.open(.copy(of: backup), random: random)
      let report = try content.check(productChanges: ProductCounter.changes)
      guard report.isClean else {
        throw EngineError(
          .refused,
          "backup \(backup): is not sound: \(report.problems[0]); nothing was changed")
      }
      // Processes that have the database open know by it that this is another content.
      let mark = hexadecimal(EventKey(high: random(), low: random()).bytes)
      try content.write(recorded: now) { try $0.markRestored(mark) }
    } catch let error as StoreError where error.code == .corrupt {
      throw EngineError(.refused, "backup \(backup): is damaged; nothing was changed")
    } catch let error as StoreError {
      throw EngineError(.refused, "backup " + error.message.dropPrefix("database: "))
    } catch { throw EngineError(error) }
    summary = try Summary(content)
  }

  /// Puts it into a database that may be open elsewhere.
  ///
  /// - Parameter target: where what was there is kept.
  /// - Returns: how long nobody else could write.
  /// - Throws: `store`, `file`; then nothing was changed.
  public func put(into store: any Storage, keeping target: String) throws(EngineError) -> Duration {
    do {
      return try store.replaceContent(with: content) { reader in
        defer { reader.close() }
        let partial = try PartialFile(
          for: FileTarget(target), permissions: 0o666, needsName: true)
        _ = try reader.backup(to: partial.path)
        try partial.commit()
      }
    } catch { throw EngineError(error) }
  }

  /// Puts it where there is no database, or one that cannot be opened, which is kept as it is.
  ///
  /// Processes that have the old file open notice that another is there.
  ///
  /// - Parameter target: where what was there is kept.
  /// - Returns: whether there was something to keep.
  public func put(at path: String, keeping target: String) throws(EngineError) -> Bool {
    let place = try EngineError.mapping { try FileTarget(path) }
    let partial = try EngineError.mapping {
      try PartialFile(for: place, permissions: 0o666, needsName: true)
    }
    do { _ = try content.backup(to: partial.path) } catch { throw EngineError(error) }
    let isThere = Files.exists(place.path)
    let log = place.path + "-wal"
    if isThere {
      // It keeps its old name too until the new file takes that in one step.
      guard link(place.path, target) == 0 else {
        throw EngineError(Files.failure("make", target))
      }
      if Files.exists(log) {
        guard rename(log, target + "-wal") == 0 else {
          throw EngineError(Files.failure("write", target))
        }
      }
    }
    Files.remove(log)
    Files.remove(place.path + "-shm")
    try EngineError.mapping { try partial.commit() }
    return isThere
  }
}

extension String {
  fileprivate func dropPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
