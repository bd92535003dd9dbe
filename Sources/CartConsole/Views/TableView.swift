import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Shows tables, as the mode says.
struct TableView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ table: ReportTable) {
    guard screen.watching == nil else {
      screen.watching?.append(table)
      return
    }
    io.output(text(of: table))
  }

  /// A table as the mode shows it. CSV has room for the figures only: what they are about is a message.
  func text(of table: ReportTable) -> String {
    var table = table
    if table.scope.shop.isEmpty { table.scope.shop = handler.settings.name }
    let time = { [zone = shop.zone] (at: Timestamp) in zone.text(at) }
    switch mode {
    case .html:
      return ReportPage(table, cart: { words(ofCart: $0, at: table.asOf) }, time: time).html
    case .table:
      let table = table.withPrintableHeaders
      guard let columns = io.terminal.width else { return mode.text(table, io.terminal, time) }
      return mode.text(Bars.drawn(table, in: columns), io.terminal, time)
        + (Bars.lines(table) ?? "")
    case .csv:
      if table.scope.range != nil {
        io.messages(table.statement(time).joined(separator: ", "))
      }
      return io.terminal.width == nil ? table.csv : table.csvForTerminal
    default: return mode.text(table, io.terminal, time)
    }
  }

  /// A cart in a list behind a row: id, status, shopper.
  private func words(ofCart key: Int64, at time: Timestamp) -> [String] {
    guard let cart = try? handler.reader.cart(key) else { return ["", "", ""] }
    return [cart.id, cart.status(at: time, handler.settings).rawValue, cart.shopper.who]
  }
}
