import CartModel
import CartStore
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
  private let handler: CommandHandler

  public init(_ handler: CommandHandler) {
    shop = handler.shop
    self.handler = handler
  }

  /// - Returns: how many rows were written.
  public func write(_ kind: Kind, _ format: Format, filter: Filter?, to file: OutputFile)
    throws(EngineError) -> Int
  {
    let rows = ExportRows(format, file)
    do {
      switch kind {
      case .events:
        guard format == .jsonl else {
          throw EngineError(.malformed, "export events: expected --format jsonl, got csv")
        }
        return try events(filter, file)
      case .carts:
        var names: Set<String> = []
        if rows.format == .csv {
          // The header names the attributes of all carts.
          try forEachCart(filter) { cart in names.formUnion(cart.attributes.map(\.name)) }
        }
        try rows.begin(TableColumn.carts + names.sorted().map { .attribute($0) })
        try forEachCart(filter) { cart in
          try rows.add(CartTableRow(cart: cart, totals: try cart.price(shop.settings))) {
            CartJSON.write(cart, status: nil, shop.settings, &$0)
          }
        }
      case .lines: try lines(filter, rows)
      case .orders:
        try rows.begin(TableColumn.orders)
        try forEachCart(filter) { cart in
          guard let order = cart.order else { return }
          try rows.add(cart) { CartJSON.write(order, cart, &$0) }
        }
      case .products:
        try rows.begin(TableColumn.products)
        for product in try shop.store.products() {
          try rows.add(product) { Self.write(product, &$0) }
        }
      case .customers:
        try rows.begin(TableColumn.customers)
        for key in try shop.store.customers(limit: .max, where: { _ in true }) {
          let shopper = try shop.store.customer(key) ?? Shopper()
          try rows.add(CustomerTableRow(key: key, shopper: shopper)) {
            CartJSON.write(customer: key, shopper, &$0)
          }
        }
      case .blacklist, .allowlist:
        try rows.begin(TableColumn.entries)
        for entry in try handler.entries(kind == .blacklist ? .blacklist : .allowlist) {
          try rows.add(entry) { Self.write(entry, &$0) }
        }
      }
      return try rows.end()
    } catch { throw EngineError(error) }
  }

  private func forEachCart(_ filter: Filter?, _ body: (Cart) throws -> Void) throws {
    guard let filter else { return try shop.store.forEachCart(body) }
    for key in try handler.keys(matching: filter) {
      if let cart = try handler.cart(key) { try body(cart) }
    }
  }

  private func lines(_ filter: Filter?, _ rows: ExportRows) throws {
    // By their bytes: a text equals another one that Unicode composes differently.
    var names: Set<[UInt8]> = []
    if rows.format == .csv {
      // The header names the options of all lines.
      try forEachCart(filter) { cart in
        for line in cart.lines { names.formUnion(line.options.map { Array($0.name.utf8) }) }
      }
    }
    let options = names.sorted { $0.lexicographicallyPrecedes($1) }
    try rows.begin(
      TableColumn.lines + options.map { .option(String(decoding: $0, as: UTF8.self)) })
    try forEachCart(filter) { cart in
      for line in cart.lines {
        let row = LineTableRow(line: line, cart: cart, total: try cart.amount(of: line))
        try rows.add(row) {
          $0.object {
            $0.string("cart", cart.id)
            CartJSON.members(line, cart, &$0)
          }
        }
      }
    }
  }

  // MARK: Events

  private func events(_ filter: Filter?, _ file: OutputFile) throws -> Int {
    var names: [Int64: String] = [:]
    var operations: [Int64: Operation?] = [:]
    let parts = try Self.parts(shop.store)
    let encoder = EventEncoder(
      name: { key in
        if let name = names[key] { return name }
        let name = try shop.store.cart(key)?.id ?? ""
        names[key] = name
        return name
      },
      operation: { id in
        if let known = operations[id] { return known }
        let operation = try shop.store.operation(id)
        operations[id] = operation
        return operation
      }, parts: parts)
    let wanted = try filter.map { Set(try handler.keys(matching: $0)) }
    var (writer, count) = (JSONWriter(), 0)
    try shop.store.forEachEvent { entry in
      if let wanted, !wanted.contains(entry.event.cart) { return }
      writer.removeAll()
      try encoder.encode(entry, &writer)
      try file.write(writer.bytes)
      count += 1
    }
    try file.commit()
    return count
  }

  /// What an undo of an import covers: the groups that the import brought, of those with earlier events
  /// on the cart, and those that another shop's undo named.
  private static func parts(_ store: CartStore) throws -> (Event) throws -> [Int64] {
    let parents = try store.parents()
    let imports = Set(parents.values)
    return { event in
      guard case .operationUndone(let target, let groups) = event.body else { return [] }
      guard imports.contains(target) else { return groups }
      let events = try store.history(of: event.cart).prefix { $0.seq <= event.seq }
      return History(Array(events), id: "", parents: parents).parts(of: target)
    }
  }

  // MARK: Objects

  /// An entry as `import --as-type blacklist` reads it.
  private static func write(_ entry: ListEntry, _ writer: inout JSONWriter) {
    writer.object {
      $0.string("list", entry.list.name)
      $0.string(entry.pattern.kind.name, entry.pattern.text)
      $0.known("reason", entry.reason)
      $0.known("tell", entry.tell)
      $0.string("author", entry.author.description)
      $0.string("created", entry.created.description)
      if let expires = entry.expires { $0.string("expires", expires.description) }
    }
  }

  private static func write(_ product: Product, _ writer: inout JSONWriter) {
    writer.object {
      $0.string("sku", product.sku)
      $0.string("name", product.name)
      $0.string("price", product.price.text(product.currency))
      $0.string("currency", product.currency.code)
      $0.string("image", product.image)
      if let stock = product.stock { $0.number("stock", stock) } else { $0.null("stock") }
    }
  }
}
