import CartModel
import CartStorage

/// Entries of lists, texts of rules and their latest decisions in memory.
struct RuleMemory: Sendable {
  struct Place: Hashable, Comparable, Sendable {
    var rule: ExactText
    var cart: Int64

    static func < (one: Place, other: Place) -> Bool {
      (one.rule, one.cart) < (other.rule, other.cart)
    }
  }

  struct Latest: Sendable {
    var decision: Decision
    var at: Timestamp
  }

  private(set) var entries: [ExactText: ListEntry] = [:]
  /// Changes whenever an entry does.
  private(set) var listsRevision: Int64 = 0
  var sources: [ExactText: String] = [:]
  private(set) var decisions: [Place: Latest] = [:]

  mutating func save(_ entry: ListEntry) {
    entries[ExactText(entry.id)] = entry
    listsRevision += 1
  }

  mutating func remove(_ entry: ListEntry) {
    entries[ExactText(entry.id)] = nil
    listsRevision += 1
  }

  mutating func save(_ decision: Decision, on cart: Int64, at time: Timestamp) {
    let place = Place(rule: ExactText(decision.rule), cart: cart)
    decisions[place] = Latest(decision: decision, at: time)
  }

  /// All entries, by their ids.
  var sortedEntries: [ListEntry] { entries.sorted { $0.key < $1.key }.map(\.value) }

  func decisions(of rule: String) -> [Latest] {
    decisions.filter { $0.key.rule == ExactText(rule) }.map(\.value)
  }
}
