import CartModel
import CartStorage

/// Bulk runs: the carts of each, and on which it failed.
struct JobTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Records a bulk run and gives its number.
  ///
  /// - Parameter made: the carts that its operation made so far outside of bulk runs.
  func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64 {
    let id = try statements.single("SELECT max(id) FROM job") + 1
    let actor = try statements.actors.number(of: job.actor)
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
  func set(origin: String, ofJob id: Int64) throws(StoreError) {
    let update = try statements("UPDATE job SET origin = ? WHERE id = ?")
    update.bind(1, origin)
    update.bind(2, id)
    try update.run()
  }

  /// Records the carts that an operation made outside of its bulk runs.
  func set(made: [Int64], of operation: String) throws(StoreError) {
    let update = try statements(
      "UPDATE job_carts SET made = ? WHERE job IN (SELECT id FROM job WHERE operation = ?)")
    update.bind(1, JobKeys.encode(made))
    update.bind(2, operation)
    try update.run()
  }

  /// Records how far a bulk run came.
  ///
  /// - Throws: `conflict` where another process went on with it.
  func advance(job: Int64, from: Int64, to: Int64) throws(StoreError) {
    guard try statements.single("SELECT next FROM job WHERE id = ?", job) == from else {
      throw StoreError.jobTaken(job)
    }
    let update = try statements("UPDATE job SET next = ? WHERE id = ?")
    update.bind(1, to)
    update.bind(2, job)
    try update.run()
  }

  /// Records why a bulk run failed on a cart.
  func fail(job: Int64, cart: Int64, _ message: String) throws(StoreError) {
    let insert = try statements("INSERT OR REPLACE INTO job_failure VALUES(?, ?, ?)")
    insert.bind(1, job)
    insert.bind(2, cart)
    insert.bind(3, message)
    try insert.run()
  }

  /// Forgets a failure that was made good.
  ///
  /// - Throws: `conflict` where another process did.
  func succeed(job: Int64, cart: Int64) throws(StoreError) {
    let there = try statements.single(
      "SELECT count(*) FROM job_failure WHERE job = ? AND cart = ?", job, cart)
    guard there == 1 else {
      throw StoreError.jobTaken(job)
    }
    let delete = try statements("DELETE FROM job_failure WHERE job = ? AND cart = ?")
    delete.bind(1, job)
    delete.bind(2, cart)
    try delete.run()
  }

  func jobs(_ clause: String, _ argument: Int64) throws(StoreError) -> [Job] {
    let statement = try statements(
      """
      SELECT id, operation, place, ordinal, command, origin, actor, at, total, next,
        (SELECT count(*) FROM job_failure WHERE job = job.id) FROM job \(clause)
      """)
    statement.bind(1, argument)
    defer { statement.reset() }
    var list: [Job] = []
    while try statement.step() {
      var job = Job(
        operation: statement.text(1), place: statement.text(2), ordinal: statement.int(3),
        command: statement.text(4), origin: statement.text(5),
        actor: try statements.actors[statement.int(6)],
        at: Timestamp(milliseconds: statement.int(7)), total: statement.int(8))
      job.id = statement.int(0)
      job.next = statement.int(9)
      job.failed = statement.int(10)
      list.append(job)
    }
    return list
  }
}
