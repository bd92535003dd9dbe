import CartStorage
import Dispatch
import Synchronization

/// A database in memory, which several connections and threads may share.
final class MemoryDatabase: Sendable {
  private let content: Mutex<Content>
  /// Held by the connection that writes.
  private let writer = DispatchSemaphore(value: 1)

  private struct Content: Sendable {
    var state: MemoryState
    var commits: Int64 = 0
  }

  init(_ state: MemoryState) { content = Mutex(Content(state: state)) }

  /// The latest state.
  var state: MemoryState { content.withLock { $0.state } }

  /// How many transactions were written so far.
  var commits: Int64 { content.withLock { $0.commits } }

  /// Lets one connection at a time change the state.
  ///
  /// - Throws: what the body throws; `busy` after five seconds.
  func write<T>(_ body: (inout MemoryState) throws -> T) throws -> T {
    guard writer.wait(timeout: .now() + .seconds(5)) == .success else {
      throw StoreError(
        .busy, "database: another connection has been writing for more than 5 s; try again")
    }
    defer { writer.signal() }
    var next = state
    let result = try body(&next)
    content.withLock { [next] in
      $0.state = next
      $0.commits += 1
    }
    return result
  }
}
