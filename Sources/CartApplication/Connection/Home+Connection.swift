import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Where the connection to a store lies.
extension Home {
  /// Settings and secrets of the connection.
  public var connectionPath: String { folder + "/cartio.conf" }

  /// What is to be looked at in the store, beside the database.
  public var inboxPath: String { Files.folder(databasePath) + "/inbox.db" }

  /// - Throws: `failed` where others may read the file, or it has what is no setting.
  public func connection() throws(ApplicationError) -> ConnectionFile {
    try ConnectionFile(connectionPath)
  }

  /// What `store.lua` says; the usual where there is no such file.
  ///
  /// - Throws: `failed`, naming what is wrong in it.
  public func settings() throws(ApplicationError) -> StoreSettings {
    do { return try SettingsFile.load(settingsPath) ?? StoreSettings() } catch {
      throw ApplicationError(error)
    }
  }

  /// Opens the inbox, and makes it where there is none.
  ///
  /// - Throws: `failed`.
  public func openInbox() throws(ApplicationError) -> any Inbox {
    do {
      try Files.makeFolder(Files.folder(inboxPath))
      return try storage.inbox(inboxPath)
    } catch { throw ApplicationError(error) }
  }
}
