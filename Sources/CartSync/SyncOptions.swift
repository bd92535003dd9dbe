import CartModel

/// How often a store is asked for what it did not say by itself. All times in milliseconds.
public struct SyncOptions: Sendable {
  /// Threads that ask; with 0 the loop asks by itself.
  public var workers = 3
  /// Between two portions of the sweep.
  public var sweepInterval: Int64 = 30_000
  /// Carts in a portion, as a quota allows; 0 sweeps nothing.
  public var sweepCount: @Sendable () -> Int = { 10 }
  /// A cart that changed lately is swept again after this time at the earliest.
  public var sweepAge: Int64 = 120_000
  /// Any cart is swept again after this time. In between, a cart is swept after a tenth of the time that it has
  /// not changed for.
  public var longestSweepAge: Int64 = 3_600_000
  public var ordersInterval: Int64 = 300_000
  public var catalogueInterval: Int64 = 86_400_000
  /// How long a report of a cart that is not known is kept.
  public var reportLife: Int64 = 3_600_000
  /// A service that was away longer may have missed hooks: all carts are read anew.
  public var longestAbsence: Int64 = 60_000

  public init() {}
}
