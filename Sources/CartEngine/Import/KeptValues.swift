import CartModel
import CartSupport

/// Pieces that a file adds to a line, by its id, with another price, name, image or position than the
/// line's: the line keeps its own. Other options are another line, and rejected. Also changes of lines
/// whose quantity before was another one.
public struct KeptValues: Equatable, Sendable {
  private var prices = Kept()
  private var names = Kept()
  private var images = Kept()
  private var places = Kept()
  private var quantities = Kept()

  private struct Kept: Equatable, Sendable {
    var count = 0
    var first = ""
  }

  public init() {}

  /// - Parameters:
  ///   - place: the index that the file gives the line; nil where it gives none.
  ///   - there: the line before the pieces are added.
  mutating func add(_ line: Line, at place: Int?, to there: Line, of cart: Cart) {
    Self.note(there.price != line.price, &prices, there, cart) {
      "costs \(there.price.text(cart.currency)), not \(line.price.text(cart.currency))"
    }
    // A file need not say them again.
    Self.note(!line.name.isEmpty && there.name != line.name, &names, there, cart) {
      "has \(Self.value("name", there.name)), not \(quoted(line.name))"
    }
    Self.note(!line.image.isEmpty && there.image != line.image, &images, there, cart) {
      "has \(Self.value("image", there.image)), not \(quoted(line.image))"
    }
    if let place, let index = cart.lines.firstIndex(of: there) {
      Self.note(index != place, &places, there, cart) { "is line \(index + 1), not \(place + 1)" }
    }
  }

  /// - Parameters:
  ///   - stated: how many pieces a changed line had before, as the file says; nil where it does not.
  ///   - command: decided on the cart, so that its line is there.
  mutating func compare(_ stated: Int64?, with cart: Cart, by command: Command) {
    guard let stated else { return }
    let reference: LineReference
    switch command {
    case .setQuantity(let line, _, _): reference = line
    case .remove(let line, _): reference = line
    default: return
    }
    guard let index = try? cart.index(of: reference) else { return }
    let there = cart.lines[index]
    Self.note(there.quantity != stated, &quantities, there, cart) {
      "had \(there.quantity), not \(stated)"
    }
  }

  private static func note(
    _ differs: Bool, _ kept: inout Kept, _ line: Line, _ cart: Cart, _ words: () -> String
  ) {
    guard differs else { return }
    kept.count += 1
    guard kept.first.isEmpty else { return }
    kept.first = "line \(quoted(line.id)) of the cart \(quoted(cart.id)) \(words())"
  }

  private static func value(_ what: String, _ text: String) -> String {
    text.isEmpty ? "no \(what)" : "the \(what) \(quoted(text))"
  }

  /// `1 event adds pieces at another price than the line's, which keeps its own: line 'l1' of …`, one
  /// text for each kind of value that differed.
  public var texts: [String] {
    [
      ("at another price", prices), ("with another name", names), ("with another image", images),
      ("at another position", places),
    ]
    .filter { $0.1.count > 0 }
    .map { difference, kept in
      (kept.count == 1 ? "1 event adds" : "\(kept.count) events add")
        + " pieces \(difference) than the line's, which keeps its own: \(kept.first)"
        + (kept.count == 1 ? "" : ", …") + "; give such pieces a line id of their own"
    } + (quantities.count == 0 ? [] : [quantitiesText])
  }

  /// `1 event names another quantity_before than the line had: line 'l1' of …`
  private var quantitiesText: String {
    CountText.count(quantities.count, "event names", "events name")
      + " another quantity_before than the line had: \(quantities.first)"
      + (quantities.count == 1 ? "" : ", …") + "; compare the file with its source"
  }
}
