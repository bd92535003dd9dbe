import CartEngine
import CartModel

/// The Lua of each verb that has one: what `.lua` shows and `.record` keeps.
enum VerbLua {
  typealias Phrase = @Sendable (Targets, VerbCall) throws -> LuaCode

  static let phrases: [String: Phrase] = [looking, changing, ofCart, safety, lists]
    .reduce(into: [:]) { $0.merge($1) { $1 } }

  /// A cart's method that does the same as a verb: `c:add(sku, quantity)`; nil if no method does.
  static func method(of verb: String) -> String? {
    let names = verb == "coupon" ? ["apply_coupon", "remove_coupon"] : [methods[verb] ?? verb]
    guard effects[verb] != nil else { return nil }
    return names.map { "c:" + $0 }.joined(separator: ", ") + "; see .help c:\(names[0])"
  }

  private static let methods = ["address": "set_address"]

  private static let looking: [String: Phrase] = [
    "carts": { targets, call in
      let filter = try targets.filter(call.typed, Set(FilterOption.allCases), for: "carts")
      guard filter.page == nil, filter.columns.isEmpty else {
        throw ConsoleError.usage("carts: pages and columns have no Lua")
      }
      let query = Self.query("carts", filter)
      guard let name = filter.by else { return query }
      return
        "for _, g in ipairs(\(query):by(\(name, "field"))) do print(g.value, g.count) end"
    },
    "orders": { targets, call in
      query("orders", try targets.filter(call.typed, [.sort, .limit, .at], for: "orders"))
    },
    "products": { _, call in
      let text = call.words.joined(separator: " ")
      guard let limit = call.options["limit"].flatMap({ Int64($0) }) else {
        return "products{text = \(text, "text")}"
      }
      return "products{text = \(text, "text"), limit = \(limit, "limit")}"
    },
    "cart": { targets, call in "show(\(try cart(targets, call)))" },
    "customer": { targets, call in
      let who = call.words.joined(separator: " ")
      if try targets.handler.reader.people.customer(who) != nil {
        return "show(customer(\(who, "who")))"
      }
      guard let only = try targets.handler.reader.people.people(named: who, limit: 2).first,
        try targets.handler.reader.people.customer(only.who) != nil
      else { throw ConsoleError.usage("customer: has no Lua for a name") }
      return "show(customer(\(only.who, "who")))"
    },
    "history": { targets, call in
      "for _, e in ipairs(\(try cart(targets, call)):history()) do show(e) end"
    },
    "why": { targets, call in
      "for _, w in ipairs(\(try cart(targets, call)):why()) do show(w) end"
    },
    "diff": { targets, call in
      let times = LuaCode.joined(call.words.dropFirst().map { "\($0, "moment")" })
      return "for _, d in ipairs(\(try cart(targets, call)):diff(\(times))) do show(d) end"
    },
    "report": { targets, call in
      guard let name = call.words.first else { return "help(\"reports.run\")" }
      let options = fields(call.options)
      let filter = try targets.filter(call.typed.dropFirst(), [.limit, .at], for: "report")
      let wanted = filter.texts.map { text -> LuaCode in "\(text, "filter")" }
      let all = wanted.isEmpty ? options : options + ["where = {\(LuaCode.joined(wanted))}"]
      return "show(reports.run(\(literal: name), {\(LuaCode.joined(all))}))"
    },
    "ops": { _, call in
      guard call.words.isEmpty, call.options.isEmpty else {
        throw ConsoleError.usage("ops: only the list of all has Lua")
      }
      return "for _, o in ipairs(ops{limit = 20}) do show(o) end"
    },
    "jobs": { _, call in
      guard call.words.isEmpty else { throw ConsoleError.usage("jobs: no Lua goes on with one") }
      return "for _, j in ipairs(jobs()) do show(j) end"
    },
  ]

