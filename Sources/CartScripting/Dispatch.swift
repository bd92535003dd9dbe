import CartEngine
import CartModel
import CartSupport
import LuaKit

/// The declarations as a table of numbered operations, made once for all sessions.
struct Dispatch: Sendable {
  static let shared = Dispatch()

  struct Entry: Sendable {
    let name: String
    let receiver: ScriptClassID?
    let parameters: [ScriptParameter]
    /// `len`, `index`, `tostring`, …; empty for what is called by its name.
    var event = ""
    /// The declared type of what it answers.
    var answer = ""
    /// Whether a script cannot change it: a field's.
    var isSealed = false
    var access = ScriptAccess.pure
    var noting = ScriptNoting.nothing
    let body: @Sendable (inout ScriptCall) throws -> [LuaValue]
  }

  /// An entry as calls hold it: they copy nothing of it.
  final class Operation: Sendable {
    let entry: Entry

    init(_ entry: Entry) { self.entry = entry }
  }

  private var entries: [Entry] = []
  private(set) var operations: [Operation] = []
  private var functions: [(String, Int)] = []
  private var members: [(ScriptClassID, String, Int, isMethod: Bool)] = []
  private var events: [(ScriptClassID, String, Int)] = []
  // Not by class: at each start the runtime would look for how it is hashed, in all that is linked.
  private var missing: [(ScriptClassID, Int)] = []
  private var missingGlobal = 0
  private var missingMember = 0
  private var writtenMember = 0
  /// What rules ask of each cart has a shorter way, by its operation.
  private(set) var shortcuts: [ScriptShortcut?] = []
  /// `cart:same`.
  private(set) var same = -1
  private var print = 0

  private init() {
    var found: [(operation: Int, shortcut: ScriptShortcut)] = []
    func note(_ shortcut: ScriptShortcut?, _ operation: Int) {
      if let shortcut { found.append((operation, shortcut)) }
    }
    for function in ScriptAPI.functions {
      functions.append((function.name, add(function, nil, function.name)))
    }
    for declared in ScriptAPI.classes {
      let kind = declared.kind
      for field in declared.fields {
        var entry = Entry(name: "\(kind.name).\(field.name)", receiver: kind, parameters: []) {
          [try field.body(&$0)]
        }
        entry.access = field.access ?? declared.access
        entry.noting = field.noting
        entry.answer = field.type
        entry.isSealed = true
        entries.append(entry)
        note(field.shortcut, entries.count - 1)
        members.append((kind, field.name, entries.count - 1, false))
      }
      for method in declared.methods {
        let operation = add(method, kind, method.name)
        note(method.shortcut, operation)
        if case .same? = method.shortcut { same = operation }
        members.append((kind, method.name, operation, true))
      }
      for function in declared.statics {
        let name = "\(kind.name).\(function.name)"
        members.append((kind, function.name, add(function, nil, name), true))
      }
      for event in declared.events {
        // An operator's other side may be the object: it checks its own arguments.
        events.append((kind, event.name, add(event, nil, kind.name)))
        entries[entries.count - 1].event = event.name
      }
      missing.append((kind, addMissing(declared)))
    }
    missingGlobal = addMissingGlobal()
    missingMember = addMissingMember()
    writtenMember = addWrittenMember()
    entries.append(
      Entry(name: "print", receiver: nil, parameters: [.rest]) { call in
        if case .string(let text) = call[0] { call.session.output(text) }
        if case .bytes(let bytes) = call[0] {
          call.session.output(String(decoding: bytes, as: UTF8.self))
        }
        return []
      })
    print = entries.count - 1
    operations = entries.map { Operation($0) }
    shortcuts = [ScriptShortcut?](repeating: nil, count: entries.count)
    for (operation, shortcut) in found { shortcuts[operation] = shortcut }
  }

  private static func slots(_ kind: ScriptClassID) -> [String: Int] {
    switch kind {
    case .cart: CartView.slots
    case .line: CartView.lineSlots
    default: [:]
    }
  }

