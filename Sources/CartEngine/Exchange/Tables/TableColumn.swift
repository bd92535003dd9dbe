import CartModel
import CartSupport

/// A column of a table that `export --format csv` writes and `import --as-type` reads.
struct TableColumn<Row>: Sendable {
  let name: String
  /// Whether the shop works it out, so that an import does not read it.
  let isComputed: Bool
  let cell: @Sendable (Row) -> CSVWriter.Cell

  static func text(
    _ name: String, computed: Bool = false, _ read: @escaping @Sendable (Row) -> String
  )
    -> TableColumn
  {
    TableColumn(name: name, isComputed: computed) { .text(read($0)) }
  }

  /// A number, an amount or a time.
  static func plain(
    _ name: String, computed: Bool = false, _ read: @escaping @Sendable (Row) -> String
  ) -> TableColumn {
    TableColumn(name: name, isComputed: computed) { .plain(read($0)) }
  }
}

/// A cart with its totals.
struct CartTableRow {
  let cart: Cart
  let totals: Totals
}

/// A line with its cart.
struct LineTableRow {
  let line: Line
  let cart: Cart
  let total: Money
}

/// A customer of the shop.
struct CustomerTableRow {
  let key: String
  let shopper: Shopper
}

extension TableColumn where Row == CartTableRow {
  static let carts: [TableColumn] =
    [
      .text("id") { $0.cart.id },
      .plain("status") { $0.cart.state.description },
      .plain("created") { $0.cart.created.description },
      .plain("updated") { $0.cart.updated.description },
      .plain("currency") { $0.cart.currency.code },
      .plain("lines", computed: true) { String($0.cart.lines.count) },
      .plain("quantity", computed: true) { String($0.cart.quantity) },
      .plain("subtotal", computed: true) { $0.totals.subtotal.description },
      .plain("discount", computed: true) { $0.totals.discount.description },
      .plain("shipping", computed: true) { $0.totals.shipping.description },
      .plain("tax", computed: true) { $0.totals.tax.description },
      .plain("total", computed: true) { $0.totals.total.description },
    ] + TableShopper.columns { $0.cart.shopper } + [
      .text("coupons") { $0.cart.coupons.joined(separator: " ") },
      .text("order_id", computed: true) { $0.cart.order?.id ?? "" },
    ]

  static func attribute(_ name: String) -> TableColumn {
    .text("attr." + name) { $0.cart.attribute(name) }
  }
}

extension TableColumn where Row == LineTableRow {
  static let lines: [TableColumn] = [
    .text("cart") { $0.cart.id },
    .text("line") { $0.line.id },
    .text("sku") { $0.line.sku },
    .text("name") { $0.line.name },
    .plain("quantity") { String($0.line.quantity) },
    .plain("price") { $0.line.price.text($0.cart.currency) },
    .plain("total", computed: true) { $0.total.description },
    .plain("currency") { $0.cart.currency.code },
    .text("image") { $0.line.image },
    .plain("at") { $0.cart.updated.description },
  ]

  static func option(_ name: String) -> TableColumn {
    .text("option." + name) { row in
      row.line.options.first { $0.name.utf8.elementsEqual(name.utf8) }?.value ?? ""
    }
  }
}

extension TableColumn where Row == Cart {
  /// Of carts that have an order.
  static let orders: [TableColumn] = [
    .text("order") { $0.order?.id ?? "" },
    .text("cart") { $0.id },
    .plain("at") { $0.order?.at.description ?? "" },
    .plain("status") { $0.order?.state.description ?? "" },
    .plain("total") { $0.order?.total.description ?? "" },
    .plain("currency") { $0.currency.code },
    .text("email") { $0.shopper[.email] },
    .plain("quantity") { String($0.order?.lines.reduce(0) { $0 + $1.quantity } ?? 0) },
  ]
}

extension TableColumn where Row == Product {
  static let products: [TableColumn] = [
    .text("sku") { $0.sku },
    .text("name") { $0.name },
    .plain("price") { $0.price.text($0.currency) },
    .plain("currency") { $0.currency.code },
    .text("image") { $0.image },
    .plain("stock") { $0.stock.map(String.init) ?? "" },
  ]
}

extension TableColumn where Row == CustomerTableRow {
  static let customers: [TableColumn] =
    [.text("customer_id") { $0.key }]
    + TableShopper.columns { $0.shopper }.filter { $0.name != "customer_id" }
}

extension TableColumn where Row == ListEntry {
  static let entries: [TableColumn] =
    [.plain("list") { $0.list.name }]
    + ListEntry.Kind.allCases.map { kind in
      .text(kind.name) { $0.pattern.kind == kind ? $0.pattern.text : "" }
    } + [
      .text("reason") { $0.reason },
      .text("tell") { $0.tell },
      .plain("expires") { $0.expires?.description ?? "" },
    ]
}

/// The columns of a shopper, by the names of the fields of a cart.
enum TableShopper {
  /// The name of a field as a column: `email`, `customer_id`, `shipping.city`.
  static func name(_ field: ShopperField) -> String {
    switch field {
    case .type: "shopper_type"
    case .customer: "customer_id"
    default:
      field.isAddress ? (isShipping(field) ? "shipping." : "billing.") + field.key : field.key
    }
  }

  static func isShipping(_ field: ShopperField) -> Bool {
    ShopperField.address(shipping: true)[field.key] == field
  }

  static func columns<Row>(_ shopper: @escaping @Sendable (Row) -> Shopper) -> [TableColumn<Row>] {
    ShopperField.allCases.map { field in
      .text(name(field)) { row in
        let shopper = shopper(row)
        return switch field {
        case .type: shopper.isRegistered ? "registered" : "guest"
        case .customer: shopper[.customer].isEmpty ? "0" : shopper[.customer]
        default: shopper[field]
        }
      }
    }
  }
}
