import CartModel
import CartStorage
import CartSupport

/// What a run would do, worked out and not done.
public struct Plan: Sendable {
  /// Names the plan: an event of it is in the event log at most once.
  public var key: String
  public var made: Timestamp
  public var actor: Actor
  /// What was typed or run.
  public var command: String
  public var reason: String
  /// The settings that it was worked out with, as the event log records them.
  public var settings: String
  /// Digests of the rule files, by name.
  public var rules: [String: String]
  /// What its events belong to: the run itself, and the operations it undid or redid.
  public var groups: [Group]
  public var changes: [PlannedChange]
  /// Why carts of a bulk run were left out.
  public var failures: [String] = []
  /// The events of each change.
  package var steps: [[PlannedStep]]

  public struct Group: Equatable, Sendable {
    public var kind: Operation.Kind
    public var command: String
    /// For undo and redo, the stable name of the operation.
    public var target: String

    package init(kind: Operation.Kind, command: String, target: String) {
      (self.kind, self.command, self.target) = (kind, command, target)
    }
  }

  package init(
    key: String, made: Timestamp, actor: Actor, command: String, reason: String, settings: String,
    rules: [String: String], groups: [Group], changes: [PlannedChange] = [],
    failures: [String] = [], steps: [[PlannedStep]] = []
  ) {
    (self.key, self.made, self.actor) = (key, made, actor)
    (self.command, self.reason) = (command, reason)
    (self.settings, self.rules, self.groups) = (settings, rules, groups)
    (self.changes, self.failures, self.steps) = (changes, failures, steps)
  }

  public var events: Int { changes.reduce(0) { $0 + $1.events } }
  public var orders: Int { changes.reduce(0) { $0 + $1.orders.count } }
  public var mails: Int { changes.reduce(0) { $0 + $1.mails.count } }

  /// What all totals change by, in each currency.
  public var difference: [MoneySum] {
    var sums = MoneySums()
    for change in changes {
      if let before = change.before { sums.subtract(before) }
      if let after = change.after { sums.add(after) }
    }
    return sums.amounts
  }
}

/// What a plan does to one cart.
public struct PlannedChange: Equatable, Sendable {
  /// The cart's public id.
  public var cart: String
  /// The version that it was worked out from; 0 for a new cart.
  public var version: Int64
  /// The version of a cart whose state before was itself not saved: such a change cannot be applied.
  package static let unsaved: Int64 = -1
  /// The total before; nil for a new cart, or one that is out of range.
  public var before: Money?
  /// The total after; nil for a cart that is out of range.
  public var after: Money?
  public var lines: [LineChange]
  /// What changes beside lines, in words.
  public var others: [String]
  /// Numbers of the orders to come.
  public var orders: [String]
  /// Whom mails will go to.
  public var mails: [String]
  public var events: Int

  package init(
    cart: String, version: Int64, before: Money?, after: Money?, lines: [LineChange],
    others: [String], orders: [String], mails: [String], events: Int
  ) {
    (self.cart, self.version) = (cart, version)
    (self.before, self.after, self.lines) = (before, after, lines)
    (self.others, self.orders, self.mails, self.events) = (others, orders, mails, events)
  }

  public struct LineChange: Equatable, Sendable {
    public var line: String
    public var sku: String
    public var name: String
    public var price: String
    /// Pieces; 0 where it is not there.
    public var before: Int64
    public var after: Int64

    package init(
      line: String, sku: String, name: String, price: String, before: Int64, after: Int64
    ) {
      (self.line, self.sku, self.name, self.price) = (line, sku, name, price)
      (self.before, self.after) = (before, after)
    }

    /// `MUG-01: 2 → 5`, `+ 2 × MUG-01`, `− 2 × MUG-01`.
    public var words: String {
      if before == 0 { return "+ \(after) × \(printable(sku))" }
      if after == 0 { return "− \(before) × \(printable(sku))" }
      return "\(printable(sku)): \(before) → \(after)"
    }
  }

  /// All of it in one line.
  public var words: String { (lines.map(\.words) + others).joined(separator: "; ") }
}

/// One step of a plan on one cart.
package struct PlannedStep: Sendable {
  /// Its place among the plan's groups.
  package var group: Int
  package var events: [EventBody]
}

extension PlannedChange {
  init(before: Cart?, after: Cart, events: [EventBody], _ settings: StoreSettings) {
    cart = after.id
    version = before?.version ?? 0
    self.before = before.flatMap { try? $0.price(settings).total }
    self.after = try? after.price(settings).total
    lines = Self.lines(before?.lines ?? [], after.lines, after.currency)
    self.events = events.count
    (others, orders, mails) = ([], [], [])
    for event in events {
      if event.lineChange != nil || event.isMark { continue }
      if let order = event.orderRecord {
        orders.append(order.id)
        others.append("order \(printable(order.id)) to come")
      } else if case .declared(.sent(let mail)) = event {
        mails.append(mail.to)
        others.append("mail to \(printable(mail.to)) to come")
      } else {
        others.append(event.words)
      }
    }
    for line in after.lines {
      guard let old = before?.lines.first(where: { $0.id == line.id }), old.price != line.price
      else { continue }
      others.append(
        "price of \(printable(line.sku)): \(old.price.text(after.currency)) → "
          + line.price.text(after.currency))
    }
  }

  private static func lines(_ before: [Line], _ after: [Line], _ currency: Currency) -> [LineChange]
  {
    func change(_ line: Line, _ from: Int64, _ to: Int64) -> LineChange {
      LineChange(
        line: line.id, sku: line.sku, name: line.name, price: line.price.text(currency),
        before: from, after: to)
    }
    var changes: [LineChange] = []
    for line in before {
      let now = after.first { $0.id == line.id }
      if now?.quantity != line.quantity {
        changes.append(change(line, line.quantity, now?.quantity ?? 0))
      }
    }
    for line in after where !before.contains(where: { $0.id == line.id }) {
      changes.append(change(line, 0, line.quantity))
    }
    return changes
  }
}
