import CartModel
import CartSupport
import LuaKit

/// A table of known keys that the API answers: declares its shape, its help and what is said of
/// another key.
struct ScriptRecord: Sendable {
  let name: String
  let about: String
  /// In the order in which help shows them; types as the definition file writes them, with `?` for a key
  /// that may be missing. None where each has its own, as the row of a list.
  let fields: [(name: String, type: String, about: String)]

  static let all: [ScriptRecord] = [
    ScriptRecord(
      name: "operation", about: "What one command did.",
      fields: [
        ("op", "integer", "Its number, for undo."), ("at", "number", "Epoch seconds."),
        ("actor", "string", "Who did it."), ("command", "string", "As it was typed."),
        ("carts", "integer", "How many carts changed."), ("events", "integer", "How many events."),
        ("undone", "boolean|string", "true, false or 'partly'."), ("reason", "string", "Or empty."),
      ]),
    ScriptRecord(
      name: "event", about: "One event of a cart's history.",
      fields: [
        ("seq", "integer", "Its place in the event log."), ("at", "number", "Epoch seconds."),
        ("type", "string", "As import reads it."), ("actor", "string", "Who did it."),
        ("operation", "integer", "The operation's number."), ("reason", "string", "Or empty."),
        ("text", "string", "What happened, for a reader."),
        ("undone", "boolean", "If it is undone."),
      ]),
    ScriptRecord(
      name: "job", about: "A bulk run.",
      fields: [
        ("job", "integer", "Its number."), ("at", "number", "Epoch seconds."),
        ("actor", "string", "Who started it."), ("command", "string", "As it was typed."),
        ("total", "integer", "How many carts."), ("done", "integer", "How many are done."),
        ("failed", "integer", "On how many it failed."), ("state", "string", "finished or open."),
      ]),
    ScriptRecord(
      name: "change", about: "What differs between two moments.",
      fields: [
        ("what", "string", "The field or line."), ("before", "string", "Or empty."),
        ("after", "string", "Or empty."),
      ]),
    ScriptRecord(
      name: "explanation", about: "Why a rule matches a cart.",
      fields: [
        ("rule", "string", "Its name."), ("version", "integer", "Of the rule."),
        ("place", "string", "Its file and line."), ("outcome", "string", "hold or flag."),
        ("shadow", "boolean", "Whether nothing follows from it."),
        ("reason", "string", "Or empty."),
        ("facts", "table", "What it asked, with the answers."),
        ("carts", "table", "The latest carts behind a fact."),
        ("counts", "table", "How many carts are behind a fact."),
        ("way", "table?", "The smallest change with which it would not match."),
      ]),
    ScriptRecord(
      name: "group", about: "Carts that share a value.",
      fields: [("value", "string", "The value."), ("count", "integer", "How many carts.")]),
    ScriptRecord(
      name: "entry", about: "An entry of the blacklist or the allowlist.",
      fields: [
        ("ip", "string?", "One of ip, email and country."), ("email", "string?", "The same."),
        ("country", "string?", "The same."), ("reason", "string", "Or empty."),
        ("tell", "string", "What may be said outside."), ("author", "string", "Who added it."),
        ("created", "number", "Epoch seconds."), ("expires", "number?", "Epoch seconds."),
      ]),
    ScriptRecord(
      name: "row", about: "A row of a list, by the names of the file's columns.", fields: []),
    ScriptRecord(
      name: "outcome", about: "What a function would do.",
      fields: [
        ("carts", "integer", "How many carts."), ("events", "integer", "How many events."),
        ("orders", "integer", "How many orders."), ("mails", "integer", "How many mails."),
        ("changes", "effect[]", "Cart by cart."),
      ]),
    ScriptRecord(
      name: "effect", about: "What would happen to one cart.",
      fields: [
        ("cart", "string", "Its id."), ("version", "integer", "The version that it has now."),
        ("before", "money?", "Its total now."), ("after", "money?", "Its total then."),
        ("text", "string", "For a reader."),
      ]),
    ScriptRecord(
      name: "result", about: "What a report gave.",
      fields: [
        ("columns", "column[]", "Name and type of each."),
        ("rows", "table[]", "A list of cells each."),
        ("totals", "table", "A cell for each column, or none."),
      ]),
    ScriptRecord(
      name: "q", about: "What a report is asked.",
      fields: [
        ("since", "number?", "Epoch seconds; nil for all that there is."),
        ("until", "number", "Epoch seconds."), ("by", "string", "The field to group by, or empty."),
        ("where", "string[]", "Texts of a filter."),
      ]),
    ScriptRecord(
      name: "column", about: "A column of a report.",
      fields: [("name", "string", "Its header."), ("type", "string", "Of its cells.")]),
    ScriptRecord(
      name: "verdict", about: "What a rule says of a fixture.",
      fields: [
        ("hit", "boolean", "Whether it matches."), ("reason", "string", "Or empty."),
        ("facts", "table", "What it asked, with the answers."),
        ("order", "terms?", "How a policy would order it."),
      ]),
    ScriptRecord(
      name: "terms", about: "How a policy orders a cart.",
      fields: [("note", "string", "Or empty."), ("status", "string", "placed or paid.")]),
    ScriptRecord(
      name: "remark", about: "A note of staff.",
      fields: [
        ("at", "number", "Epoch seconds."), ("by", "string", "Who wrote it."),
        ("text", "string", "The note."),
      ]),
    ScriptRecord(
      name: "order_line", about: "A line of an order.",
      fields: [
        ("sku", "string", "Its SKU."), ("name", "string", "Its product's name."),
        ("options", "table", "Options by name."), ("quantity", "integer", "Pieces."),
        ("price", "string", "The exact price of one piece, a decimal."),
      ]),
    ScriptRecord(
      name: "calendar", about: "A time in the store's time zone, as os.date(\"*t\") gives it.",
      fields: [
        ("day", "integer", "1 to 31."), ("hour", "integer", "0 to 23."),
        ("min", "integer", "0 to 59."), ("month", "integer", "1 to 12."),
        ("sec", "integer", "0 to 59."), ("wday", "integer", "1 is Sunday."),
        ("year", "integer", "As 2026."),
      ]),
  ]

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

  static func named(_ name: String) -> ScriptRecord? { byName[name] }

  /// The shape of what a function or field of a declared type answers.
  static func shape(_ declared: String) -> LuaShape {
    for part in declared.split(separator: "|") {
      var name = part
      if name.hasSuffix("?") { name = name.dropLast() }
      let isList = name.hasSuffix("[]")
      guard let record = named(String(isList ? name.dropLast(2) : name)) else { continue }
      let members = record.fields.map { ($0.name, shape($0.type)) }.filter { $0.1 != .any }
      let own = LuaShape.record(
        record.name, Dictionary(members, uniquingKeysWith: { $1 }))
      return isList ? .list(own) : own
    }
    return .any
  }

  /// What the parameters of a rule or policy are called: each has its own.
  static let parameters = "params"

  /// What is said of a key that a record does not have.
  ///
  /// - Parameter known: its keys, where they are not declared.
  static func missing(_ key: String, of name: String, among known: [String]) -> String {
    if name == parameters {
      return
        "params: has no \(quoted(ScriptMember.short(key)))\(didYouMean(key, among: known.sorted()))"
    }
    return "\(name).\(ScriptMember.short(key)): no such field\(didYouMean(key, among: known))"
  }
}
