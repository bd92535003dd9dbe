import CartModel

/// The settings by which the totals in the rows of carts are worked out.
///
/// A row has its cart's total so that SQL can compare, sort and add totals. The database names the
/// settings that all its rows follow (`meta.priced`). A process with other settings takes that name
/// away with its first write, and reads each cart's price itself, as every process then does until
/// the rows are priced again.
final class RowTotals {
  let settings: StoreSettings
  /// Names the settings: the same for settings that give the same prices.
  private(set) lazy var mark = makeMark()
  // A start that asks for no total needs none.
  private let makeMark: () -> String

  init(_ settings: StoreSettings, mark: @escaping () -> String) {
    self.settings = settings
    makeMark = mark
  }

  static let key = "priced"
  /// Before a mark: rows are being priced by it, and only some may be done.
  static let begun = "begun "

  /// The total of a cart, in minor units; nil where it is out of range.
  func total(_ cart: Cart) -> Int64? { (try? cart.price(settings))?.total.minor }

  /// Says of rows that are about to be written which settings they follow.
  ///
  /// - Parameter stored: which settings the database says all rows follow.
  /// - Returns: what the database says from now on.
  static func mark(_ totals: RowTotals?, stored: String, _ statements: Statements)
    throws(StoreError) -> String
  {
    if let totals {
      if stored == totals.mark || stored == begun + totals.mark { return stored }
      if stored.isEmpty, try statements.single("SELECT 1 FROM cart LIMIT 1") == 0 {
        try statements.set(key, totals.mark)
        return totals.mark
      }
    }
    if !stored.isEmpty { try statements.set(key, "") }
    return ""
  }

  /// Whether all rows have the totals of these settings.
  func holds(for settings: StoreSettings, _ statements: Statements) throws(StoreError) -> Bool {
    guard settings == self.settings else { return false }
    return try statements.meta(Self.key) == mark
  }
}

extension CartStore {
  /// Says by which settings rows are priced from now on.
  ///
  /// - Parameter mark: names them: the same for settings that give the same prices.
  public func price(by settings: StoreSettings, mark: @escaping @autoclosure () -> String) {
    totals = RowTotals(settings, mark: mark)
  }

  /// Whether this connection's last write left totals that may be others than the settings give.
  public var leftUnpriced: Bool { priced != totals?.mark }

  /// Whether a total in a row may be another one than the settings give.
  public func needsPricing() throws(StoreError) -> Bool {
    guard let totals, !isReadOnly else { return false }
    return try read { try $0.meta(RowTotals.key) } != totals.mark
  }

  /// The settings in use, where all rows are priced by them.
  func marked(_ statements: Statements) throws(StoreError) -> RowTotals? {
    guard let totals, try totals.holds(for: totals.settings, statements) else { return nil }
    return totals
  }

  /// Prices all rows again, some thousand in a transaction; others may write in between.
  ///
  /// A process with other settings that writes meanwhile ends it without effect.
  /// - Complexity: O(carts).
  public func priceRows(recorded: Timestamp) throws {
    guard let totals else { return }
    let begun = RowTotals.begun + totals.mark
    var last: Int64? = 0
    while let after = last {
      last = try write(recorded: recorded) { writer in
        if after == 0 { try writer.set(RowTotals.key, begun) }
        guard try writer.statements.meta(RowTotals.key) == begun else { return nil }
        let last = try writer.statements.price(after: after, totals)
        if last == nil { try writer.set(RowTotals.key, totals.mark) }
        return last
      }
    }
  }
}

extension Statements {
  private static let rowsAtOnce: Int64 = 4000

  /// Gives the rows that follow on a key their totals.
  ///
  /// - Returns: the key of the last; nil where there were none.
  fileprivate func price(after key: Int64, _ totals: RowTotals) throws(StoreError) -> Int64? {
    let rows = try self(
      "SELECT \(Self.cartColumns), total FROM cart WHERE id > ? ORDER BY id LIMIT ?")
    defer { rows.reset() }
    rows.bind(1, key)
    rows.bind(2, Self.rowsAtOnce)
    var (changes, last) = ([(key: Int64, total: Int64?)](), Int64?.none)
    while try rows.step() {
      let cart = try rows.cart()
      let (stored, total) = (rows.isNull(15) ? nil : rows.int(15), totals.total(cart))
      if stored != total { changes.append((cart.key, total)) }
      last = cart.key
    }
    let update = try self("UPDATE cart SET total = ? WHERE id = ?")
    for change in changes {
      update.bind(1, change.total)
      update.bind(2, change.key)
      try update.run()
    }
    return last
  }

  /// A setting of the database itself; empty where it has none.
  func meta(_ name: String) throws(StoreError) -> String {
    let statement = try self("SELECT value FROM meta WHERE name = ?")
    statement.bind(1, name)
    defer { statement.reset() }
    return try statement.step() ? statement.text(0) : ""
  }

  /// Remembers a setting of the database itself.
  func set(_ name: String, _ value: String) throws(StoreError) {
    let statement = try self("INSERT OR REPLACE INTO meta VALUES(?, ?)")
    statement.bind(1, name)
    statement.bind(2, value)
    try statement.run()
  }
}
