import CartEngine
import CartModel
import CartStorage

/// Keeps a shop's carts as their store has them: hands out what is due, and takes in what the store
/// answers, in one short transaction for all answers that are there.
///
/// It is confined to the thread that opened the shop.
public final class SyncLoop {
  /// Does work as a run of `sync`, and saves it.
  public typealias Perform = ((Run) throws -> Void) throws -> Outcome

  let store: ConnectedStore
  let inbox: any Inbox
  let shop: Shop
  public let figures: SyncFigures
  private let options: SyncOptions
  private let perform: Perform
  private let workers: LookWorkers
  private var passes: SyncPasses
  private var pace = SyncPace()
  private var underWay: Set<LookSubject> = []
  /// Told what went wrong, a line each; without personal data.
  public var log: (String) -> Void = { _ in }

  public init(
    _ store: ConnectedStore, _ inbox: any Inbox, _ shop: Shop,
    options: SyncOptions = SyncOptions(), figures: SyncFigures = SyncFigures(),
    perform: @escaping Perform
  ) {
    (self.store, self.inbox, self.shop) = (store, inbox, shop)
    (self.options, self.figures, self.perform) = (options, figures, perform)
    workers = LookWorkers(store, count: options.workers)
    passes = SyncPasses(inbox, shop, options)
  }

  /// Ends a wait of ``turn(wait:)``; any thread may call it.
  public var nudge: @Sendable () -> Void { workers.nudge }

  /// Why nothing is asked of the store; nil while it is.
  public var stopped: String? { pace.stopped }

  /// Notes that the service runs; after a longer absence all carts are read anew.
  public func begin() throws {
    let now = shop.now()
    var change = InboxChange()
    let alive = try inbox.value(SyncPasses.Key.alive).flatMap { Int64($0) }
    if now.milliseconds - (alive ?? 0) > options.longestAbsence {
      change.values.append((SyncPasses.Key.reread, String(now.milliseconds)))
    }
    change.values.append((SyncPasses.Key.alive, String(now.milliseconds)))
    try inbox.write(change, at: now)
  }

  /// Notes that the service runs still.
  public func noteAlive() throws {
    var change = InboxChange()
    change.values = [(SyncPasses.Key.alive, String(shop.now().milliseconds))]
    try inbox.write(change, at: shop.now())
  }

  /// When the last pass of this name began that was finished; nil where none was.
  public func since(_ pass: String) throws -> Timestamp? {
    guard let pass = SyncPage.Pass(rawValue: pass) else { return nil }
    return try inbox.value(SyncPasses.Key.since(pass)).flatMap { Int64($0) }
      .map { Timestamp(milliseconds: $0) }
  }

  /// Notes that hooks may have been missed: all carts are read anew.
  public func reread() throws {
    var change = InboxChange()
    change.values.append((SyncPasses.Key.reread, String(shop.now().milliseconds)))
    try inbox.write(change, at: shop.now())
  }

  /// Begins a pass over all records that changed since a moment, unless one is under way.
  public func beginPass(_ name: String, since: Timestamp?) throws {
    guard let pass = SyncPage.Pass(rawValue: name) else { return }
    let page = SyncPage(pass, since: since, began: shop.now())
    guard try inbox.look(of: page.subject) == nil else { return }
    var change = InboxChange()
    change.hints.append(page.hint(.changed))
    try inbox.write(change, at: shop.now())
  }

  /// One turn: takes in what was answered, and hands out what is due.
  ///
  /// - Parameter wait: how long it waits for answers or a nudge where nothing else is to do;
  ///   milliseconds.
  /// - Returns: whether anything was handed out or taken in.
  /// - Throws: what reading and writing the inbox throws; nothing is lost, and the next turn goes on.
  @discardableResult
  public func turn(wait: Int64) throws -> Bool {
    let handedOut = try handOut()
    let results = workers.finished(wait: handedOut && workers.count == 0 ? 0 : wait)
    try take(results)
    return handedOut || !results.isEmpty
  }

  /// Takes in what is under way, and ends.
  public func stop() throws { try take(workers.stop()) }

  // MARK: Handing out

