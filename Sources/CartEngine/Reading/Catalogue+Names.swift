import CartModel
import CartStorage
import CartSupport

/// Products by what people call them.
extension Catalogue {
  /// The line that one more piece of a product would be; without an id where the catalogue prices it.
  ///
  /// A SKU that the catalogue does not price in the cart's currency is that of the one line without
  /// options that has it.
  /// - Throws: as `add`.
  public func addition(of sku: String, to cart: Cart) throws(EngineError) -> Line {
    let product: Product?
    do throws(StoreError) { product = try reader.shop.store.product(sku) } catch {
      throw EngineError(error)
    }
    if let product, product.currency == cart.currency {
      return Line(
        sku: sku, name: product.name, quantity: 1, price: product.price, image: product.image
      ).unidentified
    }
    let places = cart.lines.indices.filter { cart.lines[$0].sku == sku }
    let plain = places.filter { cart.lines[$0].options.isEmpty }
    if plain.count == 1 { return cart.lines[plain[0]] }
    guard places.isEmpty else {
      throw EngineError(
        .ambiguous,
        "sku \(quoted(sku)): the catalogue has no price for it in \(cart.currency); to add to a line of "
          + "the \(cart.fullLabel), set its quantity: "
          + places.map { "#\($0 + 1) \(cart.lines[$0].label)" }.joined(separator: ", "))
    }
    guard let product else { throw try unknownProduct(sku) }
    throw EngineError(
      .refused,
      "sku \(quoted(sku)): is priced in \(product.currency), the cart \(cart.id) is in "
        + "\(cart.currency)")
  }

  private func unknownProduct(_ sku: String) throws(EngineError) -> EngineError {
    let skus: [String]
    do throws(StoreError) { skus = try reader.shop.store.products(limit: 5000).map(\.sku) } catch {
      throw EngineError(error)
    }
    let hint = didYouMean(sku, among: skus)
    let named = try products(named: sku)
    guard !named.isEmpty else {
      return EngineError(
        .notFound,
        "sku \(quoted(sku)): no such product" + (hint.isEmpty ? "; see .products" : hint))
    }
    return EngineError(
      named.count == 1 ? .notFound : .ambiguous,
      "sku \(quoted(sku)): no such product; by name there \(named.count == 1 ? "is" : "are") "
        + listed(named.map { "\(printable($0.sku)) (\(printable($0.name)))" }))
  }

  /// Products that have a word in their name; a word of two letters, or of digits, names none.
  private func products(named word: String) throws(EngineError) -> [Product] {
    guard word.count(where: \.isLetter) > 2 else { return [] }
    return try products(containing: word, limit: 500).filter {
      TextFold.contains($0.name, word)
    }
  }

  /// The products that a word may mean: of this SKU, else of this SKU in another case, else with the
  /// word in their names.
  ///
  /// - Throws: `notFound` with a suggestion if it does not exist.
  public func products(meantBy word: String) throws(EngineError) -> [Product] {
    do throws(StoreError) {
      if let known = try reader.shop.store.product(word) { return [known] }
    } catch { throw EngineError(error) }
    let alike = try products(containing: word, limit: 500).filter {
      TextFold.areEqual($0.sku, word)
    }
    if !alike.isEmpty { return alike }
    let named = try products(named: word)
    guard !named.isEmpty else { throw try unknownProduct(word) }
    return named
  }
}
