import CartModel
import CartStorage

extension JobReads where Self: SQLReads {
  func job(_ id: Int64) throws(StoreError) -> Job? {
    try read { try JobTable($0).jobs("WHERE id = ?", id).first }
  }

  func job(of operation: String, place: String, ordinal: Int64) throws(StoreError) -> Job? {
    try read {
      let statement = try $0(
        "SELECT id FROM job WHERE operation = ? AND place = ? AND ordinal = ?")
      statement.bind(1, operation)
      statement.bind(2, place)
      statement.bind(3, ordinal)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try JobTable($0).jobs("WHERE id = ?", statement.int(0)).first
    }
  }

  func jobs(limit: Int) throws(StoreError) -> [Job] {
    try read { try JobTable($0).jobs("ORDER BY id DESC LIMIT ?", Int64(limit)) }
  }

  func carts(ofJob id: Int64) throws(StoreError) -> (keys: [Int64], made: [Int64]) {
    try read {
      let statement = try $0("SELECT keys, made FROM job_carts WHERE job = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      guard try statement.step() else { return ([], []) }
      return (try JobKeys.decode(statement.bytes(0)), try JobKeys.decode(statement.bytes(1)))
    }
  }

  func failures(ofJob id: Int64) throws(StoreError) -> [(cart: Int64, message: String)] {
    try read {
      let statement = try $0("SELECT cart, message FROM job_failure WHERE job = ? ORDER BY cart")
      statement.bind(1, id)
      var list: [(Int64, String)] = []
      while try statement.step() { list.append((statement.int(0), statement.text(1))) }
      return list
    }
  }

  func failureCount(ofJob id: Int64) throws(StoreError) -> Int64 {
    try read { try $0.single("SELECT count(*) FROM job_failure WHERE job = ?", id) }
  }

  func hasRejections() throws(StoreError) -> Bool {
    try read { try $0.single("SELECT EXISTS(SELECT 1 FROM rejected)") == 1 }
  }

  func rejection(of line: EventKey) throws(StoreError) -> Rejection? {
    try read {
      let statement = try $0("SELECT op, last FROM rejected WHERE key = ?")
      statement.bind(1, line.bytes)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return Rejection(operation: statement.int(0), last: statement.int(1))
    }
  }

  func isLatest(_ rejection: Rejection, on cart: Int64) throws(StoreError) -> Bool {
    try read { statements in
      let latest = try statements(
        """
        WITH RECURSIVE chain(seq) AS (SELECT head FROM cart WHERE id = ?1 AND head != 0
          UNION ALL SELECT prev FROM chain JOIN event USING(seq) WHERE prev < seq),
        imports AS (SELECT chain.seq, (\(OperationTable.importing) WHERE id = event.op) AS importing
          FROM chain LEFT JOIN event ON event.seq = chain.seq)
        SELECT seq, importing FROM imports WHERE importing IS NOT NULL LIMIT 1
        """)
      latest.bind(1, cart)
      defer { latest.reset() }
      guard try latest.step() else { return true }
      return latest.int(1) == rejection.operation || latest.int(0) <= rejection.last
    }
  }

  func isLatestOfLists(_ rejection: Rejection) throws(StoreError) -> Bool {
    let types = [EventType.entryAdded, .entryRemoved, .sourceRecorded, .ruleVersioned, .ruleSet]
    return try consistently { statements in
      let rows = try statements.fresh(
        "SELECT seq, op FROM event WHERE cart IS NULL AND type IN "
          + "(\(types.map { String($0.rawValue) }.joined(separator: ", "))) ORDER BY seq DESC")
      while try rows.step() {
        if let importing = try OperationTable(statements).importing(rows.int(1)) {
          return importing == rejection.operation || rows.int(0) <= rejection.last
        }
      }
      return true
    }
  }
}
