extension String {
  /// Whether a NUL stands in it.
  public var containsNUL: Bool {
    utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0)
  }
}
