import CartModel

/// The SQL reading of a filter.
///
/// What SQL cannot say exactly is left to the reading in memory.
struct FilterSQL {
  private(set) var arguments: [Argument] = []
  /// Holds of every cart that matches.
  private(set) var condition = "1"
  /// Whether the condition says all of the filter.
  private(set) var isExact = true
  private let context: FilterContext
  /// Whether the rows have the totals that the filter's settings give.
  private let hasTotals: Bool

  enum Argument: Equatable {
    case int(Int64)
    case text(String)
  }

  /// SQL of a part of a filter: exact, or true of more carts.
  private struct Clause {
    var text: String
    var isExact = true
  }

  init(_ filter: Filter, _ context: FilterContext, hasTotals: Bool = false) {
    self.context = context
    self.hasTotals = hasTotals
    var clauses: [String] = []
    if !filter.namesStatus {
      clauses.append("(" + clause(.active) + " OR " + clause(.abandoned) + ")")
    }
    let clause = clause(filter.expression)
    if let clause, clause.text != "1" { clauses.append(clause.text) }
    isExact = clause?.isExact ?? false
    if !clauses.isEmpty { condition = clauses.joined(separator: " AND ") }
  }

  private mutating func bind(_ value: Int64) -> String {
    arguments.append(.int(value))
    return "?\(arguments.count)"
  }

  private mutating func bind(_ text: String) -> String {
    arguments.append(.text(text))
    return "?\(arguments.count)"
  }

  /// Nil for what SQL can say nothing of.
  private mutating func clause(_ expression: Filter.Expression) -> Clause? {
    switch expression {
    case .all(let parts):
      var (texts, isExact) = ([String](), true)
      for part in parts {
        let clause = clause(part)
        if let clause, clause.text != "1" { texts.append(clause.text) }
        isExact = isExact && clause?.isExact ?? false
      }
      guard !texts.isEmpty else { return isExact ? Clause(text: "1") : nil }
      return Clause(text: texts.joined(separator: " AND "), isExact: isExact)
    case .any(let parts):
      var (texts, isExact) = ([String](), true)
      for part in parts {
        // What may hold of any cart makes the whole hold of any.
        guard let clause = clause(part) else { return nil }
        texts.append("(" + clause.text + ")")
        isExact = isExact && clause.isExact
      }
      return Clause(text: "(" + texts.joined(separator: " OR ") + ")", isExact: isExact)
    case .not(let part):
      guard let clause = clause(part), clause.isExact else { return nil }
      return Clause(text: "NOT (" + clause.text + ")")
    case .test(let test): return clause(test).map { Clause(text: $0) }
    case .word: return nil
    }
  }

  private mutating func clause(_ condition: Filter.Condition) -> String? {
    var parts: [String] = []
    for operand in condition.operands {
      guard let part = clause(condition, operand) else { return nil }
      if part == "1" { return "1" }
      parts.append(part)
    }
    let any = "(" + parts.joined(separator: " OR ") + ")"
    return condition.comparison == .notEqual ? "NOT " + any : any
  }

  private mutating func clause(_ condition: Filter.Condition, _ operand: Filter.Operand)
    -> String?
  {
    switch operand {
    case .anyStatus: return "1"
    case .status(let status): return clause(status)
    case .text(let text):
      if condition.field == .currency {
        return "currency % 1000 = " + bind(Int64(Currency(code: text)?.number ?? 0))
      }
      guard let column = Self.texts[condition.field.name] else { return nil }
      let plain = "ifnull(\(column), '') = \(bind(text)) COLLATE NOCASE"
      let folded = bind(TextFold.folded(text))
      // A text in ASCII folds to its small letters.
      return "(\(plain) OR ifnull(\(column), '') GLOB '*[^ -~]*' AND folded(\(column)) = \(folded))"
    case .number(let number):
      guard let column = Self.numbers[condition.field.name] else { return nil }
      return "\(column) \(sign(condition)) \(bind(number))"
    case .unknown:
      guard let column = Self.numbers[condition.field.name] else { return nil }
      return "\(column) = 0"
    case .span(let span):
      guard condition.field == .idle else { return nil }
      let now = bind(context.now.milliseconds)
      return "max(0, \(now) - touched) \(sign(condition)) \(bind(span))"
    case .time(let time):
      guard let column = Self.times[condition.field.name] else { return nil }
      return clause(column, condition.comparison, time)
    case .amount(let amount):
      guard hasTotals, condition.field == .total else { return nil }
      return AmountSQL.comparison(condition.comparison, with: amount)
    case .glob, .block, .flag: return nil
    }
  }

