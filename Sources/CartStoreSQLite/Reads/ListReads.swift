import CartModel
import CartStorage

extension ListReads where Self: SQLReads {
  func entries() throws(StoreError) -> [ListEntry] {
    try read { statements in
      let rows = try statements.fresh("SELECT id, data FROM entry ORDER BY id")
      var list: [ListEntry] = []
      while try rows.step() { list.append(try rows.listEntry()) }
      return list
    }
  }

  func entry(_ id: String) throws(StoreError) -> ListEntry? {
    try read {
      let statement = try $0("SELECT id, data FROM entry WHERE id = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try statement.listEntry()
    }
  }

  func entries(about entry: ListEntry) throws(StoreError) -> [ListEntry] {
    try read {
      let statement = try $0("SELECT id, data FROM entry WHERE about = ? ORDER BY id")
      statement.bind(1, ListCodec.about(entry))
      defer { statement.reset() }
      var list: [ListEntry] = []
      while try statement.step() {
        list.append(try statement.listEntry())
      }
      return list
    }
  }

  func listEvents() throws(StoreError) -> [Event] {
    try read { try EventTable($0).loose([.entryAdded, .entryRemoved]) }
  }

  func listEvents(of operation: Operation) throws(StoreError) -> [EventBody] {
    try read { statements in
      let rows = try statements(
        "\(EventTable.select) WHERE \(OperationTable.isOfOperation) AND cart IS NULL "
          + "AND type IN (?4, ?5, ?6) ORDER BY seq")
      rows.bind(operation)
      rows.bind(4, Int64(EventType.entryAdded.rawValue))
      rows.bind(5, Int64(EventType.entryRemoved.rawValue))
      rows.bind(6, Int64(EventType.ruleSet.rawValue))
      defer { rows.reset() }
      let table = EventTable(statements)
      var list: [EventBody] = []
      while try rows.step() { list.append(try table.entry(rows).event.body) }
      return list
    }
  }

  func listsRevision() throws(StoreError) -> Int64 {
    Int64(try meta(ListTable.revision)) ?? 0
  }
}
