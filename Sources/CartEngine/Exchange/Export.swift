import CartModel
import CartStore

/// Writes whole filters out, in the shapes of the contract.
///
/// Nothing that depends on the clock: an open cart is `open`, whether abandoned or not.
public struct Export {
  public enum Kind: String, CaseIterable, Sendable {
    case carts, lines, events, orders, products, blacklist, allowlist
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
    do {
      switch (kind, format) {
      case (.events, .jsonl): return try events(filter, file)
      case (.events, .csv):
        throw EngineError(.malformed, "export events: expected --format jsonl, got csv")
      case (.blacklist, _): return try entries(.blacklist, format, file)
      case (.allowlist, _): return try entries(.allowlist, format, file)
      case (.products, .jsonl): return try products(file) { $0.bytes($1) }
      default: return try rows(kind, format, filter, file)
      }
    } catch { throw EngineError(error) }
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

  // MARK: Rows

  private func rows(_ kind: Kind, _ format: Format, _ filter: Filter?, _ file: OutputFile) throws
    -> Int
  {
    if format == .csv { try file.write(CSV.line(Self.header(kind))) }
    if kind == .products {
      return try products(file) { _, product in CSV.line(Self.fields(product)).utf8.map { $0 } }
    }
    var count = 0
    func emit(_ cart: Cart) throws {
      for row in try rows(kind, format, cart) {
        try file.write(row)
        count += 1
      }
    }
    if let filter {
      for key in try handler.keys(matching: filter) {
        if let cart = try handler.cart(key) { try emit(cart) }
      }
    } else {
      try shop.store.forEachCart(emit)
    }
    try file.commit()
    return count
  }

  private func rows(_ kind: Kind, _ format: Format, _ cart: Cart) throws -> [[UInt8]] {
    switch (kind, format) {
    case (.carts, .jsonl): return [json { CartJSON.write(cart, status: nil, shop.settings, &$0) }]
    case (.carts, .csv): return [Array(CSV.line(try fields(cart)).utf8)]
    case (.lines, .jsonl):
      return cart.lines.map { line in
        json {
          $0.object {
            $0.string("cart", cart.id)
            CartJSON.members(line, cart, &$0)
          }
        }
      }
    case (.lines, _):
      return try cart.lines.map { line in
        Array(
          CSV.line([
            cart.id, line.id, line.sku, line.name, String(line.quantity),
            line.price.text(cart.currency), try cart.amount(of: line).description,
            cart.currency.code,
          ]).utf8)
      }
    default:
      guard let order = cart.order else { return [] }
      if format == .jsonl { return [json { CartJSON.write(order, cart, &$0) }] }
      return [
        Array(
          CSV.line([
            order.id, cart.id, order.at.description, order.state.description,
            order.total.description, cart.currency.code, cart.shopper[.email],
            String(order.lines.reduce(0) { $0 + $1.quantity }),
          ]).utf8)
      ]
    }
  }

  private func products(_ file: OutputFile, _ row: (Export, Product) -> [UInt8]) throws -> Int {
    let products = try shop.store.products()
    for product in products { try file.write(row(self, product)) }
    try file.commit()
    return products.count
  }

  /// Entries as `import --as-type blacklist` reads them.
  private func entries(_ list: ListEntry.List, _ format: Format, _ file: OutputFile) throws -> Int {
    let entries = try handler.entries(list)
    if format == .csv { try file.write(CSV.line(Self.header(.blacklist))) }
    for entry in entries {
      guard format == .jsonl else {
        let texts = ListEntry.Kind.allCases.map {
          $0 == entry.pattern.kind ? entry.pattern.text : ""
        }
        try file.write(
          CSV.line(
            [list.name] + texts + [entry.reason, entry.tell, entry.expires?.description ?? ""]))
        continue
      }
      try file.write(
        json { writer in
          writer.object {
            $0.string("list", list.name)
            $0.string(entry.pattern.kind.name, entry.pattern.text)
            $0.known("reason", entry.reason)
            $0.known("tell", entry.tell)
            $0.string("author", entry.author.description)
            $0.string("created", entry.created.description)
            if let expires = entry.expires { $0.string("expires", expires.description) }
          }
        })
    }
    try file.commit()
    return entries.count
  }

  private func bytes(_ product: Product) -> [UInt8] {
    json { writer in
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

  private func json(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    body(&writer)
    writer.newline()
    return writer.bytes
  }

  private static func header(_ kind: Kind) -> [String] {
    switch kind {
    case .carts:
      [
        "id", "status", "created", "updated", "version", "currency", "lines", "quantity",
        "subtotal", "discount", "shipping", "tax", "total", "email", "name", "ip", "country",
        "customer_id", "session", "coupons", "order_id",
      ]
    case .lines:
      ["cart", "line", "sku", "name", "quantity", "price", "total", "currency"]
    case .orders:
      ["order", "cart", "at", "status", "total", "currency", "email", "quantity"]
    case .products: ["sku", "name", "price", "currency", "image", "stock"]
    case .blacklist, .allowlist: ["list", "ip", "email", "country", "reason", "tell", "expires"]
    case .events: []
    }
  }

  private func fields(_ cart: Cart) throws -> [String] {
    let totals = try cart.price(shop.settings)
    return [
      cart.id, cart.state.description, cart.created.description, cart.updated.description,
      String(cart.version), cart.currency.code, String(cart.lines.count), String(cart.quantity),
      totals.subtotal.description, totals.discount.description, totals.shipping.description,
      totals.tax.description, totals.total.description, cart.shopper[.email],
      cart.shopper[.name], cart.shopper[.ip], cart.shopper[.country],
      String(cart.shopper.customer), cart.shopper[.session],
      cart.coupons.joined(separator: " "), cart.order?.id ?? "",
    ]
  }

  private static func fields(_ product: Product) -> [String] {
    [
      product.sku, product.name, product.price.text(product.currency), product.currency.code,
      product.image, product.stock.map(String.init) ?? "",
    ]
  }
}

/// Comma-separated values (RFC 4180).
public enum CSV {
  /// One line with its end. A cell that a spreadsheet would run as a formula gets an apostrophe;
  /// control characters are shown as `\\x1b`.
  public static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  private static func cell(_ text: String) -> String {
    var text = TerminalText.withoutControls(text)
    if let first = text.utf8.first, "=+-@".utf8.contains(first), !isNumber(text) {
      text = "'" + text
    }
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2c }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  private static func isNumber(_ text: String) -> Bool {
    text.hasPrefix("-") && (try? UnitPrice(text.dropFirst())) != nil
  }
}
