import CartApplication
import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// Chunks of Lua and scripts, each an operation.
extension Console {
  /// Runs a chunk of Lua as one operation and shows its values.
  public func run(chunk: String, name: String, raw: Bool = false) throws {
    if !raw, io.ask != nil, let finding = ScriptLint.moneyComparisons(chunk).first {
      io.messages("note: " + finding.message)
    }
    if !raw, !hasSaidLocal, chunk.hasPrefix("local "), io.ask != nil {
      hasSaidLocal = true
      io.messages("note: a 'local' ends with its chunk; without 'local' the name stays")
    }
    var values: [LuaValue] = []
    let typed = chunk.trimmingBlanks
    if let advice = TypedLine.advice(name: typed), !session.globals.contains(typed) {
      throw ConsoleError.usage(advice)
    }
    try application.perform(chunk) { _ in
      do { values = try session.run(chunk, name: name, isExpression: true) } catch {
        guard let error = error as? ScriptError, error.code == .failed || error.code == .incomplete,
          let problem = ScriptLint.syntaxError(chunk),
          let advice = TypedLine.advice(chunk, problem)
        else { throw error }
        throw ConsoleError.usage(advice)
      }
      if raw {
        io.output(
          values.isEmpty
            ? "" : safe(values.map { session.text($0) }.joined(separator: "\t"), io) + "\n")
      }
    }
    // What was changed is saved before it is looked at: that may take a person a while.
    if !raw { try screen.paged { try show(values) } }
  }

  /// A chunk's values: a cart or a query alone in full, else all on one line.
  private func show(_ values: [LuaValue]) throws {
    if values.isEmpty || values == [.nil] { return }
    if values.count == 1, case .table = values[0], let plan = session.lastPlan,
      plan.key != workspace.shownPlan
    {
      PlanView(workspace).show(plan)
      return
    }
    let reader = handler.reader
    switch values.count == 1 ? try session.shown(values[0]) : .text("") {
    case .cart(let cart, let moment): reader.at(moment) { CartView(workspace).show(cart) }
    case .carts(let keys, let moment):
      _ = try reader.at(moment) { try CartList(workspace).show(carts: keys) }
    case .text:
      io.output(safe(values.map { session.text($0) }.joined(separator: "\t"), io) + "\n")
    }
  }

  /// Runs a script file; its values are not printed.
  ///
  /// - Parameters:
  ///   - text: what the file holds; read from it where nil.
  ///   - allowsPipe: whether it may come from a pipe, which then is waited for as long as a script
  ///     may run.
  public func run(
    file path: String, arguments: [String], text: String? = nil, allowsPipe: Bool = false
  ) throws {
    let source = try text ?? Files.text(path, wait: allowsPipe ? application.wait : nil)
    session.libraryFolder = Files.folder(path) + "/lib"
    try session.set(
      "arg",
      .table(
        [LuaValue.Pair(.integer(0), .string(path))]
          + arguments.enumerated().map { .init(.integer(Int64($0) + 1), .string($1)) }))
    let person = handler.actor
    handler.actor = person.via(script: Files.name(path))
    defer { handler.actor = person }
    do {
      try application.perform(
        (["run", path] + arguments).joined(separator: " "),
        origin: .script(Files.absolute(path), arguments), text: source
      ) { _ in
        _ = try session.run(source, name: "@" + Files.name(path))
      }
    } catch let error as ScriptError where error.code == .incomplete {
      // A file has no next line that could finish it.
      throw ScriptError(.failed, error.message)
    }
  }
}
