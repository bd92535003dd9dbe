import CartEngine
import CartStorage
import CartSupport

/// Backups of a home's database, and its check.
public struct DatabaseCopies {
  private let home: Home

  public init(_ home: Home) { self.home = home }

  /// Copies the database while others may write; the copy is checked before it has its name.
  ///
  /// - Returns: how many events were copied.
  /// - Throws: `file` where the copy exists; `usage` for a file that may not be replaced.
  public func backUp(to path: String) throws -> Int64 {
    guard !Files.exists(path) || Files.areSame(path, home.databasePath) else {
      throw EngineError(.file, "file \(path): exists; name another, or remove it")
    }
    try home.checkTarget(path)
    return try reading { try $0.backup(to: path) }
  }

  /// Rebuilds everything from the event log and compares.
  public func check() throws -> CheckReport { try reading { try $0.check() } }

  private func reading<T>(_ body: (Shop) throws -> T) throws -> T {
    var reading = home
    reading.access.isReadOnly = true
    let shop = try reading.openInterruptibleShop()
    defer { shop.close() }
    return try body(shop)
  }
}
