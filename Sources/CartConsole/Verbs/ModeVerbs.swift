import CartEngine
import CartExchange
import CartModel
import CartSupport

/// Verbs that try things and do them later.
enum ModeVerbs {
  static let all: [Verb] = [
    Verb("sandbox", "", 0...0, "From now on nothing is saved; .live ends it.") { console, _ in
      guard console.handler.mode != .sandbox else {
        console.io.messages("this is the sandbox already; .live ends it")
        return
      }
      console.handler.enter(.sandbox)
      console.io.messages("sandbox: nothing is saved from now on; .plan shows what was tried")
    },
    Verb("live", "", 0...0, "Leaves the sandbox; what was tried there is dropped.") { console, _ in
      guard console.handler.mode != .live else {
        console.io.messages("this is live already")
        return
      }
      let dropped = console.handler.enter(.live)
      console.io.messages(
        "live: changes are saved from now on"
          + (dropped > 0 ? "; what was tried on \(Console.carts(dropped)) is dropped" : ""))
    },
    Verb(
      "plan", "[save [FILE]]", 0...2, pages: .words([""]),
      "Shows what the sandbox, or the last plan(fn), would do; keeps it in a file."
    ) { console, call in
      guard call.words.isEmpty || call[0] == "save" else {
        throw ConsoleError.usage("plan: expected nothing or save FILE, got \(quoted(call[0]))")
      }
      guard !call.words.isEmpty else {
        console.show(try console.latestPlan())
        return
      }
      try console.promote(to: call.words.count > 1 ? call[1] : nil)
    },
    Verb(
      "promote", "[FILE]", 0...1, "Makes a plan of what was tried in the sandbox; .apply does it."
    ) { console, call in
      guard console.handler.mode == .sandbox else {
        throw EngineError(.refused, "promote: there is no sandbox here; see .sandbox and .plan")
      }
      try console.promote(to: call.words.first)
    },
    Verb(
      "apply", "FILE [only=ID,… except=ID,… confirm=N]", 1...1,
      options: ["only", "except", "confirm"],
      "Does a plan: carts that changed since are left alone and named."
    ) { console, call in
      func names(_ key: String) throws -> [String] {
        try (call.options[key] ?? "").split(separator: ",").map { word in
          word.hasPrefix("@") ? try console.cart(String(word)).id : String(word)
        }
      }
      try console.apply(
        call[0], .init(only: try names("only"), except: try names("except")),
        confirmed: call.options["confirm"], line: call.line)
    },
  ]
}

extension Console {
  fileprivate func latestPlan() throws -> Plan {
    if handler.mode == .sandbox {
      handler.begin(".plan")
      return try handler.run.plans.plan()
    }
    guard let plan = session.lastPlan else {
      throw EngineError(
        .notFound,
        "plan: no plan was made yet; try changes in .sandbox, or type plan(function() … end)")
    }
    return plan
  }

  fileprivate func promote(to path: String?) throws {
    let file = try save(try latestPlan(), to: path)
    io.messages(
      "the plan is in \(file); " + (handler.mode == .sandbox ? ".live, then " : "")
        + ".apply \(file) does it")
  }

  /// Does a plan of a file.
  ///
  /// - Parameter count: how many carts were confirmed.
  public func apply(
    _ path: String, _ selection: PlanSelection, confirmed count: String?, line: String
  ) throws {
    let reader = try PlanReader(path, wait: wait)
    io.messages(
      "plan of \(printable(reader.plan.command)) by \(reader.plan.actor), made "
        + "\(shop.zone.text(reader.plan.made)): \(Self.carts(reader.carts)), \(reader.events) events"
        + (reader.orders > 0 ? ", \(reader.orders) orders" : "")
        + (reader.mails > 0 ? ", \(reader.mails) mails" : "")
        + (reader.difference.isEmpty ? "" : ", totals \(reader.difference)"))
    let consent = handler.consent
    defer { handler.consent = consent }
    if handler.mode == .live { try confirm(reader, count) }
    try perform(line + ": " + reader.plan.command) {
      try apply(reader, selection, path: path)
    }
  }

  /// Many carts want their number typed; what cannot be undone always wants a yes.
  private func confirm(_ reader: PlanReader, _ count: String?) throws {
    let isFinal = try reader.finalEvents() > 0
    if count != nil || isFinal || Int64(reader.carts) > shop.settings.confirmAbove {
      if count == nil, io.ask != nil, handler.consent != .given {
        for change in try reader.preview(10) {
          io.messages("  cart \(printable(change.cart)): \(change.words)")
        }
      }
      try handler.confirmer.confirm(
        .init(
          "this changes \(Self.carts(reader.carts))"
            + (isFinal ? " and makes orders or mails, which cannot be undone" : ""),
          count: reader.carts, wantsNumber: true), given: count)
    }
    handler.consent = .given
  }
}
