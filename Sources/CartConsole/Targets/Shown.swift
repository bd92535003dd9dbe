import CartEngine
import CartModel
import CartSupport

/// What a session last showed: what `@`, `@3` and `#2` mean to the person who types them.
struct Shown {
  /// A cart as a row of a list or a page named it.
  struct Target: Equatable {
    let key: Int64
    let id: String
    let shopper: Shopper

    init(_ cart: Cart) {
      (key, id) = (cart.key, cart.id)
      var known = Shopper()
      for field in [ShopperField.email, .name, .customer] { known[field] = cart.shopper[field] }
      shopper = known
    }

    var label: String {
      let name = shopper.nameAndEmail
      return "cart \(printable(id))" + (name.isEmpty ? "" : " of \(name)")
    }
  }

  private enum Current {
    case nothing
    case cart(Target)
    /// A list of this many rows; not 1.
    case rows(Int)
    /// This many carts were changed at once.
    case changed(Int)
  }

  /// Nil for a row whose cart is not in the database any more.
  private var rows: [Target?] = []
  private var current = Current.nothing
  /// Carts whose lines were shown, with the quantities that were last shown or reported.
  private var pages: [Int64: Cart] = [:]

  /// Whether `@` means a cart.
  var hasCurrent: Bool { if case .cart = current { true } else { false } }

  /// A list was shown: its only row is `@`, several or none leave none.
  /// The ids of the carts of the last list, as they were shown.
  var listed: [String] { rows.compactMap { $0?.id } }

  mutating func list(_ carts: [Cart?]) {
    rows = carts.map { $0.map { Target($0) } }
    current = .rows(rows.count)
    if rows.count == 1, let only = rows[0] { current = .cart(only) }
  }

  /// A cart was named, but not its lines.
  mutating func name(_ cart: Cart) { current = .cart(Target(cart)) }

  /// A cart was shown with its lines.
  mutating func page(_ cart: Cart) {
    name(cart)
    pages[cart.key] = cart
  }

  /// Carts were changed, and the person was told how.
  mutating func change(_ changes: RunChanges) {
    if changes.count == 1, let only = changes.carts.first {
      name(only.after)
    } else if changes.count > 1 {
      current = .changed(changes.count)
    }
    for change in changes.carts {
      guard var page = pages[change.after.key] else { continue }
      for index in page.lines.indices {
        let line = page.lines[index]
        guard let after = change.after.lines.first(where: { $0.isSameEntry(as: line) }),
          let before = change.before?.lines.first(where: { $0.isSameEntry(as: line) }),
          before.quantity != after.quantity
        else { continue }
        page.lines[index].quantity = after.quantity
      }
      pages[change.after.key] = page
    }
  }

  /// What `@` or `@3` was shown as.
  ///
  /// - Throws: `notFound`, saying what to type instead.
  func target(_ word: String) throws(EngineError) -> Target {
    guard word != "@" else {
      switch current {
      case .cart(let target): return target
      case .nothing: throw EngineError(.notFound, "@: no cart was shown yet; list some with .carts")
      case .rows(0):
        throw EngineError(.notFound, "@: the last list was empty; find a cart with .carts NAME")
      case .rows(let count):
        throw EngineError(
          .notFound, "@: the last list has \(count) rows; name one of them: @1 to @\(count)")
      case .changed(let count):
        throw EngineError(
          .notFound,
          "@: the last command changed \(count) carts; list them with .carts, then name one: @1")
      }
    }
    guard let number = Int(word.dropFirst()), number >= 1, number <= rows.count else {
      throw EngineError(
        .notFound, "\(quoted(word)): the last list has \(rows.count) rows; see .carts")
    }
    guard let row = rows[number - 1] else {
      throw EngineError(.notFound, "\(quoted(word)): this row's cart does not exist any more")
    }
    return row
  }

  /// The lines of a cart as they were shown; nil where they were not.
  func lines(of key: Int64) -> [Line]? { pages[key]?.lines }
}
