import CartModel

/// Reads of the blacklist and the allowlist.
public protocol ListReads: AnyObject {
  /// All entries, by their ids; those that have expired too.
  func entries() throws(StoreError) -> [ListEntry]

  /// The entry of an id, also where it has expired; nil where there is no such entry.
  func entry(_ id: String) throws(StoreError) -> ListEntry?

  /// The entries of the same list about the same.
  func entries(about entry: ListEntry) throws(StoreError) -> [ListEntry]

  /// All that was ever done to the lists, in order.
  func listEvents() throws(StoreError) -> [Event]

  /// What an operation did to the lists and to what is set of rules, in order.
  func listEvents(of operation: Operation) throws(StoreError) -> [EventBody]

  /// Changes whenever an entry does.
  func listsRevision() throws(StoreError) -> Int64
}
