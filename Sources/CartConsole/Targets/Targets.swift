import CartEngine
import CartModel
import CartSupport

/// What the words of a command mean: the cart, the line or the product that the person has seen.
struct Targets: WorkspacePart {
  let workspace: Workspace
  private var shown: Shown { workspace.shown }
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// The key of an `ID`: an id or its beginning, an alias, an order number, `@` or `@3`.
  ///
  /// - Parameter run: one that changes the cart: it must still be this shopper's when it is saved.
  func key(_ word: String, in run: Run? = nil) throws(EngineError) -> Int64 {
    guard !word.hasPrefix("@") else { return try shownCart(word, in: run).key }
    let keys = try handler.reader.carts(meantBy: word)
    guard keys.count > 1 else { return try handler.reader.find(word) }
    var rows: [String] = []
    for key in keys { if let cart = try handler.reader.cart(key) { rows.append(row(cart)) } }
    let what = "\(CountText.carts(keys.count)) begin with \(quoted(word))"
    guard let picked = try handler.confirmer.choose(what, among: rows) else {
      return try handler.reader.find(word)
    }
    return keys[picked]
  }

  func cart(_ word: String, in run: Run? = nil) throws(EngineError) -> Cart {
    let key = try key(word, in: run)
    guard let cart = try handler.reader.cart(key) else {
      throw EngineError(
        .notFound,
        "cart \(quoted(word)): "
          + (handler.reader.moment.map { "was not made yet at \(shop.zone.text($0))" }
            ?? "it does not exist any more"))
    }
    return cart
  }

  /// The cart that `@` or `@3` was shown as.
  ///
  /// - Throws: `conflict`, naming both, where its place now holds another cart, or it is another
  ///   shopper's now.
  private func shownCart(_ word: String, in run: Run?) throws(EngineError) -> Cart {
    let shown = try shown.target(word)
    guard let cart = try handler.reader.cart(shown.key) else {
      throw EngineError(
        .notFound,
        "\(word): was shown as the \(shown.label); "
          + (handler.reader.moment.map { "it was not made yet at \(shop.zone.text($0))" }
            ?? "it does not exist any more"))
    }
    guard handler.reader.moment == nil else { return cart }
    // A store may give the cart another id; then the old one is an alias.
    guard try handler.reader.key(named: shown.id) == shown.key, shown.shopper.mayBe(cart.shopper)
    else {
      throw EngineError(
        .conflict,
        "\(word): was shown as the \(shown.label); it is the \(cart.fullLabel) now; look at it again: "
          + ".cart \(printable(cart.id))")
    }
    // It must still hold when the change is written.
    run?.expect(shown.shopper, of: cart.key)
    return cart
  }

  private func row(_ cart: Cart) -> String {
    let total = (try? cart.price(handler.settings).total).map { "\($0) \($0.currency)" } ?? ""
    let status = cart.status(at: handler.now, handler.settings).rawValue
    return [printable(cart.id), status, cart.shopper.nameAndEmail, total].filter { !$0.isEmpty }
      .joined(separator: "  ")
  }

  // MARK: Lines

  /// The line that a word means: `#2`, a SKU, an id or a part of a name.
  ///
  /// - Parameter isBulk: whether the word is for many carts: then nothing is asked, and a name is not
  ///   enough.
  /// - Throws: `conflict`, naming both, where this session showed the cart and the word now means
  ///   another line than it did there.
  func line(_ word: String, of cart: Cart, isBulk: Bool) throws -> Line {
    let shown = shown.lines(of: cart.key)
    if word.hasPrefix("#"), let number = Int(word.dropFirst()) {
      let now = try? cart.index(of: .position(number))
      guard let shown, shown.indices.contains(number - 1) else {
        return cart.lines[try cart.index(of: .position(number))]
      }
      let before = shown[number - 1]
      guard let now, cart.lines[now].isSameEntry(as: before) else {
        throw moved(word, from: [before], to: now.map { [cart.lines[$0]] } ?? [], cart)
      }
      return cart.lines[now]
    }
    return try line(word, among: cart.places(of: word, byName: !isBulk), of: cart, isBulk)
      ?? cart.lines[try cart.index(of: .name(word))]
  }

