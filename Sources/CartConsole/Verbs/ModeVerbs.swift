import CartApplication
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
        console.show(try PlanLibrary(console.application).latest())
        return
      }
      let library = PlanLibrary(console.application)
      console.say(
        plan: try library.save(try library.latest(), to: call.words.count > 1 ? call[1] : nil))
    },
    Verb(
      "promote", "[FILE]", 0...1, "Makes a plan of what was tried in the sandbox; .apply does it."
    ) { console, call in
      console.say(plan: try PlanLibrary(console.application).promote(to: call.words.first))
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
  fileprivate func say(plan file: String) {
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
    let library = PlanLibrary(application)
    let reader = try library.open(path)
    io.messages(
      "plan of \(printable(reader.plan.command)) by \(reader.plan.actor), made "
        + "\(shop.zone.text(reader.plan.made)): \(Self.carts(reader.carts)), \(reader.events) events"
        + (reader.orders > 0 ? ", \(reader.orders) orders" : "")
        + (reader.mails > 0 ? ", \(reader.mails) mails" : "")
        + (reader.difference.isEmpty ? "" : ", totals \(reader.difference)"))
    try library.apply(
      reader, selection, path: path, confirmed: count, as: line,
      showing: { changes in
        for change in changes {
          io.messages("  cart \(printable(change.cart)): \(change.words)")
        }
      },
      done: { try say($0, $1) })
  }
}
