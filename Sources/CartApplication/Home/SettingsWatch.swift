import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Keeps an open console's settings those of `store.lua`, or of the event log where no such file
/// counts.
public final class SettingsWatch {
  private let home: Home
  private let shop: Shop
  /// The file as it was last read; nil where there was none.
  private var stamp: FileStamp?

  /// - Parameter stamp: of `store.lua` before the shop was opened.
  public init(_ home: Home, _ shop: Shop, stamp: FileStamp?) {
    (self.home, self.shop, self.stamp) = (home, shop, stamp)
  }

  /// Whether `store.lua` of the home is about this shop.
  private var isOfHome: Bool { home.usesSettingsFile(isPractice: shop.isPractice) }

  /// What a person should know of a practice store in a home with settings; nil for nothing.
  public var note: String? {
    guard stamp != nil, !isOfHome else { return nil }
    return "note: a practice store has its own settings; \(home.settingsPath) is not used"
  }

  /// Reads the settings again where they have changed.
  ///
  /// - Returns: what to say of it; nil where they have not.
  public func refresh() -> String? {
    guard isOfHome else { return nil }
    let now = FileStamp(home.settingsPath)
    guard now != stamp else { return now == nil ? follow("another program changed them") : nil }
    guard now != nil else {
      (stamp, shop.settingsFailure) = (nil, nil)
      return follow("store.lua was removed") ?? "store.lua was removed; its settings stay in use"
    }
    do { return try reload() ? "store.lua changed: read again" : nil } catch {
      // What is wrong with it was said here, once.
      shop.settingsFailure = EngineError(
        .refused, "store.lua has an error; nothing is saved until it is repaired")
      return
        "error: \(EngineError(error).message); the settings read before stay in use, and nothing is "
        + "saved until store.lua is repaired"
    }
  }

  /// Uses the settings that were recorded last.
  private func follow(_ cause: String) -> String? {
    // What reads carts reports a database that cannot be read.
    guard (try? shop.followRecordedSettings()) == true else { return nil }
    return "settings: \(cause): those recorded last are in use"
  }

  /// Reads `store.lua` now.
  ///
  /// - Returns: whether it counts for this shop.
  public func reload() throws -> Bool {
    // Before it is read: what changes meanwhile is read the next time.
    stamp = FileStamp(home.settingsPath)
    guard let settings = try home.settings(of: shop.store) else { return false }
    try shop.use(settings)
    shop.settingsFailure = nil
    return true
  }
}
