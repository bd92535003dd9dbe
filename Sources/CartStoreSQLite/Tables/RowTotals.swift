import CartModel
import CartStorage

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
    let meta = MetaTable(statements)
    if let totals {
      if stored == totals.mark || stored == begun + totals.mark { return stored }
      if stored.isEmpty, try statements.single("SELECT 1 FROM cart LIMIT 1") == 0 {
        try meta.set(key, totals.mark)
        return totals.mark
      }
    }
    if !stored.isEmpty { try meta.set(key, "") }
    return ""
  }

  /// Whether all rows have the totals of these settings.
  func holds(for settings: StoreSettings, _ statements: Statements) throws(StoreError) -> Bool {
    guard settings == self.settings else { return false }
    return try MetaTable(statements).text(Self.key) == mark
  }

  /// The settings in use, where all rows are priced by them.
  static func marked(_ totals: RowTotals?, _ statements: Statements) throws(StoreError)
    -> RowTotals?
  {
    guard let totals, try totals.holds(for: totals.settings, statements) else { return nil }
    return totals
  }
}
