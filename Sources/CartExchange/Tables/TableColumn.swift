import CartEngine
import CartModel
import CartSupport

/// A column of a table that `export` writes and `import --as-type` reads.
struct TableColumn<Row>: Sendable {
  let name: String
  /// Other names that mean it where columns are chosen.
  var aliases: [String] = []
  /// Whether an import does not read it: it is worked out.
  let isComputed: Bool
  /// Whether an export writes it unasked.
  var isWritten = true
  let value: @Sendable (Row) -> CartValue

  func cell(_ row: Row) -> CSVWriter.Cell {
    let value = value(row)
    return value.isTyped ? .text(value.description) : .plain(value.description)
  }

  /// The same column of rows that hold one of its rows.
  func over<Other>(_ inner: @escaping @Sendable (Other) -> Row) -> TableColumn<Other> {
    TableColumn<Other>(
      name: name, aliases: aliases, isComputed: isComputed, isWritten: isWritten
    ) { value(inner($0)) }
  }
}

extension TableColumn {
  /// A field of a record.
  init(_ field: RecordField<Row>) {
    name = field.column
    aliases = field.column == field.name ? [] : [field.name]
    isComputed = field.isComputed
    isWritten = field.isExported
    value = { field.value($0) }
  }
}

/// A cart with its totals and what is needed to read its fields.
struct CartTableRow: Sendable {
  let cart: Cart
  let totals: Totals?
  let context: FilterContext

  /// - Parameter totals: nil where they are out of range, or no column needs them.
  init(_ cart: Cart, _ totals: Totals?, _ settings: StoreSettings) {
    (self.cart, self.totals) = (cart, totals)
    // Nothing that is exported depends on the clock.
    context = FilterContext(now: cart.updated, settings: settings)
  }
}

extension TableColumn where Row == CartTableRow {
  /// Nil for a field that files do not hold.
  init?(_ field: CartField) {
    guard let column = field.column else { return nil }
    name = column
    aliases = ([field.name] + field.aliases).filter { $0 != column }
    isComputed = !field.isImported
    isWritten = field.isExported
    value = { field.exported($0.cart, $0.context, $0.totals) }
  }

  /// The column of a field of any name, as `attr.utm_source`; nil for a name that no field has.
  ///
  /// - Throws: `malformed` for a key that its family does not have, and for what depends on the clock.
  static func field(_ name: String) throws(EngineError) -> TableColumn? {
    let field: CartField
    do throws(ModelError) { field = try CartField.named(name) } catch {
      guard name.contains(".") else { return nil }
      throw EngineError(.malformed, error.message.replacing("filter: ", with: "columns: "))
    }
    guard let column = TableColumn(field) else {
      throw EngineError(
        .malformed,
        "columns: \(field.name) depends on the clock, and an export does not; see updated")
    }
    return column
  }

  static let carts: [TableColumn] = (CartField.all + CartField.addresses).compactMap {
    TableColumn($0)
  }
}

/// A line with its cart.
struct LineTableRow: Sendable {
  let record: LineRecord
  let cart: CartTableRow
}

extension TableColumn where Row == LineTableRow {
  static let lines: [TableColumn] =
    RecordField<LineRecord>.lines.map { TableColumn<LineRecord>($0).over { $0.record } }
    // An import makes no open cart of the lines of one that was ordered or deleted.
    + [
      TableColumn(name: "status", isComputed: false) {
        CartField.status.exported($0.cart.cart, $0.cart.context, nil)
      }
    ]

  static func option(_ name: String) -> TableColumn {
    TableColumn(name: "option." + name, isComputed: false) { .text($0.record.option(name)) }
  }
}

/// An order with its cart.
struct OrderTableRow: Sendable {
  let record: OrderRecord
  let cart: CartTableRow
}

extension TableColumn where Row == OrderTableRow {
  static let orders: [TableColumn] = RecordField<OrderRecord>.orders.map {
    TableColumn<OrderRecord>($0).over { $0.record }
  }
}

extension TableColumn where Row == Product {
  static let products: [TableColumn] = RecordField<Product>.products.map { TableColumn($0) }

  static func attribute(_ name: String) -> TableColumn {
    TableColumn(name: "attr." + name, isComputed: false) { .text($0.details.attribute(name)) }
  }
}

/// A customer of the shop.
struct CustomerTableRow: Sendable {
  let key: String
  let shopper: Shopper
}

extension TableColumn where Row == CustomerTableRow {
  /// The stored fields of a shopper, by the names of the fields of a cart.
  static let customers: [TableColumn] =
    [
      TableColumn(name: "customer_id", aliases: ["customer"], isComputed: false) { .text($0.key) }
    ]
    + (CartField.all + CartField.addresses).compactMap { field in
      guard let stored = field.stored, stored != .customer else { return nil }
      return TableColumn(name: field.name, aliases: field.aliases, isComputed: false) { row in
        guard stored == .type else { return .text(row.shopper[stored]) }
        return .text(row.shopper.isRegistered ? "registered" : "guest")
      }
    }
    + [TableColumn(name: "at", isComputed: false, isWritten: false) { _ in .text("") }]
}

extension TableColumn where Row == ListEntry {
  static let entries: [TableColumn] =
    [TableColumn(name: "list", isComputed: false) { .text($0.list.name) }]
    + ListEntry.Kind.allCases.map { kind in
      TableColumn(name: kind.name, isComputed: false) {
        .text($0.pattern.kind == kind ? $0.pattern.text : "")
      }
    } + [
      TableColumn(name: "reason", isComputed: false) { .text($0.reason) },
      TableColumn(name: "tell", isComputed: false) { .text($0.tell) },
      TableColumn(name: "expires", isComputed: false) { entry in
        entry.expires.map { .time($0) } ?? .text("")
      },
    ]
}
