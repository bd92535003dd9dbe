import CartEngine
import CartModel
import CartSupport

/// Writes whole filters out, in the shapes of the contract.
///
/// Nothing that depends on the clock: an open cart is `open`, whether abandoned or not.
public struct Export {
  public enum Kind: String, CaseIterable, Sendable {
    case carts, lines, events, orders, products, customers, blacklist, allowlist

    /// Whether its rows are chosen by their carts.
    public var isOfCarts: Bool {
      switch self {
      case .carts, .lines, .events, .orders: true
      case .products, .customers, .blacklist, .allowlist: false
      }
    }
  }
  public enum Format: String, CaseIterable, Sendable { case jsonl, csv }

  private let shop: Shop
  private let reader: CartReader

  public init(_ reader: CartReader) {
    shop = reader.shop
    self.reader = reader
  }

  /// - Parameters:
  ///   - filter: the carts whose rows are written; nil for all.
  ///   - choice: the columns of CSV, or the keys of objects; nil for all that an import reads.
  /// - Returns: how many rows were written.
  /// - Throws: `malformed` for columns that there are not, or a format without them; `file`.
  public func write(
    _ kind: Kind, _ format: Format, filter: Filter?, columns choice: ColumnChoice? = nil,
    to file: OutputFile
  ) throws(EngineError) -> Int {
    do {
      switch kind {
      case .events:
        guard format == .jsonl else {
          throw EngineError(.malformed, "export events: expected --format jsonl, got csv")
        }
        guard choice == nil else {
          throw EngineError(
            .malformed,
            "export events: takes no --columns; each event is written whole, so that an import reads it"
          )
        }
        return try EventExport(shop.store).write(
          of: try filter.map { Set(try reader.keys(matching: $0)) }, to: file)
      case .carts: return try carts(filter, format, choice, file)
      case .lines: return try lines(filter, format, choice, file)
      case .orders: return try orders(filter, format, choice, file)
      case .products: return try products(format, choice, file)
      case .customers:
        return try table(
          TableColumn.customers, kind, format, choice, file,
          object: { CartJSON.write(customer: $0.key, $0.shopper, &$1) }
        ) { rows in
          for key in try shop.store.customers(limit: .max, where: { _ in true }) {
            let shopper = try shop.store.customer(key) ?? Shopper()
            try rows.add(CustomerTableRow(key: key, shopper: shopper))
          }
        }
      case .blacklist, .allowlist:
        return try table(TableColumn.entries, kind, format, choice, file, object: CartJSON.write) {
          for entry in try reader.entries(kind == .blacklist ? .blacklist : .allowlist) {
            try $0.add(entry)
          }
        }
      }
    } catch { throw EngineError(error) }
  }

  private func orders(
    _ filter: Filter?, _ format: Format, _ choice: ColumnChoice?, _ file: OutputFile
  ) throws -> Int {
    let rows = try ExportRows(
      format, file,
      try choice?.columns(of: TableColumn.orders, .orders) { name throws(EngineError) in
        try TableColumn.field(name)?.over(\.cart)
      } ?? written(TableColumn.orders),
      object: choice == nil ? { CartJSON.write($0.record, &$1) } : nil)
    try forEachCart(filter) { cart in
      guard let record = OrderRecord(cart) else { return }
      try rows.add(OrderTableRow(record: record, cart: row(cart, choice)))
    }
    return try rows.end()
  }

  private func products(_ format: Format, _ choice: ColumnChoice?, _ file: OutputFile) throws -> Int
  {
    let all = try shop.store.products()
    var columns = TableColumn.products
    if format == .csv, choice == nil {
      // The header names the attributes of all products.
      let names = all.flatMap { $0.details.attributes.map { Array($0.name.utf8) } }
      columns += Set(names).sorted { $0.lexicographicallyPrecedes($1) }
        .map { .attribute(String(decoding: $0, as: UTF8.self)) }
    }
    return try table(columns, .products, format, choice, file, object: CartJSON.write) {
      for product in all { try $0.add(product) }
    }
  }

