import CartStorage

/// Writes what can name a person beside the event log, with a salt each, so that it can be erased.
final class FactWriter {
  private let insert: Statement
  private let random: () -> UInt64
  private var next: Int64

  /// A salted value that is not written yet.
  struct Fact {
    let id: Int64
    fileprivate let salt: EventKey
    let commitment: EventKey
  }

  init(_ statements: Statements, after last: Int64, _ random: @escaping () -> UInt64)
    throws(StoreError)
  {
    insert = try statements("INSERT INTO fact VALUES(?, ?, ?)")
    self.random = random
    next = last + 1
  }

  func make(_ value: ByteWriter) -> Fact {
    let salt = EventKey(high: random(), low: random())
    let commitment = value.bytes.withUnsafeBytes { Chain.commitment(salt: salt, $0) }
    return Fact(id: next, salt: salt, commitment: commitment)
  }

  /// Writes the fact that was made last.
  func write(_ fact: Fact, _ value: ByteWriter) throws(StoreError) {
    next += 1
    try value.withBytes { bytes throws(StoreError) in
      insert.bind(1, fact.id)
      insert.bind(3, borrowed: bytes)
      try fact.salt.withBytes { salt throws(StoreError) in
        insert.bind(2, borrowed: salt)
        try insert.run()
      }
    }
  }
}
