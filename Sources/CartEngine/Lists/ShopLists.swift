import CartModel
import CartStorage

/// The shop's blacklist and allowlist as a run sees them, its own unsaved entries included.
///
/// Made when they are first asked, and again when an entry changed or expired.
final class ShopLists {
  private let store: any StorageReads
  private var state: (stamp: Stamp, until: Timestamp?)?
  private(set) var blacklist = ListIndex(now: Timestamp(milliseconds: 0))
  private(set) var allowlist = ListIndex(now: Timestamp(milliseconds: 0))
  /// Whether the lists have entries: most shops' changes are asked about lists that have none.
  private(set) var (hasBlacklist, hasAllowlist) = (false, false)

  /// The state of the database that the lists were last compared with.
  private var seen: StorageStamp?

  private struct Stamp: Equatable {
    var revision: Int64
    var unsaved: Int
  }

  init(_ store: any StorageReads) { self.store = store }

  /// Lets the next question see what other processes wrote.
  func refresh() { isStale = true }

  private var isStale = true

  /// While a pass goes over all carts, the lists are as they were when it began: who is put on them
  /// meanwhile must not make a difference to the carts that come later.
  var isFrozen = false

  /// The entry that a cart's person is on, unless the allowlist has them or the cart was restored
  /// from it before.
  ///
  /// - Parameters:
  ///   - reads: what answers within a transaction; nil for the storage.
  ///   - counts: the entries that are meant.
  func entry(
    against cart: Cart, at now: Timestamp, _ unit: UnitOfWork, _ reads: (any StorageReads)? = nil,
    where counts: (ListEntry) -> Bool = { _ in true }
  ) throws(StoreError) -> ListEntry? {
    try update(now, unit, reads)
    guard hasBlacklist, let entry = blacklist.entry(for: cart.shopper),
      allowlist.isEmpty || allowlist.entry(for: cart.shopper) == nil
    else { return nil }
    if counts(entry), !cart.pardons.contains(entry.cause.key) { return entry }
    // Another one may be against them as well.
    return blacklist.entries.first {
      counts($0) && $0.pattern.matches(cart.shopper) && !cart.pardons.contains($0.cause.key)
    }
  }

  func update(
    _ now: Timestamp, _ unit: UnitOfWork, _ reads: (any StorageReads)? = nil
  ) throws(StoreError) {
    guard !isFrozen || state == nil else { return }
    let isDue = state?.until.map { $0 <= now } ?? false
    guard isStale || isDue || state?.stamp.unsaved != unit.generations.lists else { return }
    isStale = false
    let store = reads ?? self.store
    let seen = store.seen
    if seen == self.seen, !isDue, state?.stamp.unsaved == unit.generations.lists { return }
    self.seen = seen
    let stamp = Stamp(revision: try store.listsRevision(), unsaved: unit.generations.lists)
    guard isDue || state?.stamp != stamp else { return }
    let entries = try unit.listEntries(reads)
    blacklist = ListIndex(entries.filter { $0.list == .blacklist }, now: now)
    allowlist = ListIndex(entries.filter { $0.list == .allowlist }, now: now)
    (hasBlacklist, hasAllowlist) = (!blacklist.isEmpty, !allowlist.isEmpty)
    state = (stamp, [blacklist.until, allowlist.until].compactMap { $0 }.min())
  }
}