  /// The one line of several places; nil if no place has one.
  private func line(_ word: String, among places: [Int], of cart: Cart, _ isBulk: Bool) throws
    -> Line?
  {
    let lines = places.map { cart.lines[$0] }
    if lines.count > 1 {
      let what = "\(lines.count) lines of the \(cart.fullLabel) are \(quoted(word))"
      let rows = lines.map { "\($0.quantity) × \($0.fullLabel)" }
      if !isBulk, let picked = try handler.confirmer.choose(what, among: rows) {
        return lines[picked]
      }
      let names = zip(places, lines).map { "#\($0 + 1) \($1.label)" }
      throw EngineError(.ambiguous, "\(what); say which: \(names.joined(separator: ", "))")
    }
    var before = cart
    before.lines = shown.lines(of: cart.key) ?? []
    let shown = before.places(of: word, byName: !isBulk).map { before.lines[$0] }
    guard shown.isEmpty || shown.elementsEqual(lines, by: { $0.isSameEntry(as: $1) }) else {
      throw moved(word, from: shown, to: lines, cart)
    }
    return lines.first
  }

  private func moved(_ word: String, from shown: [Line], to now: [Line], _ cart: Cart)
    -> EngineError
  {
    func names(_ lines: [Line]) -> String {
      lines.isEmpty ? "no line" : lines.map(\.fullLabel).joined(separator: " and ")
    }
    return EngineError(
      .conflict,
      "\(quoted(word)): was shown as \(names(shown)) on the \(cart.fullLabel); it is \(names(now)) now; "
        + "look at the cart again: .cart \(printable(cart.id))")
  }

  /// The quantity that this session last showed of a line; nil where it was not shown.
  func shownQuantity(_ line: Line, of cart: Cart) -> Int64? {
    shown.lines(of: cart.key)?.first { $0.isSameEntry(as: line) }?.quantity
  }

  // MARK: Products

  /// The line that a word adds to, or adds: `#2` or an id of a line that is there, else a product of
  /// the catalogue.
  ///
  /// - Throws: as `line(_:of:isBulk:)`, and `notFound` with a suggestion.
  func addition(_ word: String, to cart: Cart, isBulk: Bool) throws -> Line {
    if word.hasPrefix("#") || cart.line(named: word) != nil {
      return try line(word, of: cart, isBulk: isBulk)
    }
    let line = try handler.reader.catalogue.addition(of: try sku(word, for: cart, isBulk), to: cart)
    let alike = line.id.isEmpty ? cart.places(alike: line) : []
    guard alike.count > 1 else { return line }
    return try self.line(line.sku, among: alike, of: cart, isBulk) ?? line
  }

  /// The SKU that a word means: of the catalogue, of a line that is there, or of the product that it is
  /// a part of the name of.
  private func sku(_ word: String, for cart: Cart, _ isBulk: Bool) throws -> String {
    if try handler.reader.catalogue.product(word) != nil { return word }
    let there = Set(cart.places(of: word, byName: false).map { cart.lines[$0].sku })
    if let sku = there.first, there.count == 1 { return sku }
    // For many at once only a SKU says what is meant.
    let products = isBulk ? [] : try handler.reader.catalogue.products(meantBy: word)
    guard products.count > 1 else { return products.first?.sku ?? word }
    let rows = products.map { "\(printable($0.sku))  \(printable($0.name))" }
    let what = "\(products.count) products match \(quoted(word))"
    guard let picked = try handler.confirmer.choose(what, among: rows) else {
      throw EngineError(
        .ambiguous,
        "\(what): "
          + listed(products.map { "\(printable($0.sku)) (\(printable($0.name)))" })
          + "; type a SKU")
    }
    return products[picked].sku
  }
}
