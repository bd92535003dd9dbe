import CartEngine
import CartModel
import CartStorage

/// What a store is asked for without a hint: carts, the oldest look first; orders; the catalogue.
struct SyncPasses {
  /// Names of values in the inbox.
  enum Key {
    /// When the service last ran.
    static let alive = "service.alive"
    /// Carts that were swept before this moment are read anew without delay.
    static let reread = "sweep.reread"
    /// The beginning of the last pass that was finished, by the pass.
    static func since(_ pass: SyncPage.Pass) -> String { "\(pass.rawValue).since" }
  }

  private let inbox: any Inbox
  private let shop: Shop
  private let options: SyncOptions
  private var nextSweep: Timestamp?
  private var nextCheck: Timestamp?

  init(_ inbox: any Inbox, _ shop: Shop, _ options: SyncOptions) {
    (self.inbox, self.shop, self.options) = (inbox, shop, options)
  }

  /// What is due of the passes.
  mutating func due(at now: Timestamp) throws -> InboxChange {
    var change = InboxChange()
    if nextSweep.map({ now >= $0 }) ?? true {
      nextSweep = now.advanced(by: options.sweepInterval)
      try sweep(at: now, &change)
      _ = try inbox.dropReports(before: now.advanced(by: -options.reportLife))
    }
    if nextCheck.map({ now >= $0 }) ?? true {
      nextCheck = now.advanced(by: min(options.ordersInterval, 10_000))
      try begin(.orders, every: options.ordersInterval, at: now, &change)
      try begin(.products, every: options.catalogueInterval, at: now, &change)
      try begin(.customers, every: options.catalogueInterval, at: now, &change)
    }
    return change
  }

  /// A portion of the sweep, where nothing else waits for the store.
  private func sweep(at now: Timestamp, _ change: inout InboxChange) throws {
    let waiting = try inbox.count()
    let count = options.sweepCount()
    guard waiting.total < Int64(count) else { return }
    let reread = try moment(Key.reread)
    // A re-read is as fast as what the sweep leaves to others allows.
    let most = reread == nil ? count : 2 * count
    var found = 0
    for key in try shop.store.sweepKeys(limit: Self.looked * most) where found < most {
      guard let look = try shop.store.look(of: key), isDue(look, reread, at: now),
        let id = try shop.store.cart(key)?.binding?.storeID
      else { continue }
      change.hints.append(LookHint(.cart(id), .sweep))
      found += 1
    }
    if found == 0, reread != nil { change.values.append((Key.reread, "")) }
  }

  /// Carts that are considered for each that is swept.
  private static let looked = 20

  private func isDue(_ look: StoreLook, _ reread: Timestamp?, at now: Timestamp) -> Bool {
    if let reread, look.swept < reread { return true }
    let quiet = max(0, now.milliseconds(since: look.updated)) / 10
    let age = min(max(quiet, options.sweepAge), options.longestSweepAge)
    return now.milliseconds(since: look.swept) >= age
  }

  private func begin(
    _ pass: SyncPage.Pass, every interval: Int64, at now: Timestamp, _ change: inout InboxChange
  ) throws {
    // Before the first pass, which `connect` begins, there is nothing to go on from.
    guard let since = try moment(Key.since(pass)), now.milliseconds(since: since) >= interval
    else { return }
    let page = SyncPage(pass, since: since.advanced(by: -Self.overlap), began: now)
    guard try inbox.look(of: page.subject) == nil else { return }
    change.hints.append(page.hint())
  }

  /// A store's clock may be so much behind ours; milliseconds.
  private static let overlap: Int64 = 120_000

  private func moment(_ key: String) throws -> Timestamp? {
    try inbox.value(key).flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
  }
}
