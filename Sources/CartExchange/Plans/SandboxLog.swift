import CartEngine
import CartModel
import CartSupport

/// What was tried in the sandbox: a line of JSON for each run, beside the database.
public struct SandboxLog {
  public let path: String

  public init(path: String) { self.path = path }

  /// Appends one run with what it would have changed.
  ///
  /// - Throws: `file`.
  public func add(_ plan: Plan, at time: Timestamp) throws(EngineError) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.string("at", time.description)
      writer.string("actor", plan.actor.description)
      writer.string("command", plan.command)
      writer.known("reason", plan.reason)
      writer.array("carts") { writer in
        for change in plan.changes {
          writer.object {
            $0.string("cart", change.cart)
            $0.number("version", change.version)
            $0.string("before", change.before?.description ?? "")
            $0.string("after", change.after?.description ?? "")
            $0.string("change", change.words)
          }
        }
      }
    }
    writer.newline()
    try EngineError.mapping { try Files.append(writer.bytes, to: path) }
  }
}
