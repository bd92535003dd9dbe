import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Lists carts and orders, and says how many there are.
struct CartList: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// Lists carts and remembers their rows for `@3`.
  ///
  /// - Returns: what they come to.
  @discardableResult
  func show(carts keys: [Int64], of filter: Filter? = nil) throws -> MoneySums {
    let carts = try keys.compactMap { try handler.reader.cart($0) }
    workspace.shown.list(carts)
    let ids = shortened(carts.map(\.id))
    var (rows, sums) = ([[ReportTable.Cell]](), MoneySums())
    let isPiped = io.terminal.width == nil
    let areOfStore = carts.contains(where: \.isOfStore)
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
      if areOfStore { row += store(cart) }
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
        ] + (areOfStore ? Self.storeColumns : []),
        rows: rows)
    if let filter, !filter.columns.isEmpty { table = self.table(of: carts, filter.columns) }
    table.scope.filters = filter?.listed ?? []
    show(table)
    return sums
  }

  private static let storeColumns: [ReportTable.Column] = [
    .init("store id", "id"), .init("origin"), .init("as of"), .init("pending"),
  ]

  /// What the list says of a cart's store; nothing for a cart of this program.
  private func store(_ cart: Cart) -> [ReportTable.Cell] {
    guard let binding = cart.binding else { return [.text(""), .text(""), .text(""), .text("")] }
    return [
      .text(binding.storeID), .text(binding.origin.rawValue),
      .text(cart.asOf.map { shop.zone.text($0) } ?? "unknown"),
      .text(cart.isPending ? "yes" : ""),
    ]
  }

  /// The page that is wanted; on a terminal a page has 50 rows, unless the filter says otherwise.
  func pageNumber(_ filter: inout Filter) -> Int {
    if filter.limit == nil, io.terminal.width != nil || filter.page != nil { filter.limit = 50 }
    return filter.page ?? 1
  }

  /// Says how many there are, and what those shown come to.
  func say(
    _ page: CartReader.Page, _ number: Int, _ filter: Filter, _ sums: [String],
    all: String? = nil
  ) throws {
    guard page.total > 0 else { return try say(nothingFor: filter) }
    guard page.total > page.keys.count else {
      io.messages(([CountText.carts(page.total)] + sums).joined(separator: ", "))
      return
    }
    let more = page.isMore ? " or more" : ""
    let shown = page.keys.isEmpty ? "none" : CountText.grouped(page.keys.count)
    let isLast = page.keys.count < filter.limit ?? 0 || (filter.limit ?? 0) * number == page.total
    io.messages(
      "\(shown) of \(all ?? CountText.carts(page.total))\(more)"
        + (sums.isEmpty ? "" : "; those shown come to \(sums.joined(separator: ", "))")
        + (isLast ? "" : "; page=\(number + 1) shows the next"))
  }

  /// Counts carts by what a field says.
  func show(groups filter: Filter, by name: String) throws {
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
        "\(CountText.grouped(shown.count)) of \(CountText.grouped(groups.count)) values of \(name); the others "
          + "have fewer carts")
    }
  }

  /// The columns that a filter asks for, of carts.
  func table(of carts: [Cart], _ columns: [CartField], title: String = "Carts")
    -> ReportTable
  {
    let isPiped = io.terminal.width == nil
    let context = handler.reader.context
    let ids = shortened(carts.map(\.id))
    let isID = columns.map { $0 == .id }
    let rows = carts.enumerated().map { index, cart -> [ReportTable.Cell] in
      let cells = zip(columns, isID).map { field, isID -> ReportTable.Cell in
        isID ? .text(ids[index]) : .init(field.value(cart, context))
      }
      return isPiped ? cells : [.integer(Int64(index) + 1)] + cells
    }
    return ReportTable(
      name: title.lowercased(), title: title, asOf: handler.now,
      columns: (isPiped ? [] : [.init("#", "integer")])
        + columns.map { .init($0.heading, $0.columnType) },
      rows: rows)
  }

  /// Says what else there is where nothing open was found, and what may have been meant.
  func say(nothingFor filter: Filter) throws {
    let counts = filter.namesStatus ? [] : try handler.reader.counts(ofAnyStatus: filter)
    if counts.isEmpty {
      let texts = filter.expression.texts
      io.messages(
        "0 carts" + (filter.namesStatus ? "" : " of any status")
          + (texts.isEmpty ? "" : " match: " + printable(texts.joined(separator: " "))))
    } else {
      let others = counts.map { "\(CountText.grouped($0.count)) \($0.status.rawValue)" }
      io.messages("0 open carts; \(others.joined(separator: ", ")) (status=any)")
    }
    let parser = FilterParser(zone: shop.zone, now: handler.now)
    for word in filter.expression.words where parser.isTest(word) {
      io.messages(
        "note: \(quoted(word)) was searched as a text; without quotes around the whole it is a test"
      )
    }
    for test in filter.expression.tests where test.hasQuotedStar {
      io.messages(
        "note: \(printable(test.text)) has a * in quotes, which stands for itself; outside quotes * is "
          + "any text")
    }
    for test in filter.expression.tests where test.isWholePattern && !test.hasQuotedStar {
      io.messages(
        "note: \(printable(test.text)) means the whole value; * stands for any text, as "
          + "\(test.field.name)~*…*")
    }
  }
}

extension Filter {
  /// Its words in a list, which shows active and abandoned carts where no status is named.
  var listed: [String] { texts + (namesStatus ? [] : ["status=active,abandoned"]) }
}

extension CartField {
  /// The type of a report's column.
  fileprivate var columnType: String {
    switch kind {
    case .number: "integer"
    case .amount: "money"
    case .time: "time"
    case .status: "id"
    case .text, .title, .email, .address, .choice, .country, .currency, .span, .flag:
      self == .id || self == .order ? "id" : "text"
    }
  }
}

extension ReportTable.Cell {
  fileprivate init(_ value: CartValue) {
    switch value {
    case .number(let number): self = .integer(number)
    case .amount(let money): self = money.map { .money($0) } ?? .empty
    case .time(let time): self = .time(time)
    case .text, .texts, .span, .status, .flag: self = .text(value.description)
    }
  }
}
