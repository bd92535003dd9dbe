import CartModel

/// A report's figures, before they become a table, CSV, JSON or HTML.
public struct ReportTable: Equatable, Sendable {
  public var name: String
  public var title: String
  public var asOf: Timestamp
  public var scope = ReportScope()
  public var columns: [Column]
  public var rows: [[Cell]]
  /// One cell a column, or none.
  public var totals: [Cell]
  /// What a reader must know beside the figures: that they do not balance, what was left out.
  public var notes: [String] = []
  /// The carts behind the figures, row by row; nil where they are no carts.
  public var drill: Drill?
  public var chart: Chart?
  /// Columns that a span before is compared in, by name.
  public var comparable: [String] = []
  /// Whether its rows are times that follow each other.
  public var isByTime = false
  /// What rows mean that are no groups: name and definition.
  public var definitions: [Definition] = []

  public struct Definition: Equatable, Sendable {
    public var name: String
    public var about: String
  }

  public struct Column: Equatable, Sendable {
    public var name: String
    /// `text`, `id` (a text that is never cut), `integer`, `number`, `money`, `percent` or `time`.
    public var type: String
    /// What the figure is: its definition.
    public var about: String

    public init(_ name: String, _ type: String = "text", _ about: String = "") {
      self.name = name
      self.type = type
      self.about = about
    }

    public var isNumeric: Bool { !["text", "id", "time"].contains(type) }
  }

  public enum Cell: Equatable, Sendable {
    case empty
    case text(String)
    case integer(Int64)
    /// A number in its shortest decimal text.
    case number(String)
    case money(Money)
    case percent(Percent)
    case time(Timestamp)

    /// Of an amount; nil for anything else.
    var currency: Currency? {
      if case .money(let money) = self { money.currency } else { nil }
    }

    /// The cell as plain text; times in UTC.
    public var text: String {
      switch self {
      case .empty: ""
      case .text(let text): text
      case .integer(let number): String(number)
      case .number(let number): number
      case .money(let money): money.description
      case .percent(let percent): percent.description
      case .time(let time): time.description
      }
    }
  }

  public init(
    name: String, title: String, asOf: Timestamp, columns: [Column], rows: [[Cell]],
    totals: [Cell] = []
  ) {
    self.name = name
    self.title = title
    self.asOf = asOf
    self.columns = columns
    self.rows = rows
    self.totals = totals
  }
}

extension ReportTable {
  /// Keeps its first rows, and says how many it leaves out.
  mutating func cut(to limit: Int) {
    guard rows.count > limit else { return }
    notes.append("\(rows.count - limit) more rows; leave out limit= to see them")
    rows = Array(rows.prefix(limit))
    if let rows = drill?.rows { drill?.rows = Array(rows.prefix(limit)) }
  }
}
