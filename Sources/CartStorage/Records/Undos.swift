/// Whether an operation was last undone or redone.
public struct Undos: Equatable, Sendable {
  /// Whether this shop last undid or redid it as a whole; nil for neither.
  public var last: Operation.Kind?
  /// Whether it was undone, or redone, on single carts since; what an import says of it counts for
  /// single carts.
  public var areOfCarts: Bool

  public init(last: Operation.Kind? = nil, areOfCarts: Bool = false) {
    (self.last, self.areOfCarts) = (last, areOfCarts)
  }
}
