import CartEngine
import CartModel

/// A verb that changes the cart of its first word, and that `.each` can do to many.
struct CartChange: Sendable {
  typealias Body = (Run, VerbCall, Cart) throws -> Cart

  let verb: Verb
  /// What it does to a cart within a run.
  let body: @Sendable (Workspace) -> Body

  /// - Parameter body: a method of a part of the workspace.
  init<Part: VerbGroup>(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    flags: Set<String> = [], kind: VerbWords = .plain, traits: VerbTraits = [],
    _ help: String, _ body: @escaping @Sendable (Part) -> Body
  ) {
    self.body = { body(Part($0)) }
    verb = Verb(
      name, usage + " [reason=]", words, options: options.union(["reason"]), flags: flags,
      kind: kind, traits: traits, help,
      console: { console, call in
        try Self.run(call, Part(console.workspace), body(Part(console.workspace)))
      })
  }

  /// Changes the cart as one operation, and shows it in short.
  private static func run(_ call: VerbCall, _ part: some WorkspacePart, _ body: Body) throws {
    var changed: Cart?
    try part.perform(call.line) { run in
      if let reason = call.options["reason"] { try run.note(reason: reason) }
      changed = try body(run, call, try part.cart(call[0], in: run))
    }
    if let changed, let stored = try part.handler.reader.cart(changed.key) {
      CartView(part.workspace).summarize(stored)
    }
  }
}
