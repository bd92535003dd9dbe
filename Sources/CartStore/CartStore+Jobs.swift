import CartModel

extension CartStore {
  /// A bulk run by its number; nil if it does not exist.
  public func job(_ id: Int64) throws(StoreError) -> Job? {
    try read { try $0.jobs("WHERE id = ?", id).first }
  }

  /// A bulk run by its place in an operation.
  public func job(of operation: String, place: String, ordinal: Int64) throws(StoreError) -> Job? {
    try read {
      let statement = try $0(
        "SELECT id FROM job WHERE operation = ? AND place = ? AND ordinal = ?")
      statement.bind(1, operation)
      statement.bind(2, place)
      statement.bind(3, ordinal)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try $0.jobs("WHERE id = ?", statement.int(0)).first
    }
  }

  /// Bulk runs, newest first.
  public func jobs(limit: Int) throws(StoreError) -> [Job] {
    try read { try $0.jobs("ORDER BY id DESC LIMIT ?", Int64(limit)) }
  }

  /// The carts of a bulk run, in its order, and those that its operation made outside of bulk runs.
  public func carts(ofJob id: Int64) throws(StoreError) -> (keys: [Int64], made: [Int64]) {
    try read {
      let statement = try $0("SELECT keys, made FROM job_carts WHERE job = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      guard try statement.step() else { return ([], []) }
      return (try JobKeys.decode(statement.bytes(0)), try JobKeys.decode(statement.bytes(1)))
    }
  }

  /// The carts that a bulk run failed on, and why.
  public func failures(ofJob id: Int64) throws(StoreError) -> [(cart: Int64, message: String)] {
    try read {
      let statement = try $0("SELECT cart, message FROM job_failure WHERE job = ? ORDER BY cart")
      statement.bind(1, id)
      var list: [(Int64, String)] = []
      while try statement.step() { list.append((statement.int(0), statement.text(1))) }
      return list
    }
  }
}

extension StoreWriter {
  /// Records a bulk run and gives its number.
  ///
  /// - Parameter made: the carts that its operation made so far outside of bulk runs.
  public func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64 {
    let id = try statements.single("SELECT max(id) FROM job") + 1
    let actor = try actorID(job.actor)
    let insert = try statements("INSERT INTO job VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0)")
    insert.bind(1, id)
    insert.bind(2, job.operation)
    insert.bind(3, job.place)
    insert.bind(4, job.ordinal)
    insert.bind(5, job.command)
    insert.bind(6, job.origin)
    insert.bind(7, actor)
    insert.bind(8, job.at.milliseconds)
    insert.bind(9, job.total)
    try insert.run()
    let keys = try statements("INSERT INTO job_carts VALUES(?, ?, ?)")
    keys.bind(1, id)
    keys.bind(2, JobKeys.encode(carts))
    keys.bind(3, JobKeys.encode(made))
    try keys.run()
    return id
  }

  /// Records how a bulk run can be run again.
  public func set(origin: String, ofJob id: Int64) throws(StoreError) {
    let update = try statements("UPDATE job SET origin = ? WHERE id = ?")
    update.bind(1, origin)
    update.bind(2, id)
    try update.run()
  }

  /// Records the carts that an operation made outside of its bulk runs.
  public func set(made: [Int64], of operation: String) throws(StoreError) {
    let update = try statements(
      "UPDATE job_carts SET made = ? WHERE job IN (SELECT id FROM job WHERE operation = ?)")
    update.bind(1, JobKeys.encode(made))
    update.bind(2, operation)
    try update.run()
  }

  /// Records how far a bulk run came.
  ///
  /// - Throws: `conflict` where another process went on with it.
  public func advance(job: Int64, from: Int64, to: Int64) throws(StoreError) {
    guard try statements.single("SELECT next FROM job WHERE id = ?", job) == from else {
      throw Self.taken(job)
    }
    let update = try statements("UPDATE job SET next = ? WHERE id = ?")
    update.bind(1, to)
    update.bind(2, job)
    try update.run()
  }

  private static func taken(_ job: Int64) -> StoreError {
    StoreError(.conflict, "job \(job): another process goes on with it; see 'cartio jobs'")
  }

  /// Records why a bulk run failed on a cart.
  public func fail(job: Int64, cart: Int64, _ message: String) throws(StoreError) {
    let insert = try statements("INSERT OR REPLACE INTO job_failure VALUES(?, ?, ?)")
    insert.bind(1, job)
    insert.bind(2, cart)
    insert.bind(3, message)
    try insert.run()
  }

  /// On how many carts a bulk run failed.
  public func failures(ofJob id: Int64) throws(StoreError) -> Int64 {
    try statements.single("SELECT count(*) FROM job_failure WHERE job = ?", id)
  }

  /// Forgets a failure that was made good.
  ///
  /// - Throws: `conflict` where another process did.
  public func succeed(job: Int64, cart: Int64) throws(StoreError) {
    let there = try statements.single(
      "SELECT count(*) FROM job_failure WHERE job = ? AND cart = ?", job, cart)
    guard there == 1 else {
      throw Self.taken(job)
    }
    let delete = try statements("DELETE FROM job_failure WHERE job = ? AND cart = ?")
    delete.bind(1, job)
    delete.bind(2, cart)
    try delete.run()
  }
}

extension Statements {
  fileprivate func jobs(_ clause: String, _ argument: Int64) throws(StoreError) -> [Job] {
    let statement = try self(
      """
      SELECT id, operation, place, ordinal, command, origin, actor, at, total, next,
        (SELECT count(*) FROM job_failure WHERE job = job.id) FROM job \(clause)
      """)
    statement.bind(1, argument)
    var list: [Job] = []
    while try statement.step() {
      var job = Job(
        operation: statement.text(1), place: statement.text(2), ordinal: statement.int(3),
        command: statement.text(4), origin: statement.text(5), actor: try actor(statement.int(6)),
        at: Timestamp(milliseconds: statement.int(7)), total: statement.int(8))
      job.id = statement.int(0)
      job.next = statement.int(9)
      job.failed = statement.int(10)
      list.append(job)
    }
    return list
  }
}

/// Keys as differences from one to the next: mostly a byte or two each.
enum JobKeys {
  static func encode(_ keys: [Int64]) -> [UInt8] {
    var (bytes, previous) = ([UInt8](), Int64(0))
    for key in keys {
      let delta = key &- previous
      var rest = UInt64(bitPattern: (delta << 1) ^ (delta >> 63))
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
      previous = key
    }
    return bytes
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> [Int64] {
    var (keys, value, shift, previous) = ([Int64](), UInt64(0), UInt64(0), Int64(0))
    for byte in bytes {
      guard shift < 64 else { throw ByteReader.damaged }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      guard byte < 0x80 else { continue }
      previous &+= Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
      keys.append(previous)
      (value, shift) = (0, 0)
    }
    guard shift == 0 else { throw ByteReader.damaged }
    return keys
  }
}
