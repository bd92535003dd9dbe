import CartModel
import CartStorage

extension ListReads where Self: MemoryReads {
  func entries() throws(StoreError) -> [ListEntry] { try state().rules.sortedEntries }

  func entry(_ id: String) throws(StoreError) -> ListEntry? {
    try state().rules.entries[ExactText(id)]
  }

  func entries(about entry: ListEntry) throws(StoreError) -> [ListEntry] {
    let about = ExactText(ListCodec.about(entry))
    return try entries().filter { ExactText(ListCodec.about($0)) == about }
  }

  func listEvents() throws(StoreError) -> [Event] {
    try state().log.loose(.entryAdded, .entryRemoved)
  }

  func listEvents(of operation: Operation) throws(StoreError) -> [EventBody] {
    let types: Set<EventType> = [.entryAdded, .entryRemoved, .ruleSet]
    return try state().log.events(of: operation.id).filter {
      $0.cart == 0 && types.contains($0.body.type)
    }.map(\.body)
  }

  func listsRevision() throws(StoreError) -> Int64 { try state().rules.listsRevision }
}
