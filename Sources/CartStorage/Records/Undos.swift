/// Whether an operation was last undone or redone.
public struct Undos: Equatable, Sendable {
  /// Whether this shop last undid or redid it as a whole; nil for neither.
  public var last: Operation.Kind?
  /// Whether it was undone, or redone, on single carts since; what an import says of it counts for
  /// single carts.
  public var areOfCarts: Bool

  /// How many carts the last whole undo or redo changed: an ordered cart stays as it is.
  public var carts: Int64

  public init(last: Operation.Kind? = nil, areOfCarts: Bool = false, carts: Int64 = 0) {
    (self.last, self.areOfCarts, self.carts) = (last, areOfCarts, carts)
  }
}
