import CartEngine
import CartModel
import CartStorage
import LuaKit

/// Dry runs, atomic changes, undo and redo, bulk runs.
enum SafetyFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "plan", .effect, [.required("fn", "function")], returns: "outcome",
      "Works out what a function would do and keeps nothing of it: {carts=, events=, orders=, "
        + "mails=, changes={{cart=, version=, before=, after=, text=}, …}}."
    ) { call in
      let function = try call.function(0)
      let plan = try call.run().plans.plan { _ = try call.session.call(function, []) }
      call.session.lastPlan = plan
      return [value(plan, call.session)]
    },
    ScriptFunction(
      "atomically", .effect, [.required("fn", "function")], returns: "any",
      "Calls a function whose changes are kept as a whole or not at all; gives what it gives."
    ) { call in
      let function = try call.function(0)
      return try call.run().atomically { try call.session.call(function, []) }
    },
    ScriptFunction(
      "undo", .effect, [.required("operation", "integer")], returns: "integer",
      "Undoes an operation; gives how many carts changed.",
      errors: ["a number that no operation has", "one that is undone already", "this run's own"]
    ) { call in [try revert(call, redo: false)] },
    ScriptFunction(
      "redo", .effect, [.required("operation", "integer")], returns: "integer",
      "Does an undone operation again; gives how many carts changed."
    ) { call in [try revert(call, redo: true)] },
    ScriptFunction(
      "ops", .read,
      [
        .optional(
          "options", "table",
          grammar: .record(
            OperationFilter.keys.map { ($0, $0 == "since" || $0 == "until" ? .time : .any) }))
      ], returns: "operation[]",
      "Operations, newest first: {op=, at=, actor=, command=, carts=, events=, undone=true|false|'partly', reason=}; "
        + "of {actor=, cart=, since=, until=, undone=, limit=}, and words of the command.", ops),
    ScriptFunction(
      "jobs", .read, returns: "job[]",
      "Bulk runs, newest first: {job=, at=, actor=, command=, total=, done=, failed=, state=}."
    ) { call in
      let jobs: [Job]
      do throws(StoreError) { jobs = try call.handler.shop.store.jobs(limit: 200) } catch {
        throw EngineError(error)
      }
      return [
        .list(
          jobs.map {
            .record([
              ("job", .integer($0.id)), ("at", ScriptSession.seconds($0.at)),
              ("actor", .string($0.actor.description)), ("command", .string($0.command)),
              ("total", .integer($0.total)), ("done", .integer($0.done)),
              ("failed", .integer($0.failed)),
              ("state", .string($0.isFinished ? "finished" : "open")),
            ])
          })
      ]
    },
  ]

  private static let ops: @Sendable (inout ScriptCall) throws -> [LuaValue] = { call in
    var filter = OperationFilter()
    filter.limit = 50
    let handler = call.handler
    for pair in call[0] == .nil ? [] : try call.table(0) {
      switch (pair.key, pair.value) {
      case (.integer, .string(let word)):
        filter.words.append(
          try SearchWord.read(
            try TypedWord(whole: word), names: OperationFilter.keys, "ops"))
      case (.string(let key), let value):
        var text = call.session.text(value)
        if key == "since" || key == "until", value.isNumber {
          text = try call.session.timestamp(value, "ops: \(key)").description
        }
        try filter.add(key, text, call.session.parser) { name throws(EngineError) in
          try handler.reader.find(name)
        }
      default:
        throw LuaRaise("ops: expected name = value or a word, got \(call.session.kind(pair.value))")
      }
    }
    return [
      .list(
        try handler.reader.operations.list(filter).map {
          .record([
            ("op", .integer($0.operation.id)), ("at", ScriptSession.seconds($0.operation.at)),
            ("actor", .string($0.operation.actor.description)),
            ("command", .string($0.operation.command)),
            ("carts", .integer($0.operation.extent.carts)),
            ("events", .integer($0.operation.extent.events)), ("undone", undone($0)),
            ("reason", .string($0.operation.reason)),
          ])
        })
    ]
  }

  private static func undone(_ entry: OperationEntry) -> LuaValue {
    entry.standing == .partly ? .string("partly") : .boolean(entry.standing == .undone)
  }

  private static func value(_ plan: Plan, _ session: ScriptSession) -> LuaValue {
    .record([
      ("carts", .integer(Int64(plan.changes.count))), ("events", .integer(Int64(plan.events))),
      ("orders", .integer(Int64(plan.orders))), ("mails", .integer(Int64(plan.mails))),
      (
        "changes",
        .list(
          plan.changes.map {
            .record([
              ("cart", .string($0.cart)), ("version", .integer($0.version)),
              ("before", $0.before.map(session.object) ?? .nil),
              ("after", $0.after.map(session.object) ?? .nil), ("text", .string($0.words)),
            ])
          })
      ),
    ])
  }

  private static func revert(_ call: ScriptCall, redo: Bool) throws -> LuaValue {
    let (handler, run, number) = (call.handler, try call.run(), try call.integer(0))
    // A job that goes on does not ask again about what was done when it first ran.
    guard !run.jobs.isReplaying else {
      return .integer(Int64(try run.undo.revert(number, redo: redo).carts.count))
    }
    let preview = try run.undo.preview(
      number, redo: redo, limit: handler.confirmer.asks ? .max : 1)
    try preview.checkChanges()
    try handler.confirmer.confirm(undoOf: preview, redo: redo, isPart: true)
    let report = try run.undo.revert(number, redo: redo)
    for sentence in report.stays { call.session.messages(sentence) }
    return .integer(Int64(report.carts.count))
  }
}

extension LuaValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .number: true
    default: false
    }
  }
}
