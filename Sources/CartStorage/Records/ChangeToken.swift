/// Which commits of other connections a reader has seen.
public struct ChangeToken: Hashable, Sendable {
  /// Only equal or not says anything.
  package var number: Int64

  package init(_ number: Int64) { self.number = number }
}

/// A state of the storage as a connection knows it; only equal or not says anything.
public struct StorageStamp: Equatable, Sendable {
  /// What others had committed at the last look; nil before one.
  package var revision: ChangeToken?
  /// How many transactions this connection has written.
  public package(set) var writes = 0

  package init() {}
}