  private func handOut() throws -> Bool {
    let now = shop.now()
    let change = try passes.due(at: now)
    if !change.isEmpty { try inbox.write(change, at: now) }
    let free = max(workers.count, 1) - underWay.count
    guard free > 0, !pace.isPaused(at: now) else { return false }
    let shown = try lookedAt(now)
    let due = try inbox.due(at: now, limit: free + underWay.count)
    var known = underWay
    // Carts on a screen come first, but behind those that were asked for by name.
    let ordered =
      due.filter { $0.rank == .screen } + shown + due.filter { $0.rank != .screen }
    let next = ordered.filter { known.insert($0.subject).inserted }.prefix(free)
    for look in next {
      underWay.insert(look.subject)
      workers.submit(look)
    }
    return !next.isEmpty
  }

  /// Looks that are due at carts that are on a screen.
  private func lookedAt(_ now: Timestamp) throws -> [DueLook] {
    guard let words = try inbox.value(InboxName.screen)?.split(separator: " "),
      let time = words.first.flatMap({ Int64($0) }),
      now.milliseconds - time < Self.screenTime
    else { return [] }
    return try words.dropFirst().prefix(InboxName.mostOnScreen).compactMap {
      try inbox.look(of: .cart(String($0)))
    }.filter { $0.due <= now }
  }

  /// A screen is drawn again at least once a minute; milliseconds.
  private static let screenTime: Int64 = 90_000

  // MARK: Taking in

  private func take(_ results: [LookResult]) throws {
    guard !results.isEmpty else { return }
    defer { for result in results { underWay.remove(result.look.subject) } }
    let now = shop.now()
    var (change, answers) = (InboxChange(), [(DueLook, LookAnswer)]())
    for result in results {
      switch result.answer {
      case .failure(let error): fail(result.look, error, at: now, &change)
      case .success(let answer): answers.append((result.look, answer))
      }
    }
    let wasStopped = figures.values.stopped
    if !answers.isEmpty {
      pace.answered()
      record(answers, at: now, &change)
    }
    if pace.stopped != wasStopped {
      figures.stopped(pace.stopped)
      change.values.append((InboxName.stopped, pace.stopped ?? ""))
      log(
        pace.stopped.map { "requests to the store are paused: \($0)" } ?? "the store answers again")
    }
    if !change.isEmpty { try inbox.write(change, at: now) }
  }

  private func fail(
    _ look: DueLook, _ error: StorefrontError, at now: Timestamp, _ change: inout InboxChange
  ) {
    switch pace.verdict(on: error, look, at: now) {
    case .keep: return
    case .postpone(let until):
      figures.count(.failed)
      change.postponed.append((look, until))
      // What goes on being wrong is said once.
      if look.tries == 0 { log("\(words(look, error.message)); asked again later") }
    case .drop(let reason):
      figures.ignore(reason)
      change.served.append(look)
    }
  }

  /// What went wrong, with what it was about.
  private func words(_ look: DueLook, _ message: String) -> String {
    message.contains(look.subject.name)
      ? message : "\(look.subject.kind) \(look.subject.name): \(message)"
  }

  /// Saves what was answered; what cannot be saved stays due.
  private func record(
    _ answers: [(DueLook, LookAnswer)], at now: Timestamp, _ change: inout InboxChange
  ) {
    var served = InboxChange()
    var failed: [DueLook] = []
    do {
      let outcome = try perform { run in
        let intake = SyncIntake(store.carts.name, inbox, run, figures, log: log)
        for (look, answer) in answers {
          do {
            try run.attempt { try intake.take(answer, of: look, &served) }
            served.served.append(look)
          } catch {
            // What one cart shows must not keep the others from being taken in.
            failed.append(look)
            log(words(look, "\(error)"))
          }
        }
      }
      if let failure = outcome.failures.first {
        // Another writer was first: a new look shows what is.
        log("\(failure.message); looked at again")
        failed += served.served
        served = InboxChange()
      }
    } catch {
      log("nothing was saved: \(error)")
      (failed, served) = (answers.map(\.0), InboxChange())
    }
    change.served += served.served
    change.hints += served.hints
    change.values += served.values
    change.settledReports += served.settledReports
    figures.count(.failed, Int64(failed.count))
    for look in failed {
      change.postponed.append((look, now.advanced(by: SyncPace.backOff(look))))
    }
  }
}
