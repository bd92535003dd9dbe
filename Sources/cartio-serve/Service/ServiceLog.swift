import CartModel
import CartSupport
import Synchronization

/// Lines of JSON on standard error, one for each thing that happened; any thread may write.
///
/// What is logged names carts, orders and counts, and no person and no secret.
final class ServiceLog: Sendable {
  enum Level: String, Sendable { case info, warning, error }

  private let now: @Sendable () -> Timestamp
  private let put: @Sendable ([UInt8]) -> Void
  private let lock = Mutex(())

  init(
    now: @escaping @Sendable () -> Timestamp,
    put: @escaping @Sendable ([UInt8]) -> Void = { Terminal.write(2, $0) }
  ) { (self.now, self.put) = (now, put) }

  func write(
    _ level: Level, _ event: String, _ message: String = "", _ fields: [(String, String)] = []
  ) {
    var json = JSONWriter()
    json.object { json in
      json.string("time", now().description)
      json.string("level", level.rawValue)
      json.string("event", event)
      if !message.isEmpty { json.string("message", message) }
      for (name, value) in fields { json.string(name, value) }
    }
    json.newline()
    lock.withLock { _ in put(json.bytes) }
  }
}
