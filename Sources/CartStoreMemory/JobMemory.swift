import CartStorage

/// Bulk runs and rejected lines in memory.
struct JobMemory: Sendable {
  struct Entry: Sendable {
    var job: Job
    var keys: [Int64]
    var made: [Int64]
    var failures: [Int64: String] = [:]

    /// The job with its number of failures.
    var counted: Job {
      var job = job
      job.failed = Int64(failures.count)
      return job
    }
  }

  /// The bulk run of number n stands at n - 1.
  private(set) var entries: [Entry] = []
  private(set) var rejected: [EventKey: Rejection] = [:]

  subscript(_ id: Int64) -> Entry? { place(of: id).map { entries[$0] } }

  subscript(operation: String, place: String, ordinal: Int64) -> Entry? {
    entries.first {
      $0.job.ordinal == ordinal && ExactText($0.job.operation) == ExactText(operation)
        && ExactText($0.job.place) == ExactText(place)
    }
  }

  /// The index of a bulk run; nil where no bulk run has the number.
  private func place(of job: Int64) -> Int? {
    (1...).contains(job) && job <= entries.count ? Int(job) - 1 : nil
  }

  /// - Throws: `other` where a bulk run of the same operation, place and ordinal exists.
  mutating func begin(_ job: Job, carts: [Int64], made: [Int64]) throws(StoreError) -> Int64 {
    guard self[job.operation, job.place, job.ordinal] == nil else {
      throw StoreError(.other, "job: its operation has one of this place already")
    }
    var job = job
    job.id = Int64(entries.count) + 1
    (job.next, job.failed) = (0, 0)
    entries.append(Entry(job: job, keys: carts, made: made))
    return job.id
  }

  /// Changes a bulk run; one that does not exist stays so.
  mutating func change(_ id: Int64, _ body: (inout Entry) -> Void) {
    if let place = place(of: id) { body(&entries[place]) }
  }

  mutating func set(made: [Int64], of operation: String) {
    for place in entries.indices
    where ExactText(entries[place].job.operation) == ExactText(operation) {
      entries[place].made = made
    }
  }

  mutating func reject(_ lines: [EventKey], by operation: Int64) {
    for line in lines { rejected[line] = Rejection(operation: operation, last: 0) }
  }

  mutating func close(rejectionsOf operation: Int64, at last: Int64) {
    rejected = rejected.mapValues {
      $0.operation == operation ? Rejection(operation: operation, last: last) : $0
    }
  }
}