  private static let changing: [String: Phrase] = [
    "new": { _, call in
      let known = fields(call.options.filter { $0.key != "reason" })
      return "\(before(call, "new"))carts.create{\(LuaCode.joined(known))}"
    },
    "each": { targets, call in
      guard let colon = call.typed.firstIndex(of: TypedWord(":")), colon + 1 < call.typed.count
      else { throw ConsoleError.usage("each: expected ' : '") }
      let rest = Array(call.typed[(colon + 1)...])
      let name = rest[0].text.hasPrefix(".") ? String(rest[0].text.dropFirst()) : rest[0].text
      guard let effect = effects[name], let verb = ChangeVerbs.byName[name]?.verb else {
        throw ConsoleError.usage("each: no such verb")
      }
      var (words, options) = try verb.split([TypedWord("@")] + rest.dropFirst())
      words[0] = TypedWord("")
      let own = VerbCall(line: call.line, typed: words, options: options)
      let wanted = call.typed[..<colon]
      // A filter that is wrong is shown as it was typed.
      let filter = try? targets.filter(wanted, [.sort, .limit], for: "each")
      let loop = filter.map { query("carts", $0) } ?? query("carts", wanted.map(\.text))
      return "\(before(own, name))\(loop):each(function(c) c:\(try effect(targets, own)) end)"
    },
  ]

  private static let ofCart = Dictionary(
    uniqueKeysWithValues: effects.map { ($0.key, phrase(of: $0.key, $0.value)) })

  private static func phrase(of name: String, _ effect: @escaping Phrase) -> Phrase {
    let phrase: Phrase = { targets, call in
      "\(before(call, name))\(try cart(targets, call)):\(try effect(targets, call))"
    }
    return phrase
  }

  private static let safety: [String: Phrase] = [
    "undo": { _, call in
      guard let number = Int64(call[0]), call.options["cart"] == nil else {
        throw ConsoleError.usage("undo: only one with a number has Lua")
      }
      return "undo(\(number, "number"))"
    },
    "redo": { _, call in
      guard let number = Int64(call[0]), call.options["cart"] == nil else {
        throw ConsoleError.usage("redo: only one with a number has Lua")
      }
      return "redo(\(number, "number"))"
    },
  ]

  private static let lists = Dictionary(
    uniqueKeysWithValues: ListEntry.List.allCases.map { ($0.name, phrase(of: $0)) })

  private static func phrase(of list: ListEntry.List) -> Phrase {
    { targets, call in
      let fields = LuaCode.joined(Self.fields(call.options.filter { $0.key != "confirm" }))
      switch call[0] {
      case "check" where !call[1].isEmpty:
        let own = VerbCall(
          line: call.line, typed: Array(call.typed.dropFirst().prefix(1)), options: [:])
        return "show(\(code: list.name).check(\(try cart(targets, own))))"
      case "list" where !call[1].isEmpty:
        throw ConsoleError.usage("\(list.name): only the whole list has Lua")
      case "list": return "for _, e in ipairs(\(code: list.name).list()) do show(e) end"
      case "check": return "show(\(code: list.name).check{\(fields)})"
      default: return "\(code: list.name).\(code: call[0]){\(fields)}"
      }
    }
  }

  private static func query(_ name: String, _ filter: Filter) -> LuaCode {
    var filter = filter
    filter.by = nil
    return query(name, filter.texts)
  }

  private static func query(_ name: String, _ texts: [String]) -> LuaCode {
    "\(code: name){\(LuaCode.joined(texts.map { "\($0, "filter")" }))}"
  }

  /// Members of a table, by their names; a word of the language stands between brackets (Lua 5.4, 3.1).
  private static func fields(_ options: [String: String]) -> [LuaCode] {
    options.sorted { $0.key < $1.key }.map { option in
      let name = option.key == "until" ? "[\"until\"]" : option.key
      return "\(code: name) = \(option.value, option.key)"
    }
  }

  /// The cart of the first word, by its whole id.
  private static func cart(_ targets: Targets, _ call: VerbCall) throws -> LuaCode {
    let cart = try targets.cart(call.words.isEmpty ? "@" : call[0])
    return "cart(\(cart.id, "cart_id"))"
  }

  /// What says the reason where the call itself does not.
  private static func before(_ call: VerbCall, _ name: String) -> LuaCode {
    guard let reason = call.options["reason"], !["delete", "hold", "restore"].contains(name) else {
      return ""
    }
    return "reason(\(reason, "because")) "
  }
}

extension LuaCode.StringInterpolation {
  /// A name, as it stands.
  mutating func appendInterpolation(code: String) { appendLiteral(code) }
}
