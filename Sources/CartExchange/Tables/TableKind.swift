import CartModel

/// A table that `import --as-type` reads.
public enum TableKind: String, CaseIterable, Sendable {
  case carts, lines, products, customers

  typealias Column = (name: String, isComputed: Bool)

  /// Its columns, and whether an import leaves them out.
  var columns: [Column] { layout.columns }

  /// Columns of any name behind these: `option.colour`, `attr.utm_source`.
  var prefixes: [String] { layout.prefixes }

  var required: [String] {
    switch self {
    case .carts: ["id"]
    case .lines: ["cart", "quantity", "price"]
    case .products: ["sku", "price"]
    case .customers: []
    }
  }

  /// The column that a name means; nil for one that is not known.
  func column(_ name: String) -> Column? {
    if let column = layout.byName[name] { return column }
    func isBehind(_ prefixes: [String]) -> Bool {
      prefixes.contains { name.hasPrefix($0) && name.utf8.count > $0.utf8.count }
    }
    if isBehind(layout.prefixes) { return (name, false) }
    return isBehind(layout.computedPrefixes) ? (name, true) : nil
  }

  private var layout: Layout {
    switch self {
    case .carts: Self.cartsLayout
    case .lines: Self.linesLayout
    case .products: Self.productsLayout
    case .customers: Self.customersLayout
    }
  }

  /// The names that the header of a table may have.
  private struct Layout: Sendable {
    let columns: [Column]
    let byName: [String: Column]
    let prefixes: [String]
    /// Columns behind these are named and not read.
    let computedPrefixes: [String]

    /// - Parameters:
    ///   - aliases: other names of columns.
    ///   - computed: keys of JSON, and columns that an export was asked for, which are not read.
    init<Row>(
      _ columns: [TableColumn<Row>], prefixes: [String] = [], computedPrefixes: [String] = [],
      aliases: [String: String] = [:], computed: [String] = []
    ) {
      self.columns = columns.filter { $0.isWritten || !$0.isComputed }
        .map { ($0.name, $0.isComputed) }
      self.prefixes = prefixes
      self.computedPrefixes = computedPrefixes
      var byName = Dictionary(
        columns.map { ($0.name, Column($0.name, $0.isComputed)) },
        uniquingKeysWith: { first, _ in first })
      for (alias, name) in aliases { byName[alias] = byName[name] }
      for name in computed where byName[name] == nil { byName[name] = (name, true) }
      self.byName = byName
    }
  }

  private static let cartsLayout = Layout(
    TableColumn<CartTableRow>.carts, prefixes: ["attr."], computedPrefixes: ["option."],
    aliases: ["at": "created"], computed: CartField.all.map(\.name) + ["claim"])
  private static let linesLayout = Layout(
    TableColumn<LineTableRow>.lines, prefixes: ["option."],
    aliases: ["id": "line", "updated": "at"])
  private static let productsLayout = Layout(
    TableColumn<Product>.products, prefixes: ["attr."])
  private static let customersLayout = Layout(TableColumn<CustomerTableRow>.customers)
}
