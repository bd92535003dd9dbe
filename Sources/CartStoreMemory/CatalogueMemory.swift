import CartModel
import CartStorage

/// Products, customers and counters in memory.
struct CatalogueMemory: Sendable {
  private struct Quarter: Hashable, Sendable {
    var number: Int64
    var sku: ExactText
  }

  private(set) var products: [ExactText: Product] = [:]
  private(set) var customers: [ExactText: Shopper] = [:]
  /// What products are called that were counted.
  private var names: [ExactText: String] = [:]
  private var counters: [Quarter: ProductCount] = [:]

  mutating func save(_ product: Product) {
    products[ExactText(product.sku)] = product
    names[ExactText(product.sku)] = product.name
  }

  mutating func save(customer key: String, _ shopper: Shopper) {
    customers[ExactText(key)] = shopper
  }

  mutating func count(_ change: ProductCount, at time: Timestamp) {
    let sku = ExactText(change.sku)
    if names[sku] == nil { names[sku] = change.name }
    let empty = ProductCount(sku: change.sku, name: "")
    counters[Quarter(number: time.quarter, sku: sku), default: empty].add(change)
  }

  /// Pieces by product over quarter hours `from` ..< `until`, most added first.
  func counts(from: Int64, until: Int64) -> [ProductCount] {
    var sums: [ExactText: ProductCount] = [:]
    for (quarter, count) in counters where quarter.number >= from && quarter.number < until {
      let empty = ProductCount(sku: count.sku, name: names[quarter.sku] ?? "")
      sums[quarter.sku, default: empty].add(count)
    }
    return sums.filter { !$0.value.isEmpty }
      .sorted {
        ($1.value.added, $1.value.ordered, $0.key) < ($0.value.added, $0.value.ordered, $1.key)
      }.map(\.value)
  }

  /// Calls `body` with each counter and its quarter hour since 1970.
  func forEachCounter(_ body: (Int64, ProductCount) -> Void) {
    for (place, count) in counters { body(place.number, count) }
  }

  /// Pieces ordered of each product by quarter hour, the latest first.
  func orderedPieces(since quarter: Int64) -> [String: [(quarter: Int64, pieces: Int64)]] {
    var pieces: [String: [(quarter: Int64, pieces: Int64)]] = [:]
    for (place, count) in counters.sorted(by: { $0.key.number > $1.key.number })
    where place.number >= quarter && count.ordered != 0 {
      pieces[count.sku, default: []].append((place.number, count.ordered))
    }
    return pieces
  }
}
