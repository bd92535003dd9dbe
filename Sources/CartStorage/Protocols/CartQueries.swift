import CartModel

/// Which carts match a filter.
public protocol CartQueries: AnyObject {
  /// The keys of the carts that match, in the filter's order, up to its limit.
  ///
  /// - Parameters:
  ///   - conditions: what a stored cart must meet beside the filter.
  ///   - excluding: carts that a unit of work answers for itself.
  ///   - others: carts that match beside the stored ones.
  /// - Complexity: O(carts) at most; ordered by `updated` with a limit, about O(limit).
  func keys(
    matching filter: Filter, _ context: FilterContext, and conditions: [Filter.Condition],
    excluding: Set<Int64>, with others: [Cart]
  ) throws(StoreError) -> [Int64]

  /// How many carts match; nil where the storage cannot count them without the caller reading each.
  ///
  /// - Parameter most: where counting ends.
  /// - Complexity: O(carts) at most.
  func count(matching filter: Filter, _ context: FilterContext, most: Int) throws(StoreError)
    -> Int?

  /// The matching carts, counted and added up by a field.
  ///
  /// - Returns: nil where the storage cannot say all of it: the carts are then read one by one.
  /// - Complexity: O(carts), without decoding any.
  func groups(by field: CartField, matching filter: Filter, _ context: FilterContext)
    throws(StoreError) -> [GroupRow]?
}

extension CartQueries {
  public func keys(
    matching filter: Filter, _ context: FilterContext, excluding: Set<Int64> = [],
    with others: [Cart] = []
  ) throws(StoreError) -> [Int64] {
    try keys(matching: filter, context, and: [], excluding: excluding, with: others)
  }

  public func keys(
    matching filter: Filter, _ context: FilterContext, and conditions: [Filter.Condition],
    with others: [Cart]
  ) throws(StoreError) -> [Int64] {
    try keys(matching: filter, context, and: conditions, excluding: [], with: others)
  }
}
