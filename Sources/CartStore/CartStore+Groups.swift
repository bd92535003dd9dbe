import CartModel

/// Carts of one currency that say the same for a field.
public struct GroupRow: Equatable, Sendable {
  public let value: String
  public let currency: Currency
  public let count: Int64
  /// Minor units, of those carts whose total is in range; nil where all are out of range.
  public let total: CheckedSum?
}

extension CartStore {
  /// The matching carts, counted and added up by a field.
  ///
  /// - Returns: nil where SQL cannot say all of it: the carts are then read one by one.
  /// - Complexity: O(carts), without decoding any.
  public func groups(by field: CartField, matching filter: Filter, _ context: FilterContext)
    throws(StoreError) -> [GroupRow]?
  {
    guard filter.limit == nil, let totals else { return nil }
    return try consistently { statements in
      guard try totals.holds(for: context.settings, statements) else { return nil }
      var sql = FilterSQL(filter, context, hasTotals: true)
      guard sql.isExact, let value = sql.group(field) else { return nil }
      // Two sums, as one of large amounts could be out of SQLite's range.
      let statement = try statements.fresh(
        """
        SELECT \(value) AS value, currency, count(*), sum(total / 1000000), sum(total % 1000000)
        FROM cart WHERE \(sql.condition) GROUP BY value, currency
        """)
      statement.bind(sql.arguments)
      var rows: [GroupRow] = []
      while try statement.step() {
        let currency = try CartCodec.currency(statement.int(1))
        var total: CheckedSum?
        if !statement.isNull(3) {
          total = CheckedSum(millions: statement.int(3), rest: statement.int(4))
        }
        rows.append(
          GroupRow(
            value: field == .currency ? currency.code : statement.text(0), currency: currency,
            count: statement.int(2), total: total))
      }
      return rows
    }
  }
}
