import CartEngine
import CartModel
import LuaKit

extension ScriptSession {
  /// What `list:has(key)` answers; nil where it is not so simple.
  func has(_ call: LuaCall) -> Bool? {
    guard call.count == 2, let object = call.object(0),
      object.classID == ScriptClassID.list.rawValue, let key = call.text(1)
    else { return nil }
    if lastList?.slot != object.slot {
      lastList = lists[interned(object.slot)].map { (object.slot, $0) }
    }
    return lastList?.list.has(key)
  }
}

/// `list "file"` and what it gives.
enum ListFile {
  static let functions = [
    ScriptFunction(
      "list", .pure, [.required("file", "string", grammar: .listFile)], returns: "list",
      noting: .nothing,
      "A file of rules/lists: one key a line, or CSV with a header whose first column is the key; lines "
        + "that begin with # are left out."
    ) { call in
      let name = try call.text(0)
      _ = try call.session.list(name)
      let slot = call.session.intern(call.session.listKey(name))
      return [.object(LuaObject(classID: ScriptClassID.list.rawValue, slot: slot))]
    }
  ]

  static let declaration = ScriptClass(
    kind: .list, .pure, fields: [],
    methods: [
      ScriptFunction(
        "has", .pure, [.required("key", "string")], returns: "boolean", shortcut: .listHas,
        "Whether a key stands in it."
      ) { call in [.boolean(try list(call).has(try call.text(0)))] },
      ScriptFunction(
        "get", .pure, [.required("key", "string")], returns: "row?",
        "The row of a key by its columns' names, or nil."
      ) { call in
        guard let row = try list(call).row(try call.text(0)) else { return [.nil] }
        return [.record(row.map { ($0.0, .string($0.1)) })]
      },
      ScriptFunction(
        "match", .pure, [.required("text", "string")], returns: "row?",
        "The row of the key that a text equals, or else of the narrowest block or range that an address "
          + "lies in, or else of a key with * and ? that fits; or nil."
      ) { call in
        let (list, text) = (try list(call), try call.text(0))
        let matcher = call.session.matcher(of: call.session.interned(call.object.slot), list)
        call.session.charge(matcher.cost)
        guard let key = list.has(text) ? text : matcher.key(for: text), let row = list.row(key)
        else { return [.nil] }
        return [.record(row.map { ($0.0, .string($0.1)) })]
      },
    ],
    events: [
      ScriptFunction("len", .pure, [.rest], "") { call in [.integer(Int64(try list(call).count))] }
    ])

  private static func list(_ call: ScriptCall) throws -> ScriptList {
    let name = call.session.interned(call.object.slot)
    guard let list = call.session.lists[name] else {
      throw LuaRaise("list: is no longer available; read it again")
    }
    return list
  }
}
