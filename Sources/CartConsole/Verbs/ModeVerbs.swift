import CartApplication
import CartEngine
import CartModel
import CartSupport

/// Verbs that try things and do them later.
struct ModeVerbs: VerbGroup {
  let workspace: Workspace
  private let library: PlanLibrary

  init(_ workspace: Workspace) {
    self.workspace = workspace
    library = PlanLibrary(workspace.application)
  }

  static let all: [Verb] = [
    Verb(
      "sandbox", "", 0...0, "From now on nothing is saved; .live ends it.", ModeVerbs.sandbox),
    Verb(
      "live", "", 0...0, "Leaves the sandbox; what was tried there is dropped.", ModeVerbs.live),
    Verb(
      "plan", "[save [FILE]]", 0...2, pages: .words([""]),
      "Shows what the sandbox, or the last plan(fn), would do; keeps it in a file.",
      ModeVerbs.plan),
    Verb(
      "promote", "[FILE]", 0...1, "Makes a plan of what was tried in the sandbox; .apply does it.",
      ModeVerbs.promote),
    Verb(
      "apply", "FILE [only=ID,… except=ID,… confirm=N]", 1...1,
      options: ["only", "except", "confirm"],
      "Applies a plan: carts that changed since are left alone and named.", ModeVerbs.apply),
  ]

  private func sandbox(_ call: VerbCall) {
    guard handler.mode != .sandbox else {
      io.messages("this is the sandbox already; .live ends it")
      return
    }
    handler.enter(.sandbox)
    io.messages("sandbox: nothing is saved from now on; .plan shows what was tried")
  }

  private func live(_ call: VerbCall) {
    guard handler.mode != .live else {
      io.messages("this is live already")
      return
    }
    let dropped = handler.enter(.live)
    io.messages(
      "live: changes are saved from now on"
        + (dropped > 0 ? "; what was tried on \(CountText.carts(dropped)) is dropped" : ""))
  }

  private func plan(_ call: VerbCall) throws {
    guard call.words.isEmpty || call[0] == "save" else {
      throw ConsoleError.usage("plan: expected nothing or save FILE, got \(quoted(call[0]))")
    }
    let plan = try library.latest()
    guard !call.words.isEmpty else { return show(plan) }
    say(file: try library.save(plan, to: call.words.count > 1 ? call[1] : nil))
  }

  private func promote(_ call: VerbCall) throws {
    say(file: try library.promote(to: call.words.first))
  }

  private func say(file: String) {
    io.messages(
      "the plan is in \(file); " + (handler.mode == .sandbox ? ".live, then " : "")
        + ".apply \(file) does it")
  }

  private func apply(_ call: VerbCall) throws {
    func names(_ key: String) throws -> [String] {
      try (call.options[key] ?? "").split(separator: ",").map { word in
        word.hasPrefix("@") ? try cart(String(word)).id : String(word)
      }
    }
    try apply(
      call[0], .init(only: try names("only"), except: try names("except")),
      confirmed: call.options["confirm"], line: call.line)
  }

  /// Applies a plan of a file.
  ///
  /// - Parameter count: how many carts were confirmed.
  func apply(
    _ path: String, _ selection: PlanSelection, confirmed count: String?, line: String
  ) throws {
    let reader = try library.open(path)
    let plan = reader.plan
    var words = "plan of \(printable(plan.command)) by \(plan.actor), made "
    words += "\(shop.zone.text(plan.made)): \(CountText.carts(reader.carts))"
    words += ", \(reader.events) events"
    if reader.orders > 0 { words += ", \(reader.orders) orders" }
    if reader.mails > 0 { words += ", \(reader.mails) mails" }
    if !reader.difference.isEmpty { words += ", totals \(reader.difference)" }
    io.messages(words)
    try library.apply(
      reader, selection, path: path, confirmed: count, as: line,
      showing: { changes in
        for change in changes {
          io.messages("  cart \(printable(change.cart)): \(change.words)")
        }
      },
      done: { try PlanView(workspace).say($0, $1) })
  }
}
