import CartModel

/// Figures that carts add up to, by key, with what each cart added.
///
/// What is shown and what can be opened is one thing: the sums are made here and nowhere else.
struct Tally<Key: Hashable> {
  /// How many figures a cart adds to.
  let width: Int
  private(set) var rows: [Key: Row] = [:]

  struct Row {
    var sums: [CheckedSum]
    var carts = DrillRow()
  }

  init(width: Int) { self.width = width }

  /// - Parameter values: what the cart adds to each figure; one cart adds to one key once.
  mutating func add(_ key: Key, _ cart: Int64, _ values: [Int64]) {
    var row = self[key]
    rows[key] = nil
    for index in 0..<width { row.sums[index] += values[index] }
    row.carts.carts.append(cart)
    row.carts.values += values
    rows[key] = row
  }

  subscript(_ key: Key) -> Row { rows[key] ?? Row(sums: Array(repeating: .init(), count: width)) }

  /// Calls `body` with each cart of the rows that a key's test takes, and what it adds to a figure.
  func forEach(_ place: Int, where isMeant: (Key) -> Bool, _ body: (Int64, Int64) -> Void) {
    for (key, row) in rows where isMeant(key) {
      for (index, cart) in row.carts.carts.enumerated() {
        body(cart, row.carts.values[index * width + place])
      }
    }
  }

  /// The sums of all rows that a key's test takes.
  func sums(where isMeant: (Key) -> Bool = { _ in true }) -> [CheckedSum] {
    rows.filter { isMeant($0.key) }.values.reduce(into: Array(repeating: .init(), count: width)) {
      sums, row in for index in 0..<width { sums[index] += row.sums[index] }
    }
  }
}

/// What carts are counted under; each currency by itself.
struct TallyGroup: Hashable {
  var name: String
  var currency: Currency

  /// By name, a missing one last, then by currency.
  static func ranks(_ a: Self, _ b: Self) -> Bool {
    a.name == b.name ? a.currency < b.currency : CartModel.ranks(a.name, b.name)
  }
}

/// The carts behind one row of a report.
public struct DrillRow: Equatable, Sendable {
  /// Their keys.
  public internal(set) var carts: [Int64] = []
  /// What each adds to each figure, cart by cart.
  var values: [Int64] = []

  public init(carts: [Int64] = []) { self.carts = carts }

  /// With the first figures of each cart only.
  func first(_ count: Int, of width: Int) -> DrillRow {
    var row = self
    row.values = carts.indices.flatMap { values[$0 * width..<$0 * width + count] }
    return row
  }
}

/// The carts behind a report's figures.
public struct Drill: Equatable, Sendable {
  /// The table's columns that are sums over carts.
  public var columns: [Int]
  /// For each row of the table; empty for one that has no carts.
  public var rows: [DrillRow]

  public init(columns: [Int], rows: [DrillRow]) {
    (self.columns, self.rows) = (columns, rows)
  }

  /// What a cart adds to each of the columns.
  public func values(row: Int, cart: Int) -> ArraySlice<Int64> {
    rows[row].values[cart * columns.count..<(cart + 1) * columns.count]
  }
}

extension ReportTable {
  /// What a cart behind a row adds to its figures, one cell for each column of the drill.
  public func cells(behind row: Int, cart: Int) -> [Cell] {
    guard let drill else { return [] }
    return zip(drill.columns, drill.values(row: row, cart: cart)).map { column, value in
      if case .money(let money) = rows[row][column] { return .money(value, money.currency) }
      // A sum out of range has no currency, but its row has.
      guard rows[row][column] == .outOfRange, columns[column].type == "money",
        let place = columns.firstIndex(where: { $0.name == "currency" }),
        let currency = rows[row].lazy.compactMap(\.currency).first
          ?? Currency(code: rows[row][place].text)
      else { return .integer(value) }
      return .money(value, currency)
    }
  }
}