  func define(in vm: LuaVM) throws(LuaFailure) {
    vm.define(amounts: ScriptClassID.money.rawValue, scales: MoneyClass.scales)
    for (name, operation) in functions { try vm.define(function: name, operation) }
    for (kind, operation) in missing {
      try vm.define(
        classID: kind.rawValue, name: kind.name, missing: operation,
        remembers: kind == .cart || kind == .line)
    }
    for (kind, name, operation, isMethod) in members {
      if isMethod {
        try vm.define(method: name, of: kind.rawValue, operation)
      } else if let slot = Self.slots(kind)[name] {
        try vm.define(field: name, of: kind.rawValue, operation, slot: slot)
      } else {
        try vm.define(field: name, of: kind.rawValue, operation)
      }
    }
    for (kind, event, operation) in events {
      try vm.define(event: event, of: kind.rawValue, operation)
    }
    vm.define(missingGlobal: missingGlobal, print: print)
    vm.define(missingMember: missingMember, writtenMember: writtenMember)
    try vm.define(
      global: "carts", .object(LuaObject(classID: ScriptClassID.carts.rawValue)))
  }

  private mutating func add(
    _ function: ScriptFunction, _ receiver: ScriptClassID?, _ name: String
  ) -> Int {
    entries.append(
      Entry(
        name: name, receiver: receiver, parameters: function.parameters,
        answer: function.returns, access: function.access, noting: function.noting,
        body: function.body))
    return entries.count - 1
  }

  private mutating func addMissing(_ declared: ScriptClass) -> Int {
    let name = declared.kind.name
    if declared.kind == .attributes {
      entries.append(
        Entry(name: name, receiver: nil, parameters: [.rest], noting: .fact) {
          [try CartPartClasses.attribute($0)]
        })
      return entries.count - 1
    }
    entries.append(
      Entry(name: name, receiver: nil, parameters: [.rest]) { call in
        guard case .string(let field) = call[1] else {
          throw LuaRaise("\(name): no field \(call.session.text(call[1]))")
        }
        throw LuaRaise(ScriptMember.missing(field, of: declared.kind))
      })
    return entries.count - 1
  }

  /// A record has no such key: it gets the name, the key and the record.
  private mutating func addMissingMember() -> Int {
    entries.append(
      Entry(name: "record", receiver: nil, parameters: [.rest]) { call in
        let name = call.session.text(call[0])
        // The row of a file that is imported has the columns of the file.
        if name == ImporterRun.rowName, let bridge = call.session.bridge {
          return try bridge.answer(missing: call[1])
        }
        guard case .string(let key) = call[1] else { return [.nil] }
        var known = ScriptRecord.named(name)?.fields.map(\.name) ?? []
        if known.contains(key) { return [.nil] }
        if known.isEmpty, case .table(let pairs) = call[2] {
          known = pairs.map { call.session.text($0.key) }
        }
        throw LuaRaise(ScriptRecord.missing(key, of: name, among: known))
      })
    return entries.count - 1
  }

  /// What is read-only was set: it gets the name of the object or the table, and the key.
  private mutating func addWrittenMember() -> Int {
    entries.append(
      Entry(name: "record", receiver: nil, parameters: [.rest]) { call in
        var place = call.session.text(call[0])
        switch call[1] {
        case .string(let field): place += ".\(ScriptMember.short(field))"
        case .integer(let number): place += "[\(number)]"
        default: break
        }
        // `cart.flags[1]` is set as `cart.flags` is.
        let field = place.prefix { $0 != "[" }.split(separator: ".").prefix(2)
        let advice = Self.setters[field.joined(separator: ".")].map { "; use \($0)" } ?? ""
        throw LuaRaise("\(place) is read-only\(advice)")
      })
    return entries.count - 1
  }

  /// What changes a field, by its name with that of its class.
  private static let setters: [String: String] = {
    let fields = ScriptAPI.classes.flatMap { declared in
      declared.fields.map { ("\(declared.kind.name).\($0.name)", $0.setter) }
    }
    return Dictionary(fields.filter { !$0.1.isEmpty }, uniquingKeysWith: { $1 })
  }()

  static let consoleNames = [
    "collectgarbage", "coroutine", "getmetatable", "load", "next", "rawequal", "rawget", "rawlen",
    "rawset", "setmetatable",
  ]

  private mutating func addMissingGlobal() -> Int {
    let known =
      functions.map { String($0.0.prefix { $0 != "." }) } + [
        "assert", "error", "ipairs", "math", "pairs", "pcall", "print", "select", "string",
        "table", "tonumber", "tostring", "type", "utf8", "xpcall", "carts",
      ]
    entries.append(
      Entry(name: "global", receiver: nil, parameters: [.rest]) { call in
        let name = call.session.text(call[0])
        let own = call.session.profile == .console ? Self.consoleNames : []
        let candidates = known + own + call.session.globals
        throw LuaRaise("unknown name \(quoted(name))\(didYouMean(name, among: candidates))")
      })
    return entries.count - 1
  }
}
