import CartModel
import CartStorage

/// Whether a cart can be sold as it is without anybody looking at it: stock, prices, and whether the
/// same person has the same goods in another cart.
///
/// For one run over many carts: what the run ordered already is no longer in stock.
public final class SaleCheck {
  private let run: Run
  /// How far a price may be from the catalogue's.
  private let drift: Percent
  private var sold: [String: [(quarter: Int64, pieces: Int64)]]?
  private var taken: [String: Int64] = [:]

  /// How long an order of the same goods makes another of them suspect; milliseconds.
  private static let twinWindow: Int64 = 7 * 86_400_000

  /// - Parameter earlier: of a policy that ran before in the same run; what it took and nothing wrote, as
  ///   in a plan, is gone.
  public init(_ run: Run, drift: Percent, after earlier: SaleCheck? = nil) {
    self.run = run
    self.drift = drift
    if run.mode != .live, let earlier { taken = earlier.taken }
  }

  /// Why it may not be sold, for staff; nil if it may.
  ///
  /// A product that the catalogue does not have has no price there to compare with; one that it does
  /// not count has no end.
  public func objection(to cart: Cart) throws(EngineError) -> String? {
    do {
      if cart.lines.isEmpty { return "it is empty" }
      if let binding = cart.binding {
        return "it is a cart of \(binding.storefront), whose orders are not supported yet"
      }
      if let words = try shortage(cart, run.shop.store) ?? changedPrice(cart) { return words }
    } catch { throw EngineError(error) }
    return try twin(of: cart)
  }

  /// Goods that there are not enough of; nil for none.
  func shortage(of cart: Cart, _ store: any StorageReads) throws(EngineError) -> String? {
    do { return try shortage(cart, store) } catch { throw EngineError(error) }
  }

  /// Counts a cart that was ordered.
  public func took(_ cart: Cart) {
    for line in cart.lines { taken[line.sku, default: 0] += line.quantity }
  }

  // MARK: Stock

  private func shortage(_ cart: Cart, _ store: any StorageReads) throws -> String? {
    var wanted: [String: Int64] = [:]
    for line in cart.lines { wanted[line.sku, default: 0] += line.quantity }
    for (sku, pieces) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let product = try run.unit.product(sku, store), let stock = product.stock,
        !product.details.isBackordered
      else { continue }
      let gone = try soldSince(product, store) + taken[sku, default: 0]
      let (rest, overflow) = stock.subtractingReportingOverflow(gone)
      guard overflow || rest < pieces else { continue }
      let ordered = gone > 0 ? ", \(gone) of them ordered since" : ""
      let when = product.stocked.map { " on \(run.shop.zone.text($0))" } ?? ""
      return "stock of \(sku): wants \(pieces), there were \(stock)\(when)\(ordered)"
    }
    return nil
  }

  /// Pieces ordered since the stock was counted; those of the same quarter of an hour too, as counters
  /// tell no finer: rather one order too few.
  private func soldSince(_ product: Product, _ store: any StorageReads) throws -> Int64 {
    guard let time = product.stocked else { return 0 }
    if sold == nil {
      sold = try store.orderedPieces(since: Timestamp(milliseconds: 0))
    }
    let quarters = sold?[product.sku] ?? []
    return quarters.prefix { $0.quarter >= time.quarter }.reduce(0) { $0 + $1.pieces }
  }

  // MARK: Prices

  private func changedPrice(_ cart: Cart) throws -> String? {
    for line in cart.lines {
      guard let product = try run.unit.product(line.sku) else { continue }
      guard product.currency == cart.currency else {
        return
          "price of \(line.sku): \(line.price.text(cart.currency)) \(cart.currency) in the cart, "
          + "\(product.price.text(product.currency)) \(product.currency) in the catalogue, which cannot "
          + "be compared"
      }
      guard isFar(line.price, from: product.price) else { continue }
      return "price of \(line.sku): \(line.price.text(cart.currency)) in the cart, "
        + "\(product.price.text(cart.currency)) in the catalogue"
    }
    return nil
  }

  private func isFar(_ price: UnitPrice, from listed: UnitPrice) -> Bool {
    guard price != listed else { return false }
    let scale = max(price.scale, listed.scale)
    func scaled(_ price: UnitPrice) -> Int128 {
      (price.scale..<scale).reduce(Int128(price.mantissa)) { value, _ in value * 10 }
    }
    let (own, list) = (scaled(price), scaled(listed))
    return Int128((own - list).magnitude) * 100_000_000 > list * Int128(drift.millionths)
  }

  // MARK: Twins

  /// Another cart of the same person with the same goods, which may be the same order made twice.
  private func twin(of cart: Cart) throws(EngineError) -> String? {
    var others: Set<Int64> = []
    for kind in [SharedKey.Kind.customer, .email, .session] {
      others.formUnion(try run.handler.shared.carts(sharing: kind, with: cart))
    }
    others.remove(cart.key)
    let goods = Self.goods(cart)
    for key in others.sorted() {
      guard let other = try run.reader.cart(key), Self.goods(other) == goods else { continue }
      switch (other.state, other.status(at: run.now, run.reader.settings)) {
      case (.ordered, _):
        guard let order = other.order, order.state != .cancelled,
          order.at.milliseconds > run.now.milliseconds - Self.twinWindow
        else { continue }
        return "cart \(other.id) of the same person with the same goods was ordered on "
          + "\(run.shop.zone.text(order.at))"
      case (.open, .active), (.open, .abandoned):
        return "cart \(other.id) of the same person has the same goods"
      default: continue
      }
    }
    return nil
  }

  private static func goods(_ cart: Cart) -> [String: Int64] {
    var goods: [String: Int64] = [:]
    for line in cart.lines { goods[line.sku, default: 0] += line.quantity }
    return goods
  }
}
