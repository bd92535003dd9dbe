import CartModel
import CartSupport

/// Added lines that were there already and have more pieces now, and carts that such a line began.
public struct AddedLines: Equatable, Sendable {
  private var grown = 0
  private var first = ""
  /// Carts that nothing was known of before a line was added to them.
  var newCarts = 0

  public init() {}

  /// - Parameter there: the line before the pieces are added.
  mutating func grow(_ line: Line, to there: Line, of cart: Cart) {
    grown += 1
    guard first.isEmpty else { return }
    first =
      "\(quoted(line.id)) of the cart \(quoted(cart.id)) had \(there.quantity), \(line.quantity) were added"
  }

  /// `2 lines were in their carts already, and their pieces were added: 'MUG' of the cart …`, and how
  /// many carts were made.
  public var texts: [String] {
    var texts: [String] = []
    if grown > 0 {
      texts.append(
        (grown == 1
          ? "1 line was in its cart already, and its pieces were added: "
          : "\(grown) lines were in their carts already, and their pieces were added: ") + first
          + (grown == 1 ? "" : ", …") + "; undo it if that was not meant")
    }
    if newCarts > 0 {
      texts.append(
        newCarts == 1
          ? "1 open cart was made for its lines; no cart had this id"
          : "\(newCarts) open carts were made for their lines; no carts had these ids")
    }
    return texts
  }
}
