import CartModel

/// Reads of what the storage remembers by name, and of the shop's settings over time.
public protocol SettingReads: AnyObject {
  /// What `WriteTransaction.set` remembered; empty where nothing was.
  func meta(_ name: String) throws(StoreError) -> String

  /// All records of settings, and when the first change was made live.
  ///
  /// - Complexity: O(records), in two statements.
  func settingsRecord() throws(StoreError) -> SettingsRecord
}

/// The names of what a storage remembers that more than one place reads.
public enum SettingName {
  /// A mark of an import names groups; see `EventBody.operationUndone`.
  public static let undoneGroups = "undone_groups"
  /// The number of the next order of our own.
  public static let nextOrder = "next_order"
  /// The shop's settings as JSON.
  public static let settings = "settings"
  /// What a practice store was filled with; empty for a real shop.
  public static let practice = "practice"
}
