import CartModel
import CartStorage

/// What an event adds to the counters of products.
public enum ProductCounter {
  static func count(
    _ body: EventBody, at time: Timestamp, sign: Int64, _ writer: any WriteTransaction
  )
    throws
  {
    for change in changes(body) {
      try writer.count(
        ProductCount(
          sku: change.sku, name: change.name, added: sign * change.added,
          removed: sign * change.removed, ordered: sign * change.ordered), at: time)
    }
  }

  static func changes(_ body: EventBody) -> [ProductCount] {
    guard body.traits.marks.contains(.pieces) else { return [] }
    // What has no SKU is no product of the catalogue.
    if let (line, delta) = body.lineChange {
      return line.sku.isEmpty
        ? []
        : [
          ProductCount(
            sku: line.sku, name: line.name, added: max(delta, 0), removed: max(0 &- delta, 0))
        ]
    }
    return (body.orderRecord?.lines ?? []).filter { !$0.sku.isEmpty }.map {
      ProductCount(sku: $0.sku, name: $0.name, ordered: $0.quantity)
    }
  }
}
