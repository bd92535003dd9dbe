import CartModel
import CartStorage

extension CartQueries where Self: MemoryReads {
  func keys(
    matching filter: Filter, _ context: FilterContext, and conditions: [Filter.Condition],
    excluding: Set<Int64>, with others: [Cart]
  ) throws(StoreError) -> [Int64] {
    var wanted = filter
    for condition in conditions { wanted.require(condition) }
    let reading = FilterReading(wanted, context)
    let stored = try state().carts.values.filter {
      !excluding.contains($0.key) && reading.matches($0)
    }
    return filter.arrange((stored + others).map { filter.placed($0, context) })
  }

  func count(matching filter: Filter, _ context: FilterContext, most: Int)
    throws(StoreError) -> Int?
  {
    let reading = FilterReading(filter, context)
    return min(most, try state().carts.values.count(where: reading.matches))
  }

  func groups(by field: CartField, matching filter: Filter, _ context: FilterContext)
    throws(StoreError) -> [GroupRow]?
  { nil }
}
