import CartEngine
import CartModel
import CartStorage

/// Takes in what a store answered, within a run.
struct SyncIntake {
  private let observer: Observer
  private let inbox: any Inbox
  private let run: Run
  private let figures: SyncFigures
  private let log: (String) -> Void

  /// - Parameter log: told of records that cannot be kept.
  init(
    _ storefront: String, _ inbox: any Inbox, _ run: Run, _ figures: SyncFigures,
    log: @escaping (String) -> Void
  ) {
    observer = run.observer(of: storefront)
    (self.inbox, self.run, self.figures, self.log) = (inbox, run, figures, log)
  }

  /// How long a look-up may lag; milliseconds.
  private static let lag: Int64 = 10_000

  /// - Parameter change: what the inbox is told when it is saved.
  func take(_ answer: LookAnswer, of look: DueLook, _ change: inout InboxChange) throws {
    let name = look.subject.name
    switch answer {
    case .cart(let seen):
      figures.count(.looks)
      var observer = observer
      // A person is told as of when; for all others a minute is near enough.
      if look.rank == .screen { observer.lookInterval = Span(milliseconds: 0) }
      let result = try observer.observe(name, seen, isSweep: look.rank == .sweep)
      count(result)
      // A look-up may lag behind the hook that says that there is news.
      // Who asked for it by name sees the answer, and asks again.
      if look.rank == .new || look.rank == .changed, seen.isThere,
        result == .late || result == .unchanged
      {
        change.hints.append(LookHint(.cart(name), .sweep, patience: Self.lag))
      }
      try takeReports(of: name, &change)
      switch seen {
      case .gone(.ordered(let order, _)) where !order.isEmpty:
        // The look says that it was ordered; the order says what, and for how much.
        change.hints.append(LookHint(LookSubject(.order, order), .changed))
      case .gone(.merged(let into)) where !into.isEmpty:
        change.hints.append(LookHint(.cart(into), .changed))
      default: break
      }
    case .order(let order): try keep { try observer.observe(order: order) }
    case .products(let products):
      for product in products { try keep { try observer.observe(product: product) } }
    case .token(let cart): change.hints.append(LookHint(.cart(cart), .changed))
    case .page(let page, let records): try take(records, of: page, &change)
    case .none:
      if look.subject.kind == .report { try takeReports(of: name, &change) }
    }
  }

  private func take(
    _ records: SyncPage.Records, of page: SyncPage, _ change: inout InboxChange
  ) throws {
    switch records {
    case .orders(let found):
      for order in found.records { try keep { try observer.observe(order: order) } }
    case .products(let found):
      for product in found.records { try keep { try observer.observe(product: product) } }
    case .customers(let found):
      for customer in found.records { try keep { try observer.observe(customer: customer) } }
    }
    figures.count(.records, Int64(records.count))
    if records.leftOut > 0 { figures.ignore("\(page.pass.rawValue)_left_out") }
    if let next = records.next {
      change.hints.append(page.page(next).hint())
    } else {
      change.values.append((SyncPasses.Key.since(page.pass), String(page.began.milliseconds)))
    }
  }

  /// Takes a record in; one that contradicts what is known is said, and keeps no other one away.
  ///
  /// - Throws: what would be thrown for any other record too.
  private func keep(_ observe: () throws -> Observer.Result) throws {
    do {
      count(try run.attempt { try observe() })
    } catch let error as EngineError where !error.endsRun {
      figures.ignore("record_\(error.code)")
      log(error.message)
    }
  }

  /// Reports of a cart that is known; those of others wait for it.
  private func takeReports(of cart: String, _ change: inout InboxChange) throws {
    let reports = try inbox.reports(of: cart)
    guard !reports.isEmpty else { return }
    var isKnown = false
    for report in reports {
      guard let result = try observer.report(cart, report.fields, at: report.at) else { continue }
      isKnown = true
      count(result)
    }
    if isKnown { change.settledReports.append(cart) }
  }

  private func count(_ result: Observer.Result) {
    switch result {
    case .unchanged: figures.count(.unchanged)
    case .late: figures.count(.late)
    case .changed: figures.count(.applied)
    }
  }
}

extension Seen {
  fileprivate var isThere: Bool { if case .cart = self { true } else { false } }
}
