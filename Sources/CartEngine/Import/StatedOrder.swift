import CartModel

/// An order as a file states it: its amounts are in the currency of its cart, which is known only where
/// the cart is.
package struct StatedOrder: Sendable {
  private let request: Command.OrderRequest
  private let amounts: [Part: String]

  /// What an order's total is made of, and the total, by the keys of its event.
  package enum Part: String, CaseIterable, Sendable {
    case subtotal, discount, shipping, handling, fees, tax, total

    /// What is 0 where it is not said.
    static let optional: Set<Part> = [.handling, .fees]
    /// What stands there together, or the total alone.
    package static let required: Set<Part> = Set(allCases).subtracting(optional)
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
      var totals = Totals(
        subtotal: subtotal, discount: discount, shipping: shipping, tax: tax, total: total)
      if let handling = try amount(.handling, currency) { totals.handling = handling }
      if let fees = try amount(.fees, currency) { totals.fees = fees }
      request.amounts = totals
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
