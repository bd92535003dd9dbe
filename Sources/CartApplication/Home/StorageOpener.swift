import CartStore

/// Opens the databases of homes: the one place of the application that does.
public struct StorageOpener: Sendable {
  /// How a place is opened.
  ///
  /// - Parameters:
  ///   - cache: how much of the file is kept in memory; KiB.
  ///   - random: salts and keys of events come from it.
  public typealias Body =
    @Sendable (_ place: CartStore.Place, _ cache: Int, _ random: @escaping () -> UInt64)
    throws(StoreError) -> CartStore

  private let body: Body

  public init(_ body: @escaping Body) { self.body = body }

  /// SQLite files.
  public static let sqlite = StorageOpener {
    (place, cache, random) throws(StoreError) -> CartStore in
    try CartStore.open(place, cache: cache, random: random)
  }

  /// - Throws: what `CartStore.open` throws.
  public func open(
    _ place: CartStore.Place, cache: Int = 65_536, random: @escaping () -> UInt64
  ) throws(StoreError) -> CartStore { try body(place, cache, random) }
}
