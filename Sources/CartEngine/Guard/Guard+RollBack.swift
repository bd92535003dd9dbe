import CartModel
import CartStorage

/// Reverting what a rule did.
extension Guard {
  /// What `rollBack` reverted.
  public struct RolledBack: Equatable, Sendable {
    /// Carts that were restored.
    public var restored = 0
    /// Carts whose flag of the rule was removed.
    public var unflagged = 0
    /// Bans that were removed.
    public var bans = 0

    public init(restored: Int = 0, unflagged: Int = 0, bans: Int = 0) {
      (self.restored, self.unflagged, self.bans) = (restored, unflagged, bans)
    }
  }

  /// Restores all carts that a rule or its bans held, and removes its flags and bans.
  ///
  /// They are not judged by it at once: that is for what happens to them next.
  public func rollBack(rule name: String) throws(EngineError) -> RolledBack {
    let actor = Actor.rule(name)
    let bans = try run.reader.entries(.blacklist).filter { $0.author == actor }
    run.add(loose: bans.map { .entryRemoved($0) })
    let sources = Set(bans.map(\.id))
    let held = Filter(.init(.status, .equal, [.status(.held)]))
    run.judged.isResting = true
    defer { run.judged.isResting = false }
    var done = RolledBack(bans: bans.count)
    for key in try run.reader.keys(matching: held) {
      guard let cause = try run.reader.cart(key)?.heldBy,
        cause.rule == name
          || cause.rule == ListEntry.List.blacklist.name && sources.contains(cause.source)
      else { continue }
      if try run.execute(.restore(), on: key).state == .open { done.restored += 1 }
    }
    var flagged = Filter(.init(.flags, .equal, [.text(name)]))
    flagged.allowAnyStatus()
    for key in try run.reader.keys(matching: flagged) {
      // The filter knows no case.
      guard try run.reader.cart(key)?.flags.contains(name) == true else { continue }
      try run.execute(.unflag(name), on: key)
      done.unflagged += 1
    }
    return done
  }
}
