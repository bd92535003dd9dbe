/// The simulated passes between events of a rule that reads the clock, as `cart.idle`: it may match
/// because time passed.
public struct ClockPasses: Equatable, Sendable {
  /// By what it reads the clock.
  public var read: String
  /// Whether some passes were further apart than `Backtest.passInterval`.
  public var isCoarse = false
  /// How many carts they found.
  public var found = 0
}
