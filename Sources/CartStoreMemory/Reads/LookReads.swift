import CartModel
import CartStorage

extension LookReads where Self: MemoryReads {
  func look(of cart: Int64) throws(StoreError) -> StoreLook? { try state().looks[cart] }

  func sweepKeys(limit: Int) throws(StoreError) -> [Int64] {
    try state().looks.filter { $0.value.fate == .there }
      .sorted { ($0.value.swept, $0.key) < ($1.value.swept, $1.key) }.prefix(limit).map(\.key)
  }
}
