import CartApplication
import CartEngine
import CartModel
import CartReports
import CartStorage
import CartSupport

/// Verbs that look and change nothing.
struct FindVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "carts", "[WHERE… by= sort= limit= page= columns= at=]", 0...300, kind: .filter,
      traits: .looks,
      "Lists carts, the latest first: .carts country=DE total>100 anna; by=country counts them; "
        + "or, not and parentheses too: .carts (country=DE or country=AT) not coupon=\"\".",
      FindVerbs.carts),
    Verb("cart", "ID", 0...1, traits: .looks, "Shows a cart in full.", FindVerbs.cart),
    Verb(
      "customer", "WHO", 1...20, kind: .text(from: 0), traits: .looks,
      "One page of a person: carts, orders, bans, notes; by e-mail, customer number, name or phone.",
      FindVerbs.customer),
    Verb(
      "orders", "[WHERE… sort= limit= page= columns= at=]", 0...300, kind: .filter, traits: .looks,
      "Lists orders.", FindVerbs.orders),
    Verb(
      "products", "[TEXT] [limit=]", 0...20, options: ["limit"], traits: .looks,
      "Lists the catalogue.",
      FindVerbs.products),
    Verb(
      "history", "ID [limit= page=]", 0...1, options: ["limit", "page"], traits: .looks,
      "Lists a cart's events with actors and reasons; page=2 those before the last 50.",
      FindVerbs.history),
  ]

  private var list: CartList { CartList(workspace) }

  private func carts(_ call: VerbCall) throws {
    application.beginReading(call.line)
    var filter = try filter(call.typed, Set(FilterOption.allCases), for: "carts")
    try application.say(missingIn: filter)
    if let name = filter.by {
      try filter.check([.by, .limit, .at], "carts by=\(name)")
      return try handler.reader.at(filter.at?.start) { try list.show(groups: filter, by: name) }
    }
    let number = list.pageNumber(&filter)
    try handler.reader.at(filter.at?.start) {
      let page = try handler.reader.page(number, matching: filter)
      let sums = try list.show(carts: page.keys, of: filter).amounts.map(\.description)
      try list.say(page, number, filter, sums)
    }
  }

  private func cart(_ call: VerbCall) throws {
    application.beginReading(call.line)
    let word = call.words.isEmpty ? "@" : call[0]
    StoreLooks(workspace).refresh(word)
    show(try cart(word))
  }

  private func customer(_ call: VerbCall) throws {
    application.beginReading(call.line)
    try CustomerPage(workspace).show(call.words.joined(separator: " "))
  }

  private func orders(_ call: VerbCall) throws {
    application.beginReading(call.line)
    var filter = try filter(
      call.typed, [.sort, .limit, .page, .columns, .at], for: "orders"
    ).ofOrders()
    if !filter.namesStatus { filter.require(.init(.status, .equal, [.status(.ordered)])) }
    try application.say(missingIn: filter)
    let number = list.pageNumber(&filter)
    try handler.reader.at(filter.at?.start) {
      let page = try handler.reader.page(number, matching: filter)
      try OrderList(workspace).show(page.keys, of: filter)
      if page.total == 0 { try OrderList(workspace).say(nothingFor: filter, call.words) }
      if page.total > page.keys.count {
        try list.say(page, number, filter, [], all: "\(CountText.grouped(page.total)) orders")
      }
    }
  }

  private func products(_ call: VerbCall) throws {
    let text = call.words.joined(separator: " ")
    var limit = Int.max
    if let word = call.options["limit"] {
      guard let number = Int(word), number > 0 else {
        throw ModelError(
          .malformed, "limit: expected a whole number from 1, got \(quoted(word))")
      }
      limit = number
    }
    let products = try handler.reader.catalogue.products(containing: text, limit: limit)
    if products.isEmpty {
      io.messages(
        text.isEmpty
          ? "The catalogue is empty." : "No product has \(quoted(text)) in SKU or name.")
    }
    show(
      ReportTable(
        name: "products", title: "Products", asOf: handler.now,
        columns: [
          .init("sku"), .init("name"), .init("price", "number"), .init("currency"),
          .init("stock", "integer"),
        ],
        rows: products.map {
          [
            .text($0.sku), .text($0.name), .number($0.price.text($0.currency)),
            .text($0.currency.code), $0.stock.map { .integer($0) } ?? .empty,
          ]
        }))
  }

  // MARK: History

  private func history(_ call: VerbCall) throws {
    application.beginReading(call.line)
    let cart = try cart(call.words.isEmpty ? "@" : call[0])
    let entries = try page(of: try handler.reader.history(of: cart.key), cart, call)
    workspace.shown.name(cart)
    show(
      ReportTable(
        name: "history", title: cart.id, asOf: handler.now,
        columns: [
          .init("version", "integer"), .init("at", "time"), .init("op", "integer"),
          .init("actor"), .init("what"), .init("reason"),
        ],
        rows: entries.map { entry in
          [
            .integer(entry.event.version), .time(entry.event.at),
            .integer(entry.event.operation), .text(entry.event.actor.description),
            .text(entry.event.body.words(shop.zone) + (entry.isUndone ? " [undone]" : "")),
            .text(entry.reason),
          ]
        }))
  }

  /// The newest events of a cart, or those of an earlier page; all where nobody reads along.
  ///
  /// Says what it leaves out.
  private func page(
    of entries: [HistoryEntry], _ cart: Cart, _ call: VerbCall
  ) throws -> ArraySlice<HistoryEntry> {
    var filter = Filter()
    if let word = call.options["limit"] {
      guard let limit = Int(word), limit > 0 else {
        throw ModelError(.malformed, "limit: expected a whole number from 1, got \(quoted(word))")
      }
      filter.limit = limit
    }
    if let word = call.options["page"] {
      guard let page = Int(word), page > 0 else {
        throw ModelError(.malformed, "page: expected a whole number from 1, got \(quoted(word))")
      }
      filter.page = page
    }
    let number = list.pageNumber(&filter)
    guard let length = filter.limit, length < entries.count || number > 1 else {
      return entries[...]
    }
    let (skipped, overflow) = (number - 1).multipliedReportingOverflow(by: length)
    guard !overflow, skipped < entries.count else {
      throw EngineError(.notFound, "page: cart \(cart.id) has \(entries.count) events")
    }
    let page = entries.dropLast(skipped).suffix(length)
    let earlier =
      page.startIndex > 0
      ? "; page=\(number + 1) shows those before, limit=N shows more" : ""
    io.messages(
      "events \(CountText.grouped(page.startIndex + 1)) to \(CountText.grouped(page.endIndex)) of "
        + "\(CountText.grouped(entries.count))\(earlier)")
    return page
  }
}
