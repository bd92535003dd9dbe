import CartModel
import CartReports
import CartSupport
import LuaKit

/// What `report "name"` gives until its table follows.
struct PendingDefinition {
  let kind: String
  let name: String
}

/// `report` and `importer`: definitions that a file makes, and `reports.run`.
enum DefinitionFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "report", .define, [.required("name", "string")], returns: "definition",
      "Defines a report: report \"name\" { title =, run = function(q) … end }; run returns {columns = "
        + "{{name=, type=, about=}, …}, rows = {{…}, …}, totals = {…}, chart = {type=, x=, y={…}}}; types: "
        + "text id integer number money percent time bar; charts: line bar stacked heat."
    ) { call in [try pending(call)] },
    ScriptFunction(
      "rule", .define, [.required("name", "string")], returns: "definition",
      "Defines a rule: rule \"name\" { when = function(c, p) … end, params = {…}, action = \"hold\" or "
        + "\"flag\", ban = {by=, ttl=}, reason =, tell =, priority =, share =, band = }."
    ) { call in [try pending(call)] },
    ScriptFunction(
      "policy", .define, [.required("name", "string")], returns: "definition",
      "Defines a policy: policy \"name\" { when = function(c, p) … end, order = {…} or function(c, p), "
        + "every = \"15m\", max = {orders=, total=, per=}, drift = \"0%\", params = {…} }; max is required."
    ) { call in [try pending(call)] },
    ScriptFunction(
      "importer", .define, [.required("name", "string")], returns: "definition",
      "Defines an importer: importer \"name\" { row = function(r, n, emit, reject) … end }. Its keys: "
        + ScriptImporter.help + "."
    ) { call in [try pending(call)] },
    ScriptFunction(
      "emit", .effect, [.required("event", "table"), .optional("line", "integer")],
      "Inside an importer: imports an event, of the format that import reads; at is a time with its zone, "
        + "or what time() gives. An unknown key is an error."
    ) { call in
      guard let bridge = call.session.bridge else {
        throw LuaRaise("emit: there is no import under way")
      }
      guard case .table = call[0] else { throw call.failure(0, "a table") }
      let line = try call.optionalInteger(1).map { Int(clamping: $0) }
      let event = try call.session.event(call[0])
      if call.session.spendOutput(event.size) { try bridge.emit(event, line) }
      return []
    },
    ScriptFunction(
      "reject", .effect, [.required("reason", "string"), .optional("line", "integer")],
      "Inside an importer: rejects the row with a reason."
    ) { call in
      guard let bridge = call.session.bridge else {
        throw LuaRaise("reject: there is no import under way")
      }
      let line = try call.optionalInteger(1).map { Int(clamping: $0) }
      let reason = try call.text(0)
      // The row's text is written with it.
      if call.session.spendOutput(reason.utf8.count + bridge.text.utf8.count) {
        try bridge.reject(reason, line)
      }
      return []
    },
    ScriptFunction(
      "reports.run", .read,
      [
        .required("name", "string"),
        .optional(
          "options", "table",
          grammar: .record([
            ("since", .time), ("until", .time), ("period", .period), ("by", .any),
            ("where", .filter(CartFunctions.options)), ("compare", .any),
          ])),
      ],
      returns: "result",
      "Runs a report: {since=, until=, period=, by=, where={…}, compare=true} gives {columns=, rows=, "
        + "totals=}."
    ) { call in
      let options = try call.record(1)
      var (query, isCompared) = (ReportQuery(), false)
      if options["period"] != nil, options["since"] != nil || options["until"] != nil {
        throw LuaRaise("reports.run: period says since and until; leave them out")
      }
      for (key, value) in options {
        switch (key, value) {
        case ("since", .string(let text)): query.since = try call.session.parser.time(text)
        case ("until", .string(let text)): query.until = try call.session.parser.time(text)
        case ("since", _): query.since = try call.session.timestamp(value, "reports.run: since")
        case ("until", _): query.until = try call.session.timestamp(value, "reports.run: until")
        case ("period", .string(let text)):
          let handler = call.session.handler
          query.use(try ReportPeriod(text, now: handler.now, handler.shop.zone))
        case ("by", .string(let text)): query.by = text
        case ("compare", .boolean(let flag)): isCompared = flag
        case ("compare", _):
          throw LuaRaise(
            "reports.run: compare: expected true or false, got \(call.session.kind(value))")
        case ("where", .table), ("where", .string):
          query.filter = try CartFunctions.filter(call, value)
        default:
          throw LuaRaise("reports.run: \(key): expected a text, got \(call.session.kind(value))")
        }
      }
      let name = try call.text(0)
      var report = try call.session.report(name, query)
      if isCompared {
        report = try query.compared(report, call.session.handler) {
          try call.session.report(name, $0)
        }
      }
      return [call.session.value(report)]
    },
  ]

  static let declaration = ScriptClass(
    kind: .definition, .define, fields: [], methods: [],
    events: [
      ScriptFunction("call", .define, [.rest], "") { call in
        guard case .object(let object) = call[0],
          object.slot < call.session.definitions.count
        else { throw LuaRaise("definition: it is no longer available") }
        let pending = call.session.definitions[Int(object.slot)]
        guard case .table(let pairs) = call[1] else {
          throw LuaRaise(
            "\(pending.kind) \(quoted(pending.name)): expected a table, got "
              + call.session.kind(call[1]))
        }
        try define(call.session, pending, pairs)
        return []
      }
    ])

  private static func pending(_ call: ScriptCall) throws -> LuaValue {
    let name = try call.text(0)
    guard !name.isEmpty, name.utf8.count <= 60, !name.hasPrefix("-"),
      name.utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
      })
    else {
      throw LuaRaise(
        "\(call.name): expected a name of small letters, digits, - and _, got \(quoted(name))")
    }
    call.session.definitions.append(PendingDefinition(kind: call.name, name: name))
    return .object(
      LuaObject(
        classID: ScriptClassID.definition.rawValue,
        slot: UInt32(call.session.definitions.count - 1)))
  }

  private static func define(
    _ session: ScriptSession, _ pending: PendingDefinition, _ pairs: [LuaValue.Pair]
  ) throws {
    let what = "\(pending.kind) \(quoted(pending.name))"
    switch pending.kind {
    case "rule": return try session.define(rule: pending.name, what, pairs)
    case "policy": return try session.define(policy: pending.name, what, pairs)
    default: break
    }
    if pending.kind == "importer" {
      session.importers[pending.name] = try ScriptImporter(pending.name, session, what, pairs)
      return
    }
    let members = try DefinitionMembers(session, what, pairs, known: ScriptSession.reportKeys)
    let run = try members.function("run")
    session.keep(run)
    session.reports[pending.name] = ScriptReport(
      name: pending.name, title: try members.string("title") ?? pending.name, run: run)
  }
}
