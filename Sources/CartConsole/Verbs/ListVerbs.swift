import CartEngine
import CartModel
import CartReports
import CartSupport

/// Who may not buy, and who always may.
struct ListVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all = ListEntry.List.allCases.map { list in
    Verb(
      list.name, "add|remove|check|list [ip= email= country= ttl= reason= tell= confirm=N]", 1...2,
      options: ["ip", "email", "country", "ttl", "reason", "tell", "confirm"],
      pages: .words(["list"]),
      list == .blacklist
        ? "Who may not buy: .blacklist add ip=203.0.113.0/24 ttl=7d; email=*@spam.example, country=."
        : "Who always may, whatever the blacklist says: .allowlist add email=vip@example.com.",
      console: { try ListVerbs($0.workspace).run($1, list) })
  }

  private func run(_ call: VerbCall, _ list: ListEntry.List) throws {
    switch call[0] {
    case "add": try add(call, to: list)
    case "remove": try remove(call, from: list)
    case "check": try check(call, list)
    case "list": try show(list, matching: call[1])
    default:
      let known = ["add", "remove", "check", "list"]
      throw ConsoleError.usage(
        "\(list.name): expected \(known.joined(separator: ", ")), got \(quoted(call[0]))"
          + didYouMean(call[0], among: known))
    }
  }

  private func pattern(_ call: VerbCall, _ list: ListEntry.List) throws -> ListEntry.Pattern {
    let given = ListEntry.Kind.allCases.filter { call.options[$0.name] != nil }
    guard let kind = given.first, given.count == 1, let text = call.options[kind.name] else {
      throw ConsoleError.usage(
        "\(list.name) \(call[0]): expected one of ip=, email= and country=, got \(given.count)")
    }
    return try ListEntry.Pattern(typed: text, kind)
  }

  private func add(_ call: VerbCall, to list: ListEntry.List) throws {
    let pattern = try pattern(call, list)
    let ttl = try call.options["ttl"].map { try Span($0) }
    guard ttl.map({ $0.milliseconds > 0 }) ?? true else {
      throw ModelError(.outOfRange, "ttl: expected more than 0 s")
    }
    let confirmed = call.options["confirm"]
    try application.begin(call.line).lists.confirm(adding: pattern, to: list, given: confirmed) {
      say($0, "\(pattern.kind.name) \(printable(pattern.text)) matches")
    }
    var restored = 0
    try perform(call.line) { run in
      if let reason = call.options["reason"] { try run.note(reason: reason) }
      restored = try handler.confirmer.allowing(
        list == .allowlist ? confirmed : nil, in: run
      ) {
        try run.lists.add(
          pattern, to: list, reason: call.options["reason"] ?? "",
          tell: call.options["tell"] ?? "", ttl: ttl
        ).restored
      }
    }
    let until = ttl.map { " until \(shop.zone.text(handler.now.advanced(by: $0.milliseconds)))" }
    io.output(
      "\(list.name): \(pattern.kind.name) \(printable(pattern.text))\(until ?? "")"
        + (restored > 0 ? ", \(CountText.carts(restored)) restored" : "") + "\n")
  }

  /// Says whom new entries hit.
  ///
  /// - Parameter what: what they are, with a verb: `the 3 blacklist entries of FILE match`.
  func say(_ preview: ListPreview, _ what: String) {
    func sum(_ money: [MoneySum]) -> String {
      money.isEmpty ? "" : " (\(money.map(\.description).joined(separator: ", ")))"
    }
    io.messages(
      "\(what) "
        + "\(CountText.count(preview.open, "open cart"))\(sum(preview.openValue)) and "
        + "\(CountText.count(preview.orders, "past order"))"
        + sum(preview.orderValue)
        + (preview.ended > 0 ? ", \(preview.ended) of them cancelled or refunded" : "")
        + (preview.orders > 0 ? ", \(preview.share.rounded) % of the turnover" : ""))
    if !preview.examples.isEmpty {
      io.messages("  carts " + preview.examples.map { printable($0) }.joined(separator: ", "))
    }
    if !preview.unchecked.isEmpty {
      io.messages("  unchecked: \(preview.unchecked.text) of open carts cannot be compared with it")
    }
    for warning in preview.warnings { io.messages("  warning: \(warning)") }
  }

  private func remove(_ call: VerbCall, from list: ListEntry.List) throws {
    let pattern = try pattern(call, list)
    try perform(call.line) { run in
      if let reason = call.options["reason"] { try run.note(reason: reason) }
      try run.lists.remove(pattern, from: list)
    }
    io.output("\(list.name): \(pattern.kind.name) \(printable(pattern.text)) removed\n")
  }

  private func check(_ call: VerbCall, _ list: ListEntry.List) throws {
    application.beginReading(call.line)
    var shopper = Shopper()
    var who = ""
    if !call[1].isEmpty {
      let cart = try cart(call[1])
      shopper = cart.shopper
      who = "cart \(cart.id)"
    } else {
      let pattern = try pattern(call, list)
      who = "\(pattern.kind.name) \(pattern.text)"
      switch pattern.kind {
      case .ip: shopper[.ip] = call.options["ip"] ?? ""
      case .email: shopper[.email] = call.options["email"] ?? ""
      case .country: shopper[.country] = pattern.text
      }
    }
    let found = try handler.reader.entry(list, for: shopper)
    guard let found else {
      let odd = try handler.reader.unchecked(list, for: shopper)
      io.output(
        "\(printable(who)): not on the \(list.name)"
          + (odd.isEmpty ? "" : ", but its \(odd) cannot be checked") + "\n")
      return
    }
    let allowed = list == .blacklist ? try handler.reader.entry(.allowlist, for: shopper) : nil
    io.output(
      "\(printable(who)): on the \(list.name) as \(found.pattern.kind.name) "
        + "\(printable(found.pattern.text)), by \(found.author) at \(shop.zone.text(found.created))"
        + (found.expires.map { ", until \(shop.zone.text($0))" } ?? "")
        + (found.reason.isEmpty ? "" : ": \(printable(found.reason))")
        + (allowed.map { "; but the allowlist has \(printable($0.pattern.text))" } ?? "") + "\n")
  }

  private func sayEmpty(_ list: ListEntry.List, matching text: String) {
    let example = VerbTopic.example(of: list.name).map { ". Example: " + $0 } ?? ""
    let all = (try? handler.reader.entries(list).count) ?? 0
    io.messages(
      all == 0
        ? "The \(list.name) is empty" + example
        : "No entry of the \(list.name) matches \(quoted(text)); it has \(all)")
  }

  private func show(_ list: ListEntry.List, matching text: String) throws {
    application.beginReading("." + list.name)
    let glob = Glob("*\(text)*")
    let entries = try handler.reader.entries(list).filter {
      text.isEmpty || glob.matches($0.pattern.text) || glob.matches($0.reason)
    }
    show(
      ReportTable(
        name: list.name, title: list == .blacklist ? "Blacklist" : "Allowlist", asOf: handler.now,
        columns: [
          .init("kind"), .init("entry"), .init("until", "time"), .init("author"),
          .init("created", "time"), .init("reason"), .init("tell"),
        ],
        rows: entries.map {
          [
            .text($0.pattern.kind.name), .text($0.pattern.text),
            $0.expires.map { .time($0) } ?? .empty, .text($0.author.description),
            .time($0.created), .text($0.reason), .text($0.tell),
          ]
        }))
    if entries.isEmpty { sayEmpty(list, matching: text) }
    let expired = entries.count { !$0.isActive(at: handler.now) }
    if expired > 0 { io.messages("\(expired) of them have expired") }
  }
}
