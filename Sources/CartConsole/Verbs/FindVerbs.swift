import CartEngine
import CartModel
import CartReports
import CartStore

/// Verbs that look and change nothing.
enum FindVerbs {
  static let all: [Verb] = verbs.map(\.looking)

  private static let verbs: [Verb] = [
    Verb(
      "carts", "[WHERE… by= sort= limit= at=]", 0...100, options: ["by"],
      "Lists carts, the latest first: .carts country=DE total>100 anna; by=country counts them."
    ) { console, call in
      console.handler.begin(call.line)
      var filter = try console.filter(call.words)
      if let name = call.options["by"] {
        return try console.handler.at(filter.at) { try console.show(groups: filter, by: name) }
      }
      if filter.limit == nil, console.io.terminal.width != nil { filter.limit = 50 }
      try console.handler.at(filter.at) {
        let keys = try console.handler.keys(matching: filter)
        let sums = try console.show(carts: keys).amounts.map { "\($0) \($0.currency)" }
        console.io.messages(
          ([Console.carts(keys.count)] + sums).joined(separator: ", ")
            + (keys.count == filter.limit ? "; there may be more, which limit= shows" : ""))
      }
    },
    Verb("cart", "ID", 0...1, "Shows a cart in full.") { console, call in
      console.handler.begin(call.line)
      console.show(try console.cart(call.words.isEmpty ? "@" : call[0]))
    },
    Verb("customer", "WHO", 1...1, "Shows a person's carts, by e-mail or customer number.") {
      console, call in
      console.handler.begin(call.line)
      guard let found = try console.handler.customer(call[0]) else {
        throw EngineError(.notFound, "customer \(quoted(call[0])): nobody of this name is known")
      }
      let rows = found.shopper.fields.map {
        [ReportTable.Cell.text($0.field.key), .text($0.value)]
      }
      console.show(
        ReportTable(
          name: "customer", title: call[0], asOf: console.handler.now,
          columns: [.init("field"), .init("value")], rows: rows))
      console.io.output("\n")
      try console.show(carts: found.carts)
    },
    Verb("orders", "[WHERE…]", 0...100, "Lists orders.") { console, call in
      console.handler.begin(call.line)
      var filter = try console.filter(call.words)
      if !filter.namesStatus {
        filter.conditions.append(.init(.status, .equal, [.status(.ordered)]))
      }
      if filter.limit == nil, console.io.terminal.width != nil { filter.limit = 50 }
      try console.handler.at(filter.at) {
        try console.show(orders: try console.handler.keys(matching: filter))
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
      let products = try console.handler.products(containing: text, limit: limit)
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
    Verb("history", "ID", 0...1, "Lists a cart's events with actors and reasons.") {
      console, call in
      console.handler.begin(call.line)
      let cart = try console.cart(call.words.isEmpty ? "@" : call[0])
      let entries = try console.handler.history(of: cart.key)
      console.current = cart.key
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
              .text(entry.event.body.words + (entry.isUndone ? " [undone]" : "")),
              .text(entry.reason),
            ]
          }))
    },
    Verb(
      "report", "[NAME [WHERE…] since= until= by=]", 0...100, options: ["since", "until", "by"],
      "Shows a report, or the list of reports."
    ) { console, call in
      console.handler.begin(call.line)
      try console.report(call.words, call.options)
    },
  ]
}

