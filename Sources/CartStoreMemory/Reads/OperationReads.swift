import CartModel
import CartStorage

extension OperationReads where Self: MemoryReads {
  func operation(_ id: Int64) throws(StoreError) -> Operation? {
    try state().log.operation(id)
  }

  func operation(key: String) throws(StoreError) -> Int64? {
    try state().log.numbers[ExactText(key)]
  }

  func undoneOperations(limit: Int, before: Int64) throws(StoreError)
    -> [(operation: Operation, undos: Undos)]
  {
    let log = try state().log
    return log.operations.reversed().lazy.filter { $0.parent == nil && $0.id < before }
      .prefix(limit).map { ($0, log.undos(of: $0.id)) }
  }

  func undoing(limit: Int, before: Int64) throws(StoreError) -> [Operation] {
    Array(
      try state().log.operations.reversed().lazy.filter {
        $0.target != nil && $0.kind == .undo && $0.id < before
      }.prefix(limit))
  }

  func undos(of id: Int64) throws(StoreError) -> Undos {
    let log = try state().log
    return log.operation(id) == nil ? Undos() : log.undos(of: id)
  }

  func isTarget(_ id: Int64) throws(StoreError) -> Bool {
    try state().log.operations.contains { $0.target == id }
  }

  func mayBeUndoneGroup(_ id: Int64) throws(StoreError) -> Bool {
    guard try meta(SettingName.undoneGroups) == "1" else { return false }
    return try operation(id)?.parent != nil
  }

  func parents() throws(StoreError) -> [Int64: Int64] {
    let log = try state().log
    return log.parents(of: log.operations.map(\.id))
  }

  func parents(in events: [Event]) throws(StoreError) -> [Int64: Int64] {
    try state().log.parents(of: events.map(\.operation))
  }

  func size(of operation: Operation) throws(StoreError) -> (carts: Int64, events: Int64) {
    let parts = try state().log.operations.filter { $0.parent == operation.id }
    guard !parts.isEmpty else { return (operation.extent.carts, operation.extent.events) }
    return (
      Int64(try carts(of: operation).count),
      parts.reduce(operation.extent.events) { $0 + $1.extent.events }
    )
  }

  func carts(of operation: Operation) throws(StoreError) -> [Int64] {
    var (keys, seen) = ([Int64](), Set<Int64>())
    for event in try state().log.events(of: operation.id)
    where event.cart != 0 && seen.insert(event.cart).inserted {
      keys.append(event.cart)
    }
    return keys
  }

  func orders(by actor: Actor, after time: Timestamp) throws(StoreError) -> [Money] {
    let log = try state().log
    var totals: [Money] = []
    for operation in log.operations where operation.actor == actor && operation.at > time {
      for entry in log.entries where entry.event.operation == operation.id {
        if case .cartOrdered(let record) = entry.event.body { totals.append(record.total) }
      }
    }
    return totals
  }
}
