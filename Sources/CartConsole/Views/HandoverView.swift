import CartEngine
import CartModel
import CartReports
import CartSupport

/// Shows what others did since a person left.
struct HandoverView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ report: Handover) {
    io.messages(
      report.lastSeen.map { "since your last operation, \(shop.zone.text($0))" }
        ?? "since \(shop.zone.text(report.since))")
    if report.imports > 0 {
      io.messages(
        "\(CountText.count(report.imports, "import is", "imports are")) not counted; "
          + ".ops actor=import lists them")
    }
    let scope = ReportScope(
      shop: shop.settings.name, from: report.since, to: handler.now)
    func show(_ table: ReportTable) {
      var table = table
      table.scope = scope
      self.show(table)
    }
    show(
      ReportTable(
        name: "work", title: "Who did what", asOf: handler.now,
        columns: [.init("who")]
          + ["operations", "carts", "new", "changes", "ordered", "deleted", "held", "sent"].map {
            .init($0, "integer")
          },
        rows: report.work.map { work in
          [.text(work.who)]
            + [
              work.operations, work.carts, work.new, work.changes, work.ordered, work.deleted,
              work.held, work.sent,
            ].map { .integer(Int64($0)) }
        }))
    if !report.operations.isEmpty {
      io.output("\n")
      show(
        ReportTable(
          name: "operations", title: "What staff and rules did", asOf: handler.now,
          columns: [
            .init("op", "integer"), .init("at", "time"), .init("who"), .init("carts", "integer"),
            .init("what"),
          ],
          rows: report.operations.map {
            [
              .integer($0.operation), .time($0.at), .text($0.who), .integer(Int64($0.carts)),
              .text($0.words),
            ]
          }))
    }
    guard !report.claims.isEmpty else { return }
    io.output("\n")
    self.show(
      ReportTable(
        name: "claims", title: "Claimed now", asOf: handler.now,
        columns: [.init("id", "id"), .init("claimed by"), .init("until", "time")],
        rows: report.claims.map {
          [.text($0.cart), .text($0.claim.by), .time($0.claim.until)]
        }))
  }
}
