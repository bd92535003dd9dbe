import CartEngine
import CartModel
import CartStorage

/// Who did what.
enum OperationsReport {
  private struct Key: Hashable {
    var group: String
    var who: String
  }

  static let report = Report(
    name: "operations", title: "Who did what", groupings: .times, takesFilter: false
  ) { run in
    var sums: [Key: [CheckedSum]] = [:]
    var filter = OperationFilter()
    (filter.since, filter.until, filter.limit) = (run.query.since, run.query.until, .max)
    for entry in try run.handler.reader.operations.list(filter) {
      let operation = entry.operation
      let key = Key(
        group: run.grouping?.part?.group(operation.at, run.zone) ?? "", who: operation.actor.person)
      let values = [
        1, operation.extent.carts, operation.extent.events, entry.standing == .done ? 0 : 1,
      ]
      sums[key] = zip(sums[key] ?? Array(repeating: .init(), count: 4), values).map {
        $0 + CheckedSum($1)
      }
    }
    let groups = run.grouping.map { grouping in
      grouping.sorted(Set(sums.keys.map(\.group)).map { ($0, .init()) })
    }
    let rows = (groups ?? [""]).flatMap { group in
      sums.filter { $0.key.group == group }.sorted { a, b in
        a.value[0] != b.value[0] ? a.value[0] > b.value[0] : a.key.who < b.key.who
      }
    }
    let time = run.grouping.map { ReportTable.Column($0.name, "id", "when they were begun") }
    return run.table(
      (time.map { [$0] } ?? []) + [
        .init("who", "text", "the person, rule, policy or import; a script counts as its person"),
        .init("operations", "integer", "verbs, chunks, scripts, passes and imports that wrote"),
        .init("carts", "integer", "carts that they changed, once for each operation"),
        .init("events", "integer", "what they wrote to the event log"),
        .init("undone", "integer", "of the operations undone since, whole or in part"),
      ],
      rows.map { key, values in
        (time == nil ? [] : [.text(key.group)]) + [.text(key.who)] + values.map { .count($0) }
      })
  }
}
