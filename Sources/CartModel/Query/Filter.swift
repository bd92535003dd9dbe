/// Which carts are meant: an expression that must hold, an order, and how much of them is shown.
///
/// A filter has two readings, SQL (in the store) and `matches` in memory, which agree.
public struct Filter: Equatable, Sendable {
  /// Without tests every cart matches it.
  public var expression = Expression.all([])
  public var sort = Self.newest
  public var limit: Int?
  /// From 1; a page has as many rows as the limit says.
  public var page: Int?
  /// The field that carts are counted by, as it was written.
  public var by: String?
  /// What a list shows; empty for the usual.
  public var columns: [CartField] = []
  /// The moment to look at; nil for now. Both readings leave it to who asks.
  public var at: TypedTime?
  /// The options that were written.
  public internal(set) var given: Set<FilterOption> = []

  /// The order of a filter that names none.
  public static let newest = Sort(field: .updated, descending: true)
  /// How many tests, words, and values of one test there may be: SQLite's limit on the depth of an
  /// expression is 1000.
  static let most = 300
  /// How deep parentheses and `not` may stand in each other.
  static let depth = 50

  public init() {}

  /// - Parameter tests: all must hold.
  public init(_ tests: Condition...) { expression = .all(tests.map(Expression.test)) }

  /// Asks for one more thing.
  public mutating func require(_ other: Expression) {
    if case .all(let parts) = other {
      for part in parts { require(part) }
      return
    }
    if case .all(let parts) = expression {
      expression = .all(parts + [other])
    } else {
      expression = .all([expression, other])
    }
  }

  public mutating func require(_ test: Condition) { require(.test(test)) }

  /// Means carts of every status, where it names none.
  public mutating func allowAnyStatus() {
    if !namesStatus { require(.anyStatus) }
  }

  /// Whether it names a status; without one, active and abandoned carts are meant.
  public var namesStatus: Bool { expression.tests.contains { $0.field == .status } }

  /// `status=any`.
  public var allowsAnyStatus: Bool {
    expression.tests.contains { $0.operands.contains(.anyStatus) }
  }

  /// Whether it asks for nothing but perhaps any status.
  public var isPlain: Bool {
    guard case .all(let parts) = expression else { return false }
    return parts.allSatisfy { $0 == .anyStatus }
  }

  public struct Sort: Equatable, Sendable {
    public var field: CartField
    public var descending: Bool

    public init(field: CartField, descending: Bool) {
      self.field = field
      self.descending = descending
    }
  }

  /// What must hold of a cart.
  public indirect enum Expression: Equatable, Sendable {
    /// All of them; of none, every cart.
    case all([Expression])
    /// At least one of them.
    case any([Expression])
    case not(Expression)
    case test(Condition)
    /// Must stand in one of the texts that are searched.
    case word(String)

    /// `status=any`.
    public static let anyStatus = Expression.test(.init(.status, .equal, [.anyStatus]))

    /// Its tests, wherever they stand.
    public var tests: [Condition] {
      switch self {
      case .all(let parts), .any(let parts): parts.flatMap(\.tests)
      case .not(let part): part.tests
      case .test(let test): [test]
      case .word: []
      }
    }

    /// Its words, wherever they stand.
    public var words: [String] {
      switch self {
      case .all(let parts), .any(let parts): parts.flatMap(\.words)
      case .not(let part): part.words
      case .test: []
      case .word(let word): [word]
      }
    }
  }

  /// A field compared with values.
  public struct Condition: Equatable, Sendable {
    public var field: CartField
    public var comparison: Comparison
    /// Any of these, with `!=` none of them; for an ordering comparison, one.
    public var operands: [Operand]

    public init(_ field: CartField, _ comparison: Comparison, _ operands: [Operand]) {
      self.field = field
      self.comparison = comparison
      self.operands = operands
    }
  }

  public enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "~"

    /// Whether it compares the order of values.
    var isOrder: Bool {
      switch self {
      case .less, .lessOrEqual, .greater, .greaterOrEqual: true
      case .equal, .notEqual, .like: false
      }
    }
  }

  /// A value to compare with, of the field's kind.
  public enum Operand: Equatable, Sendable {
    case text(String)
    case glob(Glob, String)
    case block(AddressBlock, String)
    case number(Int64)
    case amount(UnitPrice)
    /// Milliseconds.
    case span(Int64)
    case time(TypedTime)
    case status(Status)
    case anyStatus
    case flag(Bool)
    /// An amount or number that is not known.
    case unknown
  }
}
