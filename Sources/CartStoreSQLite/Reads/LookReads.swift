import CartModel
import CartStorage

extension LookReads where Self: SQLReads {
  func look(of cart: Int64) throws(StoreError) -> StoreLook? {
    try read { try LookTable($0).look(of: cart) }
  }

  func sweepKeys(limit: Int) throws(StoreError) -> [Int64] {
    try read {
      let statement = try $0("SELECT cart FROM look WHERE fate = 0 ORDER BY swept, cart LIMIT ?")
      statement.bind(1, Int64(limit))
      return try statement.keys()
    }
  }
}
