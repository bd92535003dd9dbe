import CartModel
import CartStorage

extension CatalogueReads where Self: MemoryReads {
  func product(_ sku: String) throws(StoreError) -> Product? {
    try state().catalogue.products[ExactText(sku)]
  }

  func products(containing text: String, limit: Int) throws(StoreError) -> [Product] {
    let wanted = TextFold.Needle(text)
    return try state().catalogue.products.sorted { $0.key < $1.key }.map(\.value)
      .filter { text.isEmpty || wanted.isIn($0.sku) || wanted.isIn($0.name) }
      .prefix(limit).map { $0 }
  }

  func products(at time: Timestamp) throws(StoreError) -> [Product] {
    Product.catalogue(of: try state().log.looseByTime(.productUpserted, until: time))
  }

  func customer(_ key: String) throws(StoreError) -> Shopper? {
    try state().catalogue.customers[ExactText(key)]
  }

  func customer(_ key: String, at time: Timestamp) throws(StoreError) -> Shopper? {
    Shopper.customer(key, of: try state().log.looseByTime(.customerUpserted, until: time))
  }

  func customers(limit: Int, where isMeant: (Shopper) -> Bool) throws(StoreError)
    -> [String]
  {
    try state().catalogue.customers.filter { isMeant($0.value) }.keys.sorted().prefix(limit)
      .map(\.text)
  }

  func counts(from: Int64, until: Int64) throws(StoreError) -> [ProductCount] {
    try state().catalogue.counts(from: from, until: until)
  }

  func orderedPieces(since time: Timestamp) throws(StoreError) -> [String: [(
    quarter: Int64, pieces: Int64
  )]] {
    try state().catalogue.orderedPieces(since: time.quarter)
  }

  func uses(of code: String, excluding: Set<Int64>, most: Int64) throws(StoreError)
    -> Int64
  {
    let code = ExactText(code)
    let count = try state().carts.values.count { cart in
      cart.usedCoupons.contains { ExactText($0) == code } && !excluding.contains(cart.key)
    }
    return min(most, Int64(count))
  }

  func keys(using code: String, by shopper: Shopper) throws(StoreError) -> [Int64] {
    let (code, wanted) = (ExactText(code), TextFold.folded(shopper[.email]))
    return try state().sortedCarts.filter { cart in
      guard cart.usedCoupons.contains(where: { ExactText($0) == code }) else {
        return false
      }
      let (email, customer) = (cart.shopper[.email], cart.shopper.customer)
      return email.isEmpty || customer > 0 && customer == shopper.customer
        || TextFold.folded(email) == wanted
    }.map(\.key)
  }
}
