import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Lists orders.
struct OrderList: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ keys: [Int64], of filter: Filter) throws {
    let carts = try keys.compactMap { try handler.reader.cart($0) }.filter { $0.order != nil }
    workspace.shown.list(carts)
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
    if !filter.columns.isEmpty {
      table = CartList(workspace).table(of: carts, filter.columns, title: "Orders")
    }
    table.scope.filters = filter.listed
    show(table)
  }

  /// - Throws: `notFound` for the number of an order that does not exist.
  func say(nothingFor filter: Filter, _ words: [String]) throws {
    if words.count == 1, let number = words.first, number.allSatisfy(\.isNumber) {
      throw ConsoleError(
        .failed, "No order has the number '\(number)'. Find it with .orders NAME or .orders E-MAIL")
    }
    let texts = filter.expression.texts
    io.messages(
      "0 orders" + (texts.isEmpty ? "" : " match: " + printable(texts.joined(separator: " "))))
  }
}
