import CartModel

/// What is to be looked at in a store, in a file of its own: hints are kept while others write to the
/// database, and a power cut takes none that was answered for.
///
/// Each thread has its own.
public protocol Inbox: AnyObject {
  /// Writes all of it and waits for the disk.
  ///
  /// A look that served an older generation than there is now stays due.
  ///
  /// - Throws: `busy`, `full`.
  func write(_ change: InboxChange, at time: Timestamp) throws(StoreError)

  /// What is due, by rank and then by time.
  func due(at time: Timestamp, limit: Int) throws(StoreError) -> [DueLook]

  /// The look at a subject that is due; nil where all hints are served.
  func look(of subject: LookSubject) throws(StoreError) -> DueLook?

  func count() throws(StoreError) -> InboxCount

  /// The reports of a cart, the oldest first.
  func reports(of cart: String) throws(StoreError) -> [KeptReport]

  /// Drops reports that came before a moment.
  ///
  /// - Returns: how many.
  func dropReports(before time: Timestamp) throws(StoreError) -> Int

  /// A value kept under a name: where a pass is, what of a quota is used. Nil where there is none.
  func value(_ name: String) throws(StoreError) -> String?

  /// Takes a lease, or renews it.
  ///
  /// - Returns: whether it is the holder's now; false where another holds it.
  func lease(_ name: String, for holder: String, until end: Timestamp, at time: Timestamp)
    throws(StoreError) -> Bool

  /// Who holds a lease; nil where it is free or over.
  func holder(of lease: String, at time: Timestamp) throws(StoreError) -> String?

  /// Ends a lease of the holder.
  func release(_ lease: String, of holder: String) throws(StoreError)

  /// Another one of the same file, for another thread.
  func sibling() throws(StoreError) -> any Inbox

  func close()
}