  /// A day is equal to each moment of it.
  private mutating func clause(
    _ column: String, _ comparison: Filter.Comparison, _ time: TypedTime
  ) -> String {
    let (start, last) = (time.start.milliseconds, time.last.milliseconds)
    switch comparison {
    case .equal, .notEqual, .like:
      return "\(column) BETWEEN \(bind(start)) AND \(bind(last))"
    case .less: return "\(column) < \(bind(start))"
    case .lessOrEqual: return "\(column) <= \(bind(last))"
    case .greater: return "\(column) > \(bind(last))"
    case .greaterOrEqual: return "\(column) >= \(bind(start))"
    }
  }

  private func sign(_ condition: Filter.Condition) -> String {
    switch condition.comparison {
    case .equal, .notEqual, .like: "="
    case .less, .lessOrEqual, .greater, .greaterOrEqual: condition.comparison.rawValue
    }
  }

  private mutating func clause(_ status: Status) -> String {
    let abandoned = context.settings.abandonedAfter.milliseconds
    let expired = context.settings.expiresAfter.milliseconds
    let now = context.now.milliseconds
    switch status {
    case .ordered: return "state = \(Cart.State.ordered.rawValue)"
    case .deleted: return "state = \(Cart.State.deleted.rawValue)"
    case .held: return "state = \(Cart.State.held.rawValue)"
    case .merged: return "state = \(Cart.State.merged.rawValue)"
    case .active:
      return "(state = 0 AND touched >= \(bind(now - min(abandoned, expired))))"
    case .abandoned:
      let (upper, lower) = (bind(now - abandoned), bind(now - expired))
      return "(state = 0 AND touched < \(upper) AND touched >= \(lower))"
    case .expired:
      return "(state = 0 AND touched < \(bind(now - expired)))"
    }
  }

  /// Columns of fields, by the fields' names: texts that may be missing, numbers and times.
  private static let texts = [
    "country": "country", "email": "email", "session": "session", "id": "name", "ip": "ip",
  ]
  private static let numbers = [
    "customer_id": "ifnull(customer, 0)", "quantity": "quantity", "version": "version",
  ]
  private static let times = ["created": "created", "updated": "updated"]
  /// Columns that SQL sorts by as memory does.
  private static let sorts = [
    "updated": "updated", "created": "created", "quantity": "quantity", "version": "version",
    "idle": "-touched", "email": "email", "country": "country", "session": "session", "id": "name",
  ]

  /// What carts say for a field, as text; nil where SQL cannot say it.
  mutating func group(_ field: CartField) -> String? {
    switch field {
    case .currency: return "''"
    case .country, .session, .ip:
      return Self.texts[field.name].map { "ifnull(\($0), '')" }
    case .status:
      let cases = Status.allCases.map { status in
        "WHEN \(clause(status)) THEN '\(status.rawValue)'"
      }
      return "CASE \(cases.joined(separator: " ")) END"
    default: return nil
    }
  }

  /// The order of a filter; nil where SQL cannot sort so.
  func order(_ sort: Filter.Sort) -> String? {
    let direction = sort.descending ? "DESC" : "ASC"
    if hasTotals, sort.field == .total { return AmountSQL.order(direction) + ", id \(direction)" }
    guard let column = Self.sorts[sort.field.name] else { return nil }
    // Only texts can be missing; the others keep their index.
    let missing = Self.texts[sort.field.name] == nil ? "" : "ifnull(\(column), '') = '', "
    return "\(missing)\(column) \(direction), id \(direction)"
  }
}
