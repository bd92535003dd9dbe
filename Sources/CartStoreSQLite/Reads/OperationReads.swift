import CartModel
import CartStorage

extension OperationReads where Self: SQLReads {
  func operation(_ id: Int64) throws(StoreError) -> Operation? {
    try read {
      let row = try $0("\(OperationTable.select) WHERE operation.id = ?")
      row.bind(1, id)
      defer { row.reset() }
      return try row.step() ? try OperationTable($0).operation(row) : nil
    }
  }

  func operation(key: String) throws(StoreError) -> Int64? {
    try read { try OperationTable($0).number(of: key) }
  }

  func undoneOperations(limit: Int, before: Int64) throws(StoreError)
    -> [(operation: Operation, undos: Undos)]
  {
    try read {
      let row = try $0(
        "\(OperationTable.select) WHERE parent IS NULL AND operation.id < ? "
          + "ORDER BY operation.id DESC LIMIT ?")
      row.bind(1, before)
      row.bind(2, Int64(limit))
      defer { row.reset() }
      let table = OperationTable($0)
      var list: [(operation: Operation, undos: Undos)] = []
      while try row.step() { list.append((try table.operation(row), row.undos(14))) }
      return list
    }
  }

  func undoing(limit: Int, before: Int64) throws(StoreError) -> [Operation] {
    try read {
      let row = try $0(
        "\(OperationTable.select) WHERE target IS NOT NULL AND kind = ? AND operation.id < ? "
          + "ORDER BY operation.id DESC LIMIT ?")
      row.bind(1, Operation.Kind.undo.rawValue)
      row.bind(2, before)
      row.bind(3, Int64(limit))
      defer { row.reset() }
      let table = OperationTable($0)
      var list: [Operation] = []
      while try row.step() { list.append(try table.operation(row)) }
      return list
    }
  }

  func undos(of id: Int64) throws(StoreError) -> Undos {
    try read {
      let row = try $0("SELECT \(OperationTable.undoColumns) FROM operation WHERE id = ?")
      row.bind(1, id)
      defer { row.reset() }
      return try row.step() ? row.undos(0) : Undos()
    }
  }

  func isTarget(_ id: Int64) throws(StoreError) -> Bool {
    try read { try $0.single("SELECT EXISTS(SELECT 1 FROM operation WHERE target = ?)", id) == 1 }
  }

  func mayBeUndoneGroup(_ id: Int64) throws(StoreError) -> Bool {
    try read {
      guard try MetaTable($0).text(SettingName.undoneGroups) == "1" else { return false }
      return try $0.single("SELECT parent IS NOT NULL FROM operation WHERE id = ?", id) == 1
    }
  }

  func parents() throws(StoreError) -> [Int64: Int64] {
    try read { try OperationTable($0).parents() }
  }

  func parents(in events: [Event]) throws(StoreError) -> [Int64: Int64] {
    try read {
      try OperationTable($0).parents(
        " AND id IN (SELECT value FROM json_each(?))",
        Statements.list(Array(Set(events.map(\.operation)))))
    }
  }

  func size(of operation: Operation) throws(StoreError) -> (carts: Int64, events: Int64) {
    let parts: (count: Int64, events: Int64) = try read {
      let row = try $0("SELECT count(*), ifnull(sum(events), 0) FROM operation WHERE parent = ?")
      row.bind(1, operation.id)
      defer { row.reset() }
      return try row.step() ? (count: row.int(0), events: row.int(1)) : (0, 0)
    }
    guard parts.count > 0 else { return (operation.extent.carts, operation.extent.events) }
    return (Int64(try carts(of: operation).count), operation.extent.events + parts.events)
  }

  func carts(of operation: Operation) throws(StoreError) -> [Int64] {
    try read {
      let rows = try $0(
        """
        SELECT cart, min(seq) FROM event WHERE \(OperationTable.isOfOperation) AND cart IS NOT NULL
        GROUP BY cart ORDER BY 2
        """)
      rows.bind(operation)
      return try rows.keys()
    }
  }

  func orders(by actor: Actor, after time: Timestamp) throws(StoreError) -> [Money] {
    try read { statements in
      let rows = try statements.fresh(
        """
        SELECT \(EventTable.columns) FROM operation
        JOIN actor ON actor.id = operation.actor
        JOIN event ON event.seq BETWEEN operation.first AND operation.last
          AND event.op = operation.id AND event.type = ?
        LEFT JOIN fact ON fact.id = fact_of(event.data)
        WHERE actor.name = ? AND operation.at > ?
        """)
      rows.bind(1, Int64(EventType.cartOrdered.rawValue))
      rows.bind(2, actor.description)
      rows.bind(3, time.milliseconds)
      let table = EventTable(statements)
      var totals: [Money] = []
      while try rows.step() {
        guard case .cartOrdered(let record) = try table.entry(rows).event.body else { continue }
        totals.append(record.total)
      }
      return totals
    }
  }
}