  private func forEachCart(_ filter: Filter?, _ body: (Cart) throws -> Void) throws {
    guard let filter else { return try reader.forEachCart(body) }
    for key in try reader.keys(matching: filter) {
      if let cart = try reader.cart(key) { try body(cart) }
    }
  }

  /// A table whose rows are not of carts.
  private func table<Row>(
    _ columns: [TableColumn<Row>], _ kind: Kind, _ format: Format, _ choice: ColumnChoice?,
    _ file: OutputFile, object: @escaping (Row, inout JSONWriter) -> Void,
    _ body: (ExportRows<Row>) throws -> Void
  ) throws -> Int {
    let rows = try ExportRows(
      format, file, try choice?.columns(of: columns, kind) ?? written(columns),
      object: choice == nil ? object : nil)
    try body(rows)
    return try rows.end()
  }

  private func written<Row>(_ columns: [TableColumn<Row>]) -> [TableColumn<Row>] {
    columns.filter(\.isWritten)
  }

  /// - Throws: `outOfRange` for a cart whose totals are, where columns may show them.
  private func row(_ cart: Cart, _ choice: ColumnChoice?, isPriced: Bool = false) throws
    -> CartTableRow
  {
    CartTableRow(
      cart, isPriced || choice != nil ? try cart.price(shop.settings) : nil, shop.settings)
  }

  private func carts(
    _ filter: Filter?, _ format: Format, _ choice: ColumnChoice?, _ file: OutputFile
  ) throws -> Int {
    var columns = written(TableColumn.carts)
    if let choice {
      columns = try choice.columns(of: TableColumn.carts, .carts) { name throws(EngineError) in
        try TableColumn.field(name)
      }
    } else if format == .csv {
      // The header names the attributes of all carts.
      var names: Set<String> = []
      try forEachCart(filter) { cart in names.formUnion(cart.attributes.map(\.name)) }
      for name in names.sorted() {
        if let column = try TableColumn.field("attr." + name) { columns.append(column) }
      }
    }
    let settings = shop.settings
    let rows = try ExportRows(
      format, file, columns,
      object: choice == nil ? { CartJSON.write($0.cart, status: nil, settings, &$1) } : nil)
    try forEachCart(filter) { try rows.add(row($0, choice, isPriced: format == .csv)) }
    return try rows.end()
  }

  private func lines(
    _ filter: Filter?, _ format: Format, _ choice: ColumnChoice?, _ file: OutputFile
  ) throws -> Int {
    var columns = written(TableColumn.lines)
    if let choice {
      columns = try choice.columns(of: TableColumn.lines, .lines) { name throws(EngineError) in
        if name.hasPrefix("option."), name.utf8.count > "option.".utf8.count {
          return .option(String(name.unicodeScalars.dropFirst("option.".unicodeScalars.count)))
        }
        return try TableColumn.field(name)?.over(\.cart)
      }
    } else if format == .csv {
      // The header names the options of all lines. By their bytes: a text equals another one that
      // Unicode composes differently.
      var names: Set<[UInt8]> = []
      try forEachCart(filter) { cart in
        for line in cart.lines { names.formUnion(line.options.map { Array($0.name.utf8) }) }
      }
      columns += names.sorted { $0.lexicographicallyPrecedes($1) }
        .map { .option(String(decoding: $0, as: UTF8.self)) }
    }
    let rows = try ExportRows(
      format, file, columns,
      object: choice == nil
        ? { row, writer in
          writer.object {
            $0.string("cart", row.record.cart.id)
            CartJSON.members(row.record, &$0)
          }
        } : nil)
    try forEachCart(filter) { cart in
      let row = try row(cart, choice)
      for line in cart.lines {
        try rows.add(LineTableRow(record: LineRecord(line, cart), cart: row))
      }
    }
    return try rows.end()
  }
}
