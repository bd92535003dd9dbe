import CartModel
import CartStorage
import CartSupport

/// Re-executes an event log in a scratch database, where some rules and policies are replaced from a
/// moment on.
///
/// Changes of shoppers, staff and lists are made again at the same time, as long as they are possible:
/// a held cart takes no order, and only a held cart is restored. Other rules decide again. What the
/// replaced rules and policies did is left out; their replacements are asked after each change. The
/// scratch database is private to the replay and is removed with it.
public final class Replay {
  /// The commands of the scratch shop; once the replay is over, it looks at it as of the same moment
  /// as the source.
  public let handler: CommandHandler
  /// The keys of its carts, and those that they have in the source.
  public private(set) var keys: [Int64: Int64] = [:]
  /// The event that happens now; nil for what is only of the scratch shop.
  public private(set) var event: Event?

  let source: CommandHandler
  let replacement: Replacement
  private let clock: Clock
  var carts = ReplayedCarts()
  var lists = ReplayedLists()
  private(set) var keeps: (Event, Cart) throws -> Bool = { _, _ in true }
  /// Whether the replay has reached the moment from which rules are replaced.
  private(set) var isSince = false
  /// What happens between two saves.
  private(set) var batch: Run

  /// Numbers of events that the replay left out because their carts differ.
  public var lost: Lost { carts.lost }
  /// The ids of carts whose state differs from the source.
  public var diverged: Set<String> { carts.diverged }
  /// Whether no event was replayed yet.
  public var isEmpty: Bool { carts.targets.isEmpty }

  /// How many events were left out, by what they were.
  public struct Lost: Equatable, Sendable {
    public var changes = 0
    public var orders = 0
  }

  private final class Clock {
    var now: Timestamp

    init(_ now: Timestamp) { self.now = now }
  }

  /// Steps between two commits.
  private static let stepsAtOnce = 5_000
  private static let command = "replay"
  private static let cache = 262_144
  private static let seed: UInt64 = 0x7265_706c_6179

  /// - Parameters:
  ///   - source: is only read.
  ///   - names: the rules and policies whose own doings are left out from `since` on.
  ///   - standing: keys of causes that a person may do again, as they belong to rules that are enforced here.
  public init(
    of source: CommandHandler, since: Timestamp, replacing names: Set<String>,
    standing: Set<String> = []
  ) throws(EngineError) {
    self.source = source
    replacement = Replacement(of: names, since: since, standing: standing)
    let clock = Clock(since)
    self.clock = clock
    // The same numbers each time: the same replay gives the same.
    var random = SeededRandom(seed: Self.seed)
    let store: any Storage
    do {
      store = try source.shop.store.scratch(cache: Self.cache, random: { random.next() })
      // Orders that are only made here get numbers beyond those of the source.
      let number = try source.shop.store.meta(SettingName.nextOrder)
      if !number.isEmpty {
        try store.write(recorded: since) { try $0.set(SettingName.nextOrder, number) }
      }
    } catch { throw EngineError(error) }
    // Of a time before settings were recorded, today's are the best guess.
    let shop = try Shop(
      store: store, settings: source.shop.settings, clock: { clock.now },
      random: { random.next() })
    handler = CommandHandler(shop, actor: .importer, consent: .given)
    handler.hooks.shouldStop = source.hooks.shouldStop
    clock.now = Timestamp(milliseconds: 0)
    batch = handler.begin(Self.command)
    // The event log itself holds carts for the source's own entries.
    handler.holdingEntries = { [weak self] in self?.lists.stated.contains($0.id) == false }
  }

  /// - Parameters:
  ///   - start: called when the moment has come, before the first event after it; it enforces rules.
  ///   - next: called with the time of each event since then, and with that of the end, before it.
  ///   - rules: called with what happened to the source's rules.
  ///   - keeps: whether what another rule did to a cart it does to the cart as it is here.
  public func run(
    start: (Run) throws -> Void, next: (Timestamp) throws -> Void, rules: (Event) -> Void,
    keeps: @escaping (Event, Cart) throws -> Bool
  ) throws {
    self.keeps = keeps
    defer { self.keeps = { _, _ in true } }
    let total = Int(try source.shop.store.lastCart())
    var count = 0
    try source.shop.store.forEachEventByTime { entry in
      if count % 1000 == 0 {
        try source.hooks.checkInterruption()
        source.hooks.onProgress?(carts.targets.count, total)
      }
      count += 1
      let event = entry.event
      if event.at >= replacement.since {
        try passSince(start)
        try next(min(event.at, source.now))
      }
      (clock.now, handler.now) = (event.at, event.at)
      self.event = event
      rules(event)
      try accept(event)
      carts.note(event)
      self.event = nil
      if handler.unit.log.count >= Self.stepsAtOnce { try batch.flush() }
    }
    try passSince(start)
    try next(source.now)
    try handler.shop.use(source.shop.settings)
    try begin(at: source.now)
    for (key, target) in carts.targets { keys[handler.unit.current(target)] = key }
    source.hooks.onProgress?(total, total)
  }

  /// Does work in the scratch shop at a moment, as a run of its own.
  ///
  /// - Parameter body: gives the ids of the carts that it changed.
  public func run(at time: Timestamp, _ body: (Run) throws -> [String]) throws {
    try source.hooks.checkInterruption()
    try begin(at: time)
    carts.diverged.formUnion(try body(batch))
    try begin(at: time)
  }

  /// The scratch shop's key of a cart of the source; nil where it has none.
  public func target(of key: Int64) -> Int64? { carts.targets[key] }

  /// Does work that only reads, as of a moment to come; nothing is saved for it.
  public func asking<T>(at time: Timestamp, _ body: () throws -> T) rethrows -> T {
    let before = (clock.now, handler.now)
    (clock.now, handler.now) = (time, time)
    defer { (clock.now, handler.now) = before }
    return try body()
  }

  private func passSince(_ start: (Run) throws -> Void) throws {
    guard !isSince else { return }
    isSince = true
    try run(at: replacement.since) {
      try start($0)
      return []
    }
  }

  /// Saves what there is and begins anew.
  private func begin(at time: Timestamp) throws {
    _ = try batch.finish()
    clock.now = time
    batch = handler.begin(Self.command)
  }
}
