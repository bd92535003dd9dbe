import CartModel
import CartStore

/// What people and scripts say in short; history and webhooks say it in full.
extension CommandHandler {
  /// Adds a product of the catalogue, or more of a line that is there.
  ///
  /// - Throws: `notFound` with a suggestion, `refused`.
  @discardableResult
  public func add(_ sku: String, _ quantity: Int64, to key: Int64) throws(EngineError) -> Cart {
    guard let cart = try cart(key) else {
      throw EngineError(.notFound, "cart: it does not exist any more")
    }
    let there = cart.lines.filter { $0.sku == sku }
    if there.count == 1, var line = there.first {
      line.quantity = quantity
      return try execute(.add(line), on: key)
    }
    let product: Product?
    do throws(StoreError) { product = try shop.store.product(sku) } catch {
      throw EngineError(error)
    }
    guard let product else { throw try unknownProduct(sku) }
    guard product.currency == cart.currency else {
      throw EngineError(
        .refused,
        "sku \(quoted(sku)): is priced in \(product.currency), the cart \(cart.id) is in "
          + "\(cart.currency)")
    }
    let line = Line(
      sku: sku, name: product.name, quantity: quantity, price: product.price,
      image: product.image)
    return try execute(.add(line), on: key)
  }

  /// Applies a coupon that the settings define.
  ///
  /// - Throws: `notFound` with the codes there are.
  @discardableResult
  public func applyCoupon(_ code: String, to key: Int64) throws(EngineError) -> Cart {
    let codes = shop.settings.coupons.map(\.code)
    guard codes.contains(code) else {
      let hint = didYouMean(code, among: codes)
      let known =
        codes.isEmpty ? "store.lua defines none" : "store.lua has \(codes.joined(separator: ", "))"
      throw EngineError(
        .notFound, "coupon \(quoted(code)): unknown" + (hint.isEmpty ? "; \(known)" : hint))
    }
    return try execute(.applyCoupon(code), on: key)
  }

  private func unknownProduct(_ sku: String) throws(EngineError) -> EngineError {
    let skus: [String]
    do throws(StoreError) { skus = try shop.store.products(limit: 5000).map(\.sku) } catch {
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
        + named.prefix(5).map { "\(printable($0.sku)) (\(printable($0.name)))" }.joined(
          separator: ", ")
        + (named.count > 5 ? ", …" : ""))
  }

  /// Products that have a word in their name; a word of two letters, or of digits, names none.
  private func products(named word: String) throws(EngineError) -> [Product] {
    guard word.count(where: \.isLetter) > 2 else { return [] }
    return try products(containing: word, limit: 500).filter {
      $0.name.lowercased().contains(word.lowercased())
    }
  }

  /// The SKU that a word means: itself where the cart or the catalogue has it, else that of the one
  /// product that has the word in its name.
  public func sku(_ word: String, for cart: Cart) throws(EngineError) -> String {
    let known: Product?
    do throws(StoreError) { known = try shop.store.product(word) } catch {
      throw EngineError(error)
    }
    if known != nil || cart.lines.contains(where: { $0.sku == word }) { return word }
    let named = try products(named: word)
    guard named.count == 1, let only = named.first else { throw try unknownProduct(word) }
    return only.sku
  }
}
