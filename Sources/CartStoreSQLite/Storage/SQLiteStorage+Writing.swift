import CartModel
import CartStorage

extension SQLiteStorage {
  func write<T>(
    _ needs: WriteNeeds, recorded: Timestamp, _ body: (any WriteTransaction) throws -> T
  ) throws -> T {
    try checkUsable()
    guard !isReadOnly else { throw opening.refusal }
    guard !connection.isWriting else { throw StoreError.isWriting }
    try makeIfMissing()
    try prepare(for: needs)
    let mark: String?
    do { mark = try markLog() } catch { throw explained(error) }
    do {
      let result = try connection.transaction(.immediate) {
        let statements = try connection.statements
        try watch?.checkFile(statements)
        var start = try WriteStart(statements)
        try watch?.checkContent(start.restoration)
        start.revision += madeSince
        seen.revision = ChangeToken(start.revision)
        let transaction = try SQLiteTransaction(
          statements, start, recorded: recorded, seen: seen, totals: totals, random: random,
          explained: { [unowned self] in self.explained($0) })
        if let mark { try transaction.set(LogMark.key, mark) }
        let result = try body(transaction)
        try transaction.finish()
        pricing.written = transaction.priced
        return result
      }
      seen.writes += 1
      // What went into a file that is not at the path any more is not acknowledged.
      try watch?.checkFile(try connection.statements)
      return result
    } catch {
      try? connection.statements.forget()
      throw error is StoreError ? explained(error) : error
    }
  }

  /// Looks up what a write needs by name, so that it does not have to while it has the lock.
  ///
  /// - Complexity: a statement for each kind of which something is not known yet.
  private func prepare(for needs: WriteNeeds) throws(StoreError) {
    guard !needs.actors.isEmpty || !needs.skus.isEmpty else { return }
    try read { statements in
      if !needs.actors.allSatisfy(statements.actors.knows) { try statements.actors.read() }
      let unknown = needs.skus.filter { !statements.products.knows($0) }
      if !unknown.isEmpty { try statements.products.read(unknown) }
    }
  }

  func revision() throws(StoreError) -> ChangeToken {
    ChangeToken(try read { try $0.single("PRAGMA data_version") } + madeSince)
  }

  /// Puts a new mark into the main file where the next write begins a log.
  ///
  /// - Returns: the mark that this write must hold too; nil where a log is under way.
  private func markLog() throws -> String? {
    guard watch != nil, let seen = Checkpoints(try connection.handle), seen.isComplete else {
      return nil
    }
    // Not from `random`: what is made of a seed must not depend on how often a log begins.
    let mark = LogMark.make { UInt64.random(in: .min ... .max) }
    try connection.transaction(.immediate) {
      try MetaTable(try connection.statements).set(LogMark.key, mark)
    }
    // Where a reader holds it up, the log goes on and the mark says nothing.
    try? connection.checkpoint()
    return mark
  }
}