extension Console {
  /// Lists carts and remembers their rows for `@3`.
  ///
  /// - Returns: what they come to.
  @discardableResult
  func show(carts keys: [Int64]) throws -> MoneySums {
    list = keys
    let carts = try keys.compactMap { try handler.cart($0) }
    let ids = shortened(carts.map(\.id))
    var (rows, sums) = ([[ReportTable.Cell]](), MoneySums())
    for (index, cart) in carts.enumerated() {
      let total = try? cart.price(handler.settings).total
      if let total { sums.add(total) }
      let who = cart.shopper[.email].isEmpty ? cart.shopper[.name] : cart.shopper[.email]
      rows.append([
        .integer(Int64(index) + 1), .text(ids[index]),
        .text(cart.status(at: handler.now, handler.settings).rawValue),
        io.terminal.width == nil
          ? .time(cart.updated)
          : .text(
            Span(milliseconds: max(0, handler.now.milliseconds - cart.updated.milliseconds))
              .description),
        .integer(cart.quantity), total.map { .money($0) } ?? .text("out of range"),
        .text(cart.currency.code), .text(cart.shopper[.country]), .text(who),
        .text(cart.coupons.joined(separator: " ")),
      ])
    }
    show(
      ReportTable(
        name: "carts", title: "Carts", asOf: handler.now,
        columns: [
          .init("#", "integer"), .init("id", "id"), .init("status", "id"),
          io.terminal.width == nil ? .init("updated", "time") : .init("age"),
          .init("pieces", "integer"), .init("total", "money"), .init("currency"),
          .init("country"), .init("shopper"), .init("coupons"),
        ],
        rows: rows))
    return sums
  }

  /// Counts carts by what a field says.
  fileprivate func show(groups filter: Filter, by name: String) throws {
    guard var groups = CartGroups(by: name, handler.context) else {
      throw ModelError(
        .malformed,
        "by: expected one of \(CartGroups.names.joined(separator: ", ")), got \(quoted(name))"
          + didYouMean(name, among: CartGroups.names))
    }
    for key in try handler.keys(matching: filter) {
      if let cart = try handler.cart(key) { groups.add(cart) }
    }
    show(
      ReportTable(
        name: "carts", title: "Carts by \(name)", asOf: handler.now,
        columns: [.init(name), .init("carts", "integer"), .init("total", "number")],
        rows: groups.sorted.map { group in
          let totals = group.totals.amounts.map { "\($0) \($0.currency)" }
          return [
            .text(group.value), .integer(group.count), .number(totals.joined(separator: ", ")),
          ]
        }))
  }

  func show(orders keys: [Int64]) throws {
    list = keys
    let carts = try keys.compactMap { try handler.cart($0) }
    let ids = shortened(carts.map(\.id))
    var rows: [[ReportTable.Cell]] = []
    for (index, cart) in carts.enumerated() {
      guard let order = cart.order else { continue }
      rows.append([
        .integer(Int64(index) + 1), .text(order.id), .text(order.state.description),
        .time(order.at), .integer(order.lines.reduce(0) { $0 + $1.quantity }),
        .money(order.total), .text(cart.currency.code), .text(cart.shopper[.email]),
        .text(ids[index]),
      ])
    }
    show(
      ReportTable(
        name: "orders", title: "Orders", asOf: handler.now,
        columns: [
          .init("#", "integer"), .init("order", "id"), .init("status"), .init("at", "time"),
          .init("pieces", "integer"), .init("total", "money"), .init("currency"),
          .init("shopper"), .init("cart", "id"),
        ],
        rows: rows))
  }

  /// Runs a report by its name, or lists them.
  func report(_ words: [String], _ options: [String: String]) throws {
    let library = ReportLibrary(console: self)
    guard let name = words.first else {
      let titles = BuiltInReports.titles + library.titles()
      show(
        ReportTable(
          name: "reports", title: "Reports", asOf: handler.now,
          columns: [.init("name"), .init("title")],
          rows: titles.map { [.text($0.name), .text($0.title)] }))
      return
    }
    show(try library.run(name, Array(words.dropFirst()), options))
  }

  /// On a terminal, ids cut to their first characters, 8 or as many as tell them apart.
  private func shortened(_ ids: [String]) -> [String] {
    guard io.terminal.width != nil, mode == .table else { return ids }
    var length = 8
    while length < 36, Set(ids.map { $0.prefix(length) }).count < Set(ids).count { length += 1 }
    return ids.map { String($0.prefix(length)) }
  }
}
