import CartModel
import CartStorage

extension EventReads where Self: SQLReads {
  func forEachEvent(
    from first: Int64, to last: Int64, _ body: (LoggedEvent) throws -> Void
  ) throws {
    try cursor { statements in
      let (row, table) = (
        try statements.fresh("\(EventTable.select) WHERE seq BETWEEN ? AND ? ORDER BY seq"),
        EventTable(statements)
      )
      row.bind(1, first)
      row.bind(2, last)
      while try row.step() { try body(try table.entry(row)) }
    }
  }

  func forEachEventByTime(_ body: (LoggedEvent) throws -> Void) throws {
    try cursor { statements in
      let row = try statements.fresh("\(EventTable.select) ORDER BY at, seq")
      let table = EventTable(statements)
      while try row.step() { try body(try table.entry(row)) }
    }
  }

  func histories(of keys: [Int64]) throws(StoreError) -> [Int64: StoredHistory] {
    try read { statements in
      var histories: [Int64: StoredHistory] = [:]
      for (key, chain) in try EventTable(statements).chains(from: .carts, keys) {
        guard chain.gap == nil else { throw ByteReader.damaged }
        histories[key] = try chain.history.get()
      }
      return histories
    }
  }

  func hasEvent(_ key: EventKey) throws(StoreError) -> Bool {
    try read {
      let statement = try $0("SELECT 1 FROM event WHERE key = ?")
      statement.bind(1, key.bytes)
      defer { statement.reset() }
      return try statement.step()
    }
  }

  func lastEventKey() throws(StoreError) -> EventKey? {
    try read {
      let statement = try $0("SELECT max(key) FROM event")
      defer { statement.reset() }
      return try statement.step() && !statement.isNull(0) ? EventKey(statement.bytes(0)) : nil
    }
  }

  func lastSeq() throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT max(seq) FROM event") }
  }

  func firstSeq(recordedFrom time: Timestamp) throws(StoreError) -> Int64 {
    try read {
      let last = try $0.single("SELECT max(seq) FROM event")
      let statement = try $0("SELECT min(first) FROM commits WHERE recorded >= ?")
      statement.bind(1, time.milliseconds)
      defer { statement.reset() }
      return try statement.step() && !statement.isNull(0) ? statement.int(0) : last + 1
    }
  }
}
