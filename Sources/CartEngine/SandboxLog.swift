import CartModel
import Glibc

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
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o660)
    guard descriptor >= 0 else { throw Files.failure("write", path) }
    defer { close(descriptor) }
    // One write: two consoles may try things at once.
    let bytes = writer.bytes
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Files.failure("write", path)
    }
  }
}
