import CartEngine
import CartModel
import CartReports
import CartStore
import CartSupport

/// Verbs that look and change nothing.
enum FindVerbs {
  static let all: [Verb] = verbs.map(\.looking)

  private static let verbs: [Verb] = [
    Verb(
      "carts", "[WHERE… by= sort= limit= page= columns= at=]", 0...300, kind: .filter,
      "Lists carts, the latest first: .carts country=DE total>100 anna; by=country counts them; "
        + "or, not and parentheses too: .carts (country=DE or country=AT) not coupon=\"\"."
    ) { console, call in
      console.handler.begin(call.line)
      var filter = try console.filter(call.typed, Set(FilterOption.allCases), for: "carts")
      try console.say(missingIn: filter)
      if let name = filter.by {
        try filter.check([.by, .limit, .at], "carts by=\(name)")
        return try console.handler.reader.at(filter.at?.start) {
          try console.show(groups: filter, by: name)
        }
      }
      let number = console.pageNumber(&filter)
      try console.handler.reader.at(filter.at?.start) {
        let page = try console.handler.reader.page(number, matching: filter)
        let sums = try console.show(carts: page.keys, of: filter).amounts.map(\.description)
        try console.say(page, number, filter, sums)
      }
    },
    Verb("cart", "ID", 0...1, "Shows a cart in full.") { console, call in
      console.handler.begin(call.line)
      console.show(try console.cart(call.words.isEmpty ? "@" : call[0]))
    },
    Verb(
      "customer", "WHO", 1...20, kind: .text(from: 0),
      "One page of a person: carts, orders, bans, notes; by e-mail, customer number, name or phone."
    ) { console, call in
      console.handler.begin(call.line)
      try console.showCustomer(call.words.joined(separator: " "))
    },
    Verb(
      "orders", "[WHERE… sort= limit= page= columns= at=]", 0...300, kind: .filter, "Lists orders."
    ) { console, call in
      console.handler.begin(call.line)
      var filter = try console.filter(
        call.typed, [.sort, .limit, .page, .columns, .at], for: "orders"
      ).ofOrders()
      if !filter.namesStatus { filter.require(.init(.status, .equal, [.status(.ordered)])) }
      try console.say(missingIn: filter)
      let number = console.pageNumber(&filter)
      try console.handler.reader.at(filter.at?.start) {
        let page = try console.handler.reader.page(number, matching: filter)
        try console.show(orders: page.keys, of: filter)
        if page.total == 0 { try console.say(noOrdersFor: filter, call.words) }
        if page.total > page.keys.count {
          try console.say(page, number, filter, [], all: "\(Console.grouped(page.total)) orders")
        }
      }
    },
    Verb("products", "[TEXT] [limit=]", 0...20, options: ["limit"], "Lists the catalogue.") {
      console, call in
      let text = call.words.joined(separator: " ")
      var limit = Int.max
      if let word = call.options["limit"] {
        guard let number = Int(word), number > 0 else {
          throw ModelError(
            .malformed, "limit: expected a whole number from 1, got \(quoted(word))")
        }
        limit = number
      }
      let products = try console.handler.reader.catalogue.products(containing: text, limit: limit)
      if products.isEmpty {
        console.io.messages(
          text.isEmpty
            ? "The catalogue is empty." : "No product has \(quoted(text)) in SKU or name.")
      }
      console.show(
        ReportTable(
          name: "products", title: "Products", asOf: console.handler.now,
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
    },
    Verb(
      "history", "ID [limit= page=]", 0...1, options: ["limit", "page"],
      "Lists a cart's events with actors and reasons; page=2 those before the last 50."
    ) { console, call in
      console.handler.begin(call.line)
      let cart = try console.cart(call.words.isEmpty ? "@" : call[0])
      let entries = try console.page(
        of: try console.handler.reader.history(of: cart.key), cart, call)
      console.shown.name(cart)
      console.show(
        ReportTable(
          name: "history", title: cart.id, asOf: console.handler.now,
          columns: [
            .init("version", "integer"), .init("at", "time"), .init("op", "integer"),
            .init("actor"), .init("what"), .init("reason"),
          ],
          rows: entries.map { entry in
            [
              .integer(entry.event.version), .time(entry.event.at),
              .integer(entry.event.operation), .text(entry.event.actor.description),
              .text(
                entry.event.body.words(console.shop.zone) + (entry.isUndone ? " [undone]" : "")),
              .text(entry.reason),
            ]
          }))
    },
  ]
}

extension Filter {
  /// Its words in a list, which shows active and abandoned carts where no status is named.
  fileprivate var listed: [String] { texts + (namesStatus ? [] : ["status=active,abandoned"]) }
}

extension Console {
  /// The newest events of a cart, or those of an earlier page; all where nobody reads along.
  ///
  /// Says what it leaves out.
  fileprivate func page(
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
    let number = pageNumber(&filter)
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
      "events \(Self.grouped(page.startIndex + 1)) to \(Self.grouped(page.endIndex)) of "
        + "\(Self.grouped(entries.count))\(earlier)")
    return page
  }

  /// Lists carts and remembers their rows for `@3`.
  ///
  /// - Returns: what they come to.
  @discardableResult
  func show(carts keys: [Int64], of filter: Filter? = nil) throws -> MoneySums {
    let carts = try keys.compactMap { try handler.reader.cart($0) }
    shown.list(carts)
    let ids = shortened(carts.map(\.id))
    var (rows, sums) = ([[ReportTable.Cell]](), MoneySums())
    let isPiped = io.terminal.width == nil
    for (index, cart) in carts.enumerated() {
      let total = try? cart.price(handler.settings).total
      if let total { sums.add(total) }
      var row: [ReportTable.Cell] = [
        .integer(Int64(index) + 1), .text(ids[index]),
        .text(cart.status(at: handler.now, handler.settings).rawValue),
        .text(cart.idle(at: handler.now).brief),
      ]
      // A script wants a moment, a person how long ago.
      if isPiped { row.append(.time(cart.updated)) }
      row += [
        .integer(Int64(cart.lines.count)), total.map { .money($0) } ?? .outOfRange,
        .text(cart.currency.code), .text(cart.shopper[.country]), .text(cart.shopper.who),
        .text(cart.coupons.joined(separator: " ")),
      ]
      rows.append(row)
    }
    var table =
      ReportTable(
        name: "carts", title: "Carts", asOf: handler.now,
        columns: [
          .init("#", "integer"), .init("id", "id"), .init("status", "id"), .init("idle"),
        ] + (isPiped ? [.init("updated", "time")] : []) + [
          .init("lines", "integer"), .init("total", "money"), .init("currency"),
          .init("country"), .init("shopper"), .init("coupons"),
        ],
        rows: rows)
    if let filter, !filter.columns.isEmpty { table = self.table(of: carts, filter.columns) }
    table.scope.filters = filter?.listed ?? []
    show(table)
    return sums
  }

  /// The page that is wanted; on a terminal a page has 50 rows, unless the filter says otherwise.
  fileprivate func pageNumber(_ filter: inout Filter) -> Int {
    if filter.limit == nil, io.terminal.width != nil || filter.page != nil { filter.limit = 50 }
    return filter.page ?? 1
  }

  /// Says how many there are, and what those shown come to.
  fileprivate func say(
    _ page: CartReader.Page, _ number: Int, _ filter: Filter, _ sums: [String],
    all: String? = nil
  ) throws {
    guard page.total > 0 else { return try say(nothingFor: filter) }
    guard page.total > page.keys.count else {
      io.messages(([Self.carts(page.total)] + sums).joined(separator: ", "))
      return
    }
    let more = page.isMore ? " or more" : ""
    let shown = page.keys.isEmpty ? "none" : Self.grouped(page.keys.count)
    let isLast = page.keys.count < filter.limit ?? 0 || (filter.limit ?? 0) * number == page.total
    io.messages(
      "\(shown) of \(all ?? Self.carts(page.total))\(more)"
        + (sums.isEmpty ? "" : "; those shown come to \(sums.joined(separator: ", "))")
        + (isLast ? "" : "; page=\(number + 1) shows the next"))
  }

  /// Counts carts by what a field says.
  fileprivate func show(groups filter: Filter, by name: String) throws {
    var all = filter
    all.limit = nil
    let groups = try handler.reader.groups(by: name, matching: all).sorted
    let shown = groups.prefix(filter.limit ?? .max)
    var table =
      ReportTable(
        name: "carts", title: "Carts by \(name)", asOf: handler.now,
        columns: [.init(name), .init("carts", "integer"), .init("total", "number")],
        rows: shown.map { group in
          let totals = group.totals.amounts.map(\.description)
          return [
            .text(group.value), .integer(group.count), .number(totals.joined(separator: ", ")),
          ]
        })
    table.scope.filters = filter.listed
    show(table)
    if shown.count < groups.count {
      io.messages(
        "\(Self.grouped(shown.count)) of \(Self.grouped(groups.count)) values of \(name); the others "
          + "have fewer carts")
    }
  }

  /// - Throws: `notFound` for the number of an order that does not exist.
  fileprivate func say(noOrdersFor filter: Filter, _ words: [String]) throws {
    if words.count == 1, let number = words.first, number.allSatisfy(\.isNumber) {
      throw ConsoleError(
        .failed, "No order has the number '\(number)'. Find it with .orders NAME or .orders E-MAIL")
    }
    let texts = filter.expression.texts
    io.messages(
      "0 orders" + (texts.isEmpty ? "" : " match: " + printable(texts.joined(separator: " "))))
  }

  func show(orders keys: [Int64], of filter: Filter) throws {
    let carts = try keys.compactMap { try handler.reader.cart($0) }.filter { $0.order != nil }
    shown.list(carts)
    let ids = shortened(carts.map(\.id))
    var rows: [[ReportTable.Cell]] = []
    for (index, cart) in carts.enumerated() {
      guard let order = cart.order else { continue }
      rows.append([
        .integer(Int64(index) + 1), .text(order.id), .text(order.state.description),
        .time(order.at), .integer(order.quantity),
        .money(order.total), .text(cart.currency.code), .text(cart.shopper[.email]),
        .text(ids[index]),
      ])
    }
    var table =
      ReportTable(
        name: "orders", title: "Orders", asOf: handler.now,
        columns: [
          .init("#", "integer"), .init("order", "id"), .init("status"), .init("at", "time"),
          .init("pieces", "integer"), .init("total", "money"), .init("currency"),
          .init("shopper"), .init("cart", "id"),
        ],
        rows: rows)
    if !filter.columns.isEmpty { table = self.table(of: carts, filter.columns, title: "Orders") }
    table.scope.filters = filter.listed
    show(table)
  }

  /// On a terminal, ids cut to their first characters, 8 or as many as tell them apart.
  func shortened(_ ids: [String]) -> [String] {
    guard io.terminal.width != nil, mode == .table else { return ids }
    var length = 8
    while length < 36, Set(ids.map { $0.prefix(length) }).count < Set(ids).count { length += 1 }
    return ids.map { String($0.prefix(length)) }
  }
}
