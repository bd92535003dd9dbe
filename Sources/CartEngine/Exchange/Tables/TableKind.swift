import CartModel

/// A table that `import --as-type` reads.
public enum TableKind: String, CaseIterable, Sendable {
  case carts, lines, products, customers

  /// Its columns, and whether the shop works them out.
  var columns: [(name: String, isComputed: Bool)] {
    switch self {
    case .carts: TableColumn<CartTableRow>.carts.map { ($0.name, $0.isComputed) }
    case .lines: TableColumn<LineTableRow>.lines.map { ($0.name, $0.isComputed) }
    case .products: TableColumn<Product>.products.map { ($0.name, $0.isComputed) } + [("at", false)]
    case .customers:
      TableColumn<CustomerTableRow>.customers.map { ($0.name, $0.isComputed) } + [("at", false)]
    }
  }

  /// What JSON has beside the columns, and an import does not read.
  var computedKeys: Set<String> {
    switch self {
    case .carts: Set(CartField.all.map(\.name) + ["pending", "claim"])
    case .lines, .products, .customers: []
    }
  }

  /// Other names of columns.
  var aliases: [String: String] {
    switch self {
    case .carts: ["at": "created"]
    case .lines: ["id": "line", "updated": "at"]
    case .products, .customers: [:]
    }
  }

  /// Columns of any name behind these: `option.colour`, `attr.utm_source`.
  var prefixes: [String] {
    switch self {
    case .carts: ["attr."]
    case .lines: ["option."]
    case .products, .customers: []
    }
  }

  var required: [String] {
    switch self {
    case .carts: ["id"]
    case .lines: ["cart", "sku", "quantity", "price"]
    case .products: ["sku", "price"]
    case .customers: []
    }
  }

  /// The column that a name means; nil for one that is not known.
  func column(_ name: String) -> (name: String, isComputed: Bool)? {
    let name = aliases[name] ?? name
    if let column = columns.first(where: { $0.name == name }) { return column }
    if computedKeys.contains(name) { return (name, true) }
    return prefixes.contains { name.hasPrefix($0) && name.utf8.count > $0.utf8.count }
      ? (name, false) : nil
  }
}
