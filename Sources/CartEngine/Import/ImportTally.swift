import CartModel

/// The numbers of an import while it runs.
struct ImportTally {
  var report = ImportReport()
  private var imported = [Int](repeating: 0, count: 256)
  private var reasons: [String: RejectKind] = [:]
  private var written = Batch.Written()
  private let began: Timestamp

  init(began: Timestamp) { self.began = began }

  /// Counts an event that was imported.
  mutating func count(_ incoming: IncomingEvent) {
    let event = incoming.event
    imported[Int(event.type.rawValue)] += 1
    report.ahead.add(event.at, now: began)
    for key in incoming.unread { report.ignored.add(key, of: event.type) }
    // A reason belongs to an operation, and those of one import are told apart by their groups.
    if !event.reason.isEmpty, event.group.isEmpty {
      report.ignored.add(
        .init("reason", hint: "; a reason is kept for events that have a group"), of: event.type)
    }
  }

  /// Takes an event out of the count that was not written.
  mutating func forget(_ type: EventType) { imported[Int(type.rawValue)] -= 1 }

  /// Counts what was saved of the imported events, and beside them.
  mutating func add(_ batch: Batch.Written) {
    written.made.merge(batch.made, uniquingKeysWith: +)
    written.operations.merge(batch.operations, uniquingKeysWith: +)
  }

  /// Counts a line that cannot be imported.
  ///
  /// - Parameter kind: what rejects of one reason share; nil for the reason without what it quotes.
  mutating func reject(_ reason: String, kind: String?) {
    report.rejects += 1
    let shown = RejectKind.shown(kind ?? RejectKind.unquoted(reason))
    reasons[kind == nil ? RejectKind.key(shown) : shown, default: RejectKind()].add(shown)
  }

  /// Counts the IPs and e-mails that lists and rules will not know.
  mutating func countUnchecked(_ events: [EventBody]) {
    for event in events {
      if let changes = event.identity { report.unchecked.add(changes) }
    }
  }

  func summary(_ operation: Int64?) -> ImportReport {
    var report = report
    report.saved.own = operation
    report.saved.counts = written.operations
    for type in EventType.allCases where imported[Int(type.rawValue)] > 0 {
      report.imported[type.name] = imported[Int(type.rawValue)]
    }
    for (type, count) in written.made { report.saved.made[type.name] = count }
    report.reasons = reasons.map { ($0.value.text ?? $0.key, $0.value.count) }.sorted {
      $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0
    }
    return report
  }
}
