import CartEngine
import CartModel
import LuaKit

/// A file of `rules/lists/`: one key a line, or CSV with a header whose first column is the key.
struct ScriptList: Sendable {
  private var rows: [String: [String]] = [:]
  private var columns: [String] = []

  init(_ text: String) {
    // Ten thousand lines are read at each start: their bytes are looked at first.
    for line in text.utf8.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      guard line.first != UInt8(ascii: "#"), line.contains(where: { $0 > 0x20 }) else { continue }
      let isPlain = !line.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
      let fields = isPlain ? [String(Substring(line))] : CSV.fields(String(Substring(line)))
      if columns.isEmpty, rows.isEmpty, fields.count > 1 {
        columns = fields
      } else {
        rows[Self.folded(fields[0])] = fields
      }
    }
  }

  func has(_ key: String) -> Bool { rows[Self.folded(key)] != nil }

  /// The row of a key, by its columns' names.
  func row(_ key: String) -> [(String, String)]? {
    rows[Self.folded(key)].map { fields in
      zip(columns.isEmpty ? ["key"] : columns, fields).map { ($0, $1) }
    }
  }

  var count: Int { rows.count }

  /// What a key is compared by: e-mails, addresses and domains in the form that is stored, any other text
  /// without case and accents.
  private static func folded(_ text: String) -> String {
    if text.contains("@"), let mail = EmailAddress.normalised(text) { return mail }
    if text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) {
      if let address = AddressBlock.normalised(text) { return address }
      if let name = DomainName.normalised(text) { return name }
    }
    return TextFold.folded(text)
  }
}

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
      "list", [.required("file", "string")], returns: "list",
      "A file of rules/lists: one key a line, or CSV whose first column is the key."
    ) { call in
      let name = try call.text(0)
      _ = try call.session.list(name)
      let slot = call.session.intern(call.session.listKey(name))
      return [.object(LuaObject(classID: ScriptClassID.list.rawValue, slot: slot))]
    }
  ]

  static let declaration = ScriptClass(
    kind: .list, fields: [],
    methods: [
      ScriptFunction(
        "has", [.required("key", "string")], returns: "boolean", "Whether a key stands in it."
      ) { call in [.boolean(try list(call).has(try call.text(0)))] },
      ScriptFunction(
        "get", [.required("key", "string")], returns: "table?",
        "The row of a key by its columns' names, or nil."
      ) { call in
        guard let row = try list(call).row(try call.text(0)) else { return [.nil] }
        return [.record(row.map { ($0.0, .string($0.1)) })]
      },
    ],
    events: [
      ScriptFunction("len", [.rest], "") { call in [.integer(Int64(try list(call).count))] }
    ])

  private static func list(_ call: ScriptCall) throws -> ScriptList {
    let name = call.session.interned(call.object.slot)
    guard let list = call.session.lists[name] else {
      throw LuaRaise("list: is no longer available; read it again")
    }
    return list
  }
}
