import CartModel
import CartStorage
import CartSupport

/// What happened in the shop in a time range, and by whom.
public struct Handover: Sendable {
  /// Nil where the person has changed nothing before: it goes back a day then.
  public var lastSeen: Timestamp?
  public var since: Timestamp
  /// How many imports recorded something since then: they bring history, and are left out.
  public var imports = 0
  /// By person, the busiest first.
  public var work: [Work] = []
  /// What staff, rules and policies did, operation by operation.
  public var operations: [Entry] = []
  /// Carts that are claimed now.
  public var claims: [(cart: String, claim: Claim)] = []

  public struct Work: Sendable {
    /// `shopper`, `staff:anna`, `rule:card-testing`.
    public var who: String
    public var operations = 0
    public var carts = 0
    public var new = 0
    public var changes = 0
    public var ordered = 0
    public var deleted = 0
    public var held = 0
    public var sent = 0
  }

  public struct Entry: Sendable {
    public var operation: Int64
    public var at: Timestamp
    public var who: String
    public var carts: Int
    public var words: String
  }
}

/// Counts events by who did them.
struct HandoverTally {
  /// Whose work is left out.
  let without: String?
  private var byPerson: [String: (work: Handover.Work, carts: Set<Int64>, operations: Set<Int64>)] =
    [:]
  private var order: [Int64] = []
  private var byOperation: [Int64: (entry: Handover.Entry, carts: Set<Int64>, events: Int)] = [:]

  /// How many events of an operation are told one by one.
  private static let told = 3

  init(without: String?) { self.without = without }

  mutating func add(_ event: Event, _ zone: ZoneRules, name: (Int64) throws -> String) rethrows {
    let who = event.actor.person
    guard who != without else { return }
    guard let kind = event.body.traits.handover else { return }
    var (work, carts, operations) = byPerson[who] ?? (Handover.Work(who: who), [], [])
    byPerson[who] = nil
    if event.cart != 0 { carts.insert(event.cart) }
    operations.insert(event.operation)
    switch kind {
    case .new: work.new += 1
    case .ordered: work.ordered += 1
    case .deleted: work.deleted += 1
    case .held: work.held += 1
    case .sent: work.sent += 1
    case .change: work.changes += 1
    }
    byPerson[who] = (work, carts, operations)
    guard !event.actor.isShopper, !["import", "sync"].contains(who) else { return }
    if byOperation[event.operation] == nil {
      order.append(event.operation)
      byOperation[event.operation] = (
        Handover.Entry(operation: event.operation, at: event.at, who: who, carts: 0, words: ""), [],
        0
      )
    }
    guard var (entry, own, events) = byOperation.removeValue(forKey: event.operation) else {
      return
    }
    if event.cart != 0 { own.insert(event.cart) }
    events += 1
    if events <= Self.told {
      let cart =
        event.cart == 0 ? "" : "cart \(printable(String(try name(event.cart).prefix(8)))): "
      entry.words += (entry.words.isEmpty ? "" : "; ") + cart + event.body.words(zone)
    }
    byOperation[event.operation] = (entry, own, events)
  }

  var work: [Handover.Work] {
    byPerson.values.map { item in
      var work = item.work
      (work.carts, work.operations) = (item.carts.count, item.operations.count)
      return work
    }.sorted { ($1.carts, $0.who) < ($0.carts, $1.who) }
  }

  /// The newest first.
  func entries(_ operation: (Int64) throws -> Operation?) rethrows -> [Handover.Entry] {
    try order.reversed().compactMap { id in
      guard let item = byOperation[id] else { return nil }
      var entry = item.entry
      entry.carts = item.carts.count
      if item.events > Self.told {
        let command = try operation(id)?.command ?? ""
        let rest = "\(item.events) events, as \(entry.words)"
        entry.words = command.isEmpty ? rest : printable(String(command.prefix(200)))
      }
      return entry
    }
  }
}
