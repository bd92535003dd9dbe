import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Writes events in the order of the event log, as an import reads them.
struct EventExport {
  private let store: any StorageReads
  private let parents: [Int64: Int64]
  /// Operations that brought others with them.
  private let imports: Set<Int64>
  private let currencies: Set<String>

  init(_ store: any StorageReads) throws {
    self.store = store
    currencies = Set(try Shop.currencies(in: store).keys)
    parents = try store.parents()
    imports = Set(parents.values)
  }

  /// - Parameter carts: those whose events are written; nil for all events, those of no cart as well.
  /// - Returns: how many events were written.
  func write(of carts: Set<Int64>?, to file: OutputFile) throws -> Int {
    var names: [Int64: String] = [:]
    var operations: [Int64: Operation?] = [:]
    let encoder = EventEncoder(
      name: { key in
        if let name = names[key] { return name }
        let name = try store.cart(key)?.id ?? ""
        names[key] = name
        return name
      },
      operation: { id in
        if let known = operations[id] { return known }
        let operation = try store.operation(id)
        operations[id] = operation
        return operation
      }, parts: parts, currencies: currencies)
    var (writer, count) = (JSONWriter(), 0)
    try store.forEachEvent { entry in
      if let carts, !carts.contains(entry.event.cart) { return }
      writer.removeAll()
      try encoder.encode(entry, &writer)
      try file.write(writer.bytes)
      count += 1
    }
    try file.commit()
    return count
  }

  /// What an undo of an import covers: the groups that the import brought, of those with earlier events
  /// on the cart, and those that another shop's undo named.
  private func parts(of event: Event) throws -> [Int64] {
    guard case .operationUndone(let target, let groups) = event.body else { return [] }
    guard imports.contains(target) else { return groups }
    let events = try store.history(of: event.cart).prefix { $0.seq <= event.seq }
    return History(Array(events), id: "", parents: parents).parts(of: target)
  }
}
