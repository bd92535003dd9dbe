import CartModel
import CartStorage

extension SharedReads where Self: MemoryReads {
  func sharedHasher() throws(StoreError) -> SharedHasher { try state().shared.hasher }

  func keeps(_ key: SharedKey) throws(StoreError) -> Bool {
    try state().shared.keys.contains(key)
  }

  func sharedRows(
    _ key: SharedKey, _ value: UInt64, after: Int64, through: Int64, since: Timestamp?
  ) throws(StoreError) -> (rows: [SharedRow], isPart: Bool) {
    let rows = (try state().shared.rows[key]?[value] ?? []).filter {
      $0.seq > after && $0.seq <= through
    }
    guard let since, let last = rows.lastIndex(where: { $0.peak <= since }) else {
      return (rows, false)
    }
    return (Array(rows[(last + 1)...]), true)
  }

  func sharedCount(_ key: SharedKey) throws(StoreError) -> Int {
    (try state().shared.rows[key] ?? [:]).reduce(0) { $0 + $1.value.count }
  }

  func forEachSharedRow(
    _ key: SharedKey, through seq: Int64, _ body: (UInt64, SharedRow) -> Void
  ) throws(StoreError) {
    let values = (try state().shared.rows[key] ?? [:]).sorted {
      Int64(bitPattern: $0.key) < Int64(bitPattern: $1.key)
    }
    for (value, rows) in values {
      for row in rows where row.seq <= seq { body(value, row) }
    }
  }

  func forEachSharedEvent(after seq: Int64, limit: Int, _ body: (Event) throws -> Void)
    throws
  {
    let log = try state().log
    let events = log.entries.dropFirst(Int(clamping: max(seq, 0))).lazy.map(\.event).filter {
      SharedTracker.types.contains($0.body.type)
    }
    try each(events.prefix(limit), body)
  }
}
