import CartModel
import CartSupport

/// Pieces that a file adds to a line, by its id, at another price than the line's: the line keeps its own.
public struct KeptPrices: Equatable, Sendable {
  public private(set) var count = 0
  private var first = ""

  public init() {}

  /// - Parameter cart: before the line is added.
  mutating func add(_ command: Command, to cart: Cart) {
    guard case .add(let line, _) = command, !line.id.isEmpty,
      let there = cart.lines.first(where: { $0.id == line.id }), there.price != line.price
    else { return }
    count += 1
    guard first.isEmpty else { return }
    first =
      "line \(quoted(line.id)) of the cart \(quoted(cart.id)) costs "
      + "\(there.price.text(cart.currency)), not \(line.price.text(cart.currency))"
  }

  /// `1 event adds pieces at another price than its line's, which keeps its own: line 'l1' of …`.
  public var text: String {
    (count == 1 ? "1 event adds" : "\(count) events add")
      + " pieces at another price than the line's, which keeps its own: \(first)"
      + (count == 1 ? "" : ", …") + "; give such pieces a line id of their own"
  }
}

/// Lines of a file that are in their carts already: their pieces are added to those that are there.
public struct GrownLines: Equatable, Sendable {
  public private(set) var count = 0
  private var first = ""

  public init() {}

  /// - Parameter cart: before the line is added.
  mutating func add(_ command: Command, to cart: Cart) {
    guard case .add(let line, _) = command, !line.id.isEmpty,
      let there = cart.lines.first(where: { $0.id == line.id })
    else { return }
    count += 1
    guard first.isEmpty else { return }
    first =
      "\(quoted(line.id)) of the cart \(quoted(cart.id)) had \(there.quantity), \(line.quantity) were added"
  }

  /// `2 lines were in their carts already, and their pieces were added: 'MUG' of the cart …`.
  public var text: String {
    (count == 1
      ? "1 line was in its cart already, and its pieces were added: "
      : "\(count) lines were in their carts already, and their pieces were added: ") + first
      + (count == 1 ? "" : ", …") + "; undo it if that was not meant"
  }
}
