import CartEngine
import CartModel
import LuaKit

/// The blacklist and the allowlist.
enum ListFunctions {
  static let all = ListEntry.List.allCases.flatMap { list in
    [
      ScriptFunction(
        "\(list.name).add", .effect,
        [
          .required(
            "entry", "table",
            grammar: .record(
              patterns + [("reason", .any), ("tell", .any), ("ttl", .span), ("confirm", .any)]))
        ], returns: "entry",
        "Puts {ip=|email=|country=, reason=, tell=, ttl=} on the \(list.name); gives the entry."
          + (list == .blacklist
            ? " One that is about the shop's own or much of its turnover wants confirm=N." : "")
      ) { call in try add(call, to: list) },
      ScriptFunction(
        "\(list.name).remove", .effect,
        [.required("entry", "table", grammar: .record(patterns + [("reason", .any)]))],
        returns: "integer",
        "Takes {ip=|email=|country=} off the \(list.name); gives how many entries it was."
      ) { call in
        let options = try call.record(0)
        let pattern = try pattern(call, options)
        if case .string(let reason)? = options["reason"] {
          try call.run().note(reason: reason)
        }
        return [.integer(Int64(try call.run().lists.remove(pattern, from: list).count))]
      },
      ScriptFunction(
        "\(list.name).check", list == .blacklist ? .pure : .read,
        [.required("who", "cart|table", grammar: .record(patterns.map { ($0.key, .any) }))],
        returns: "entry?",
        "The entry that a cart's person, or {ip=, email=, country=}, is on, or nil."
      ) { call in
        let shopper = try shopper(call)
        guard let entry = try call.handler.reader.entry(list, for: shopper) else { return [.nil] }
        return [value(entry)]
      },
      ScriptFunction(
        "\(list.name).list", .read, returns: "entry[]",
        "All entries: {ip=|email=|country=, reason=, tell=, author=, created=, expires=}."
      ) { call in
        let entries = try call.handler.reader.entries(list)
        call.session.charge(entries.count)
        return [.list(entries.map(value))]
      },
    ]
  }

  private static let patterns: [(key: String, grammar: ScriptGrammar)] =
    ListEntry.Kind.allCases.map { ($0.name, .entry($0)) }

  private static func add(_ call: ScriptCall, to list: ListEntry.List) throws -> [LuaValue] {
    let options = try call.record(0)
    func text(_ key: String) throws -> String {
      guard let value = options[key] else { return "" }
      guard case .string(let text) = value else {
        throw LuaRaise("\(call.name): \(key): expected a text, got \(call.session.kind(value))")
      }
      return text
    }
    let pattern = try pattern(call, options)
    let ttl = try span(call, options["ttl"])
    let (reason, tell) = (try text("reason"), try text("tell"))
    let confirmed = options["confirm"].map { call.session.text($0) }
    let run = try call.run()
    try run.lists.confirm(adding: pattern, to: list, given: confirmed)
    let added = try call.handler.confirmer.allowing(
      list == .allowlist ? confirmed : nil, in: run
    ) {
      try run.lists.add(pattern, to: list, reason: reason, tell: tell, ttl: ttl)
    }
    return [value(added.entry)]
  }

  private static func span(_ call: ScriptCall, _ value: LuaValue?) throws -> Span? {
    switch value {
    case nil: return nil
    case .string(let text)?: return try Span(text)
    case .integer(let seconds)? where (1...10_000_000_000).contains(seconds):
      return Span(milliseconds: seconds * 1000)
    case let other?:
      throw LuaRaise(
        "\(call.name): ttl: expected a span as \"7d\", or seconds, got \(call.session.kind(other))")
    }
  }

  private static func pattern(_ call: ScriptCall, _ options: [String: LuaValue]) throws
    -> ListEntry.Pattern
  {
    let given = ListEntry.Kind.allCases.filter { options[$0.name] != nil }
    guard let kind = given.first, given.count == 1, let value = options[kind.name] else {
      throw LuaRaise(
        "\(call.name): expected one of ip, email and country, got \(given.count)")
    }
    guard case .string(let text) = value else {
      throw LuaRaise(
        "\(call.name): \(kind.name): expected a text, got \(call.session.kind(value))")
    }
    return try ListEntry.Pattern(typed: text, kind)
  }

  private static func shopper(_ call: ScriptCall) throws -> Shopper {
    if case .object(let object) = call[0], object.classID == ScriptClassID.cart.rawValue {
      return try call.session.cart(object.word).shopper
    }
    var shopper = Shopper()
    let options = try call.record(0)
    for (key, field) in [("ip", ShopperField.ip), ("email", .email), ("country", .country)] {
      guard let value = options[key] else { continue }
      guard case .string(let text) = value else {
        throw LuaRaise("\(call.name): \(key): expected a text, got \(call.session.kind(value))")
      }
      shopper[field] = text
    }
    return shopper
  }

  private static func value(_ entry: ListEntry) -> LuaValue {
    var members: [(String, LuaValue)] = [
      (entry.pattern.kind.name, .string(entry.pattern.text)), ("reason", .string(entry.reason)),
      ("tell", .string(entry.tell)), ("author", .string(entry.author.description)),
      ("created", ScriptSession.seconds(entry.created)),
    ]
    if let expires = entry.expires { members.append(("expires", ScriptSession.seconds(expires))) }
    return .record(members)
  }
}
