import CartModel

/// An order as a file states it: its amounts are in the currency of its cart, which is known only where
/// the cart is.
package struct StatedOrder: Sendable {
  private let request: Command.OrderRequest
  private let amounts: [Part: String]

  /// What an order's total is made of, and the total, by the keys of its event.
  package enum Part: String, CaseIterable, Sendable {
    case subtotal, discount, shipping, tax, total
  }

  /// - Parameters:
  ///   - request: without amounts.
  ///   - amounts: none, the total alone or all of them.
  package init(_ request: Command.OrderRequest, amounts: [Part: String]) {
    (self.request, self.amounts) = (request, amounts)
  }

  /// - Throws: `malformed` or `outOfRange` for an amount that the currency cannot have, naming its key.
  func command(in currency: Currency) throws(ModelError) -> Command {
    var request = request
    request.total = try amount(.total, currency)
    if let total = request.total, let subtotal = try amount(.subtotal, currency),
      let discount = try amount(.discount, currency),
      let shipping = try amount(.shipping, currency), let tax = try amount(.tax, currency)
    {
      request.amounts = Totals(
        subtotal: subtotal, discount: discount, shipping: shipping, tax: tax, total: total)
    }
    return .order(request)
  }

  private func amount(_ part: Part, _ currency: Currency) throws(ModelError) -> Money? {
    guard let text = amounts[part] else { return nil }
    do throws(ModelError) { return try Money(text, currency) } catch {
      throw ModelError(error.code, in: part.rawValue, error)
    }
  }
}
