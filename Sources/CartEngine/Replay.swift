import CartModel
import CartStore
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
  /// What could not happen any more.
  public private(set) var lost = Lost()

  private let source: CommandHandler
  private let since: Timestamp
  private let names: Set<String>
  private let standing: Set<String>
  /// The actors of those names.
  private let replaced: Set<Actor>
  private let clock: Clock
  /// The scratch shop's key of each cart of the source.
  private var targets: [Int64: Int64] = [:]
  /// Operations that undo or redo others.
  private var compensating: Set<Int64> = []
  /// The ids of carts that were held here until a person restored or deleted them.
  private var released: Set<String> = []
  /// How carts of the source stand by now that are not open.
  private var there: [Int64: Cart.State] = [:]
  /// The ids of carts that came to stand otherwise than in the source.
  public private(set) var diverged: Set<String> = []
  /// The event that happens now; nil for what is only of the scratch shop.
  public private(set) var event: Event?
  /// The ids of entries of the lists that the source has.
  private var stated: Set<String> = []
  /// Those of them that did not come about here.
  private var unmade: Set<String> = []
  /// Where the ban of a verdict stands that was left out.
  private var leftOut: (operation: Int64, seq: Int64) = (0, 0)
  private var keeps: (Event, Cart) throws -> Bool = { _, _ in true }
  private var isSince = false
  /// What happens between two saves.
  private var batch: Run

  /// Whether nothing has happened yet.
  public var isEmpty: Bool { targets.isEmpty }

  /// Numbers of events that were left out because of how their carts came to stand.
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
    (self.source, self.since) = (source, since)
    (self.names, self.standing) = (names, standing)
    replaced = Set(names.flatMap { [Actor.rule($0), .policy($0)] })
    let clock = Clock(since)
    self.clock = clock
    // The same numbers each time: the same replay gives the same.
    var random = SeededRandom(seed: Self.seed)
    let store: CartStore
    do {
      store = try CartStore.open(.scratch, cache: Self.cache, random: { random.next() })
      // Orders that are only made here get numbers beyond those of the source.
      let number = try source.shop.store.meta("next_order")
      if !number.isEmpty {
        try store.write(recorded: since) { try $0.set("next_order", number) }
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
    // What the others hold, the event log tells.
    handler.holdingEntries = { [weak self] in self?.stated.contains($0.id) == false }
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
        source.hooks.onProgress?(targets.count, total)
      }
      count += 1
      let event = entry.event
      if event.at >= since {
        try passSince(start)
        try next(min(event.at, source.now))
      }
      (clock.now, handler.now) = (event.at, event.at)
      self.event = event
      rules(event)
      try accept(event)
      if let state = event.body.state { there[event.cart] = state == .open ? nil : state }
      self.event = nil
      if handler.unit.log.count >= Self.stepsAtOnce { try batch.flush() }
    }
    try passSince(start)
    try next(source.now)
    try handler.shop.use(source.shop.settings)
    try begin(at: source.now)
    for (key, target) in targets { keys[handler.unit.current(target)] = key }
    source.hooks.onProgress?(total, total)
  }

  /// Does work in the scratch shop at a moment, as a run of its own.
  ///
  /// - Parameter body: gives the ids of the carts that it changed.
  public func run(at time: Timestamp, _ body: (Run) throws -> [String]) throws {
    try source.hooks.checkInterruption()
    try begin(at: time)
    diverged.formUnion(try body(batch))
    try begin(at: time)
  }

  /// The scratch shop's key of a cart of the source; nil where it has none.
  public func target(of key: Int64) -> Int64? { targets[key] }

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
    try run(at: since) {
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

  // MARK: One event

  private func accept(_ event: Event) throws {
    guard event.cart != 0 else { return try accept(loose: event) }
    if isSince, let entry = try entry(event.cart), isLeftOut(event, entry.cart) {
      diverged.insert(entry.cart.id)
      if case .cartHeld = event.body, entry.cart.state == .deleted {
        // Undo brought it back as it had been, which was held.
        let restored = EventBody.cartRestored(before: .deleted, judge: false)
        try admission.admit(.recorded(restored), to: entry, from: origin(event))
      }
      // It was asked then, by a pass or for an order; so are the rules that replace it.
      return try judge(entry)
    }
    // What came of it are events of their own, which nobody judges.
    if event.body.isMark {
      compensating.insert(event.operation)
      return
    }
    if event.body.type == .cartCreated {
      try create(event)
    } else {
      guard let entry = try entry(event.cart) else { return }
      guard !diverged.contains(entry.cart.id) || canHappen(event, to: entry.cart) else {
        count(lost: event)
        return
      }
      if isSince, entry.cart.state == .open, try !keeps(event, entry.cart) {
        leftOut = (event.operation, event.seq + 1)
        diverged.insert(entry.cart.id)
        return
      }
      if isSince, entry.cart.state == .held, let state = event.body.state, state != .held {
        released.insert(entry.cart.id)
      }
      try admission.admit(.recorded(event.body), to: entry, from: origin(event))
      try judge(entry, after: event)
    }
    handler.reader.revision += 1
  }

  private func create(_ event: Event) throws {
    guard targets[event.cart] == nil, let name = try source.shop.store.cart(event.cart)?.id else {
      return
    }
    let entry = admission.create(
      name, Decided([event.body]), of: .recorded(event.body), from: origin(event))
    targets[event.cart] = entry.cart.key
    try judge(entry, after: event)
  }

  private func judge(_ entry: UnitOfWork.Entry, after event: Event) throws {
    guard isSince, event.body.isJudged, !compensating.contains(event.operation) else { return }
    try judge(entry)
  }

  private func judge(_ entry: UnitOfWork.Entry) throws {
    let version = entry.cart.version
    try batch.guard.judge(entry)
    if entry.cart.version != version { diverged.insert(entry.cart.id) }
  }

  private func accept(loose event: Event) throws {
    switch event.body.ofShop {
    case .entryAdded(let entry):
      stated.insert(entry.id)
      guard !isSince || !replaced.contains(event.actor), leftOut != (event.operation, event.seq)
      else {
        unmade.insert(entry.id)
        return
      }
      unmade.remove(entry.id)
      admission.add(loose: [event.body], from: origin(event))
    case .entryRemoved(let entry):
      guard !isSince || !replaced.contains(event.actor) else { return }
      // A person took it off: so is what came about here in its place.
      let meant = unmade.contains(entry.id) ? try handler.unit.entries(about: entry) : [entry]
      for entry in meant { admission.add(loose: [.entryRemoved(entry)], from: origin(event)) }
    case .settings(let text):
      if !text.isEmpty { try handler.shop.use(try StoreSettings(json: text)) }
      admission.add(loose: [event.body], from: origin(event))
      handler.shop.recorded(text)
    case .product, .customer:
      admission.add(loose: [event.body], from: origin(event))
    // The replay is asked which rules to enforce.
    case .rule, nil: break
    }
  }

  private var admission: Admission { batch.admission }

  private func origin(_ event: Event) -> Admission.Origin {
    Admission.Origin(batch.slots.current, actor: event.actor, at: event.at)
  }

  private func entry(_ key: Int64) throws -> UnitOfWork.Entry? {
    try targets[key].flatMap { try handler.unit.entry($0) }
  }

  private func isLeftOut(_ event: Event, _ cart: Cart) -> Bool {
    if replaced.contains(event.actor) { return true }
    guard let cause = event.body.cause else { return false }
    if event.body.isFlag { return names.contains(cause.rule) }
    // Undo of what ended a hold, where it ended one here.
    if compensating.contains(event.operation), released.contains(cart.id) { return false }
    if cause.rule == ListEntry.List.blacklist.name { return unmade.contains(cause.source) }
    // A person did its verdict again.
    return names.contains(cause.rule) && !standing.contains(cause.key)
  }

  private func count(lost event: Event) {
    guard event.actor.isShopper || event.body.isFinal else { return }
    if event.body.orderRecord != nil { lost.orders += 1 } else { lost.changes += 1 }
  }

  /// Whether what happened can still happen to a cart that came to stand otherwise: what did happen to
  /// one that was held, ordered or deleted can, where this one is so as well.
  private func canHappen(_ event: Event, to cart: Cart) -> Bool {
    let need = event.body.traits.need
    if need == .open, cart.state == there[event.cart] { return true }
    return cart.meets(need)
      && (need != .order || cart.order?.id == event.body.changedOrder)
  }
}
