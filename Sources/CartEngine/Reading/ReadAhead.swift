import CartModel
import CartStorage

/// Reads the carts that a loop comes to next together, a moment before it does.
///
/// A loop may take long over each cart, and what it sees of one must be what is stored now: what was read
/// too long ago is read again.
public struct ReadAhead {
  /// Where in the keys of the loop what was read ends.
  private var end = 0
  private var readAt: Timestamp?

  static let cartsAtOnce = 32
  /// How old a cart may be when the loop comes to it, in milliseconds.
  static let mostAge: Int64 = 50

  public init() {}

  /// Called before a loop comes to the cart at a place of its keys.
  ///
  /// - Complexity: a statement for some tens of carts.
  public mutating func advance(to place: Int, of keys: [Int64], _ reader: CartReader)
    throws(EngineError)
  {
    guard reader.moment == nil else { return }
    if let readAt {
      let age = reader.shop.now().milliseconds - readAt.milliseconds
      guard place >= end || !(0...Self.mostAge).contains(age) else { return }
    }
    if place < end { reader.unit.forget(idle: keys[place..<end]) }
    let next = keys[place...].prefix(Self.cartsAtOnce)
    do throws(StoreError) { try reader.unit.load(next) } catch { throw EngineError(error) }
    (end, readAt) = (next.endIndex, reader.shop.now())
  }
}
