import CartEngine
import CartModel
import CartStore

/// Who did what.
enum OperationsReport {
  static let report = Report(
    name: "operations", title: "Who did what", takesFilter: false
  ) { run in
    var byPerson: [String: (operations: Int64, carts: Int64, events: Int64, undone: Int64)] = [:]
    var filter = OperationFilter()
    (filter.since, filter.until, filter.limit) = (run.query.since, run.query.until, .max)
    for entry in try run.handler.operations(filter) {
      var sum = byPerson[entry.operation.actor.person] ?? (0, 0, 0, 0)
      sum.operations += 1
      sum.carts += entry.operation.carts
      sum.events += entry.operation.events
      if entry.standing != .done { sum.undone += 1 }
      byPerson[entry.operation.actor.person] = sum
    }
    let rows = byPerson.sorted { a, b in
      a.value.operations != b.value.operations
        ? a.value.operations > b.value.operations : a.key < b.key
    }
    return run.table(
      [
        .init("who", "text", "the person, rule, policy or import; a script counts as its person"),
        .init("operations", "integer", "verbs, chunks, scripts, passes and imports that wrote"),
        .init("carts", "integer", "carts that they changed, once for each operation"),
        .init("events", "integer", "what they wrote to the journal"),
        .init("undone", "integer", "of the operations taken back since, whole or in part"),
      ],
      rows.map { who, sum in
        [
          .text(who), .integer(sum.operations), .integer(sum.carts), .integer(sum.events),
          .integer(sum.undone),
        ]
      })
  }
}
