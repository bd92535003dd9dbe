import Dispatch
import NIOCore
import Synchronization

/// The open connections of a server, and how many there may be.
final class ConnectionRegistry: Sendable {
  private struct State {
    var open: [ObjectIdentifier: Entry] = [:]
    var isStopping = false
    /// Whether the event loops take no more work.
    var isShut = false
    var next: UInt64 = 0
  }

  private struct Entry {
    let number: UInt64
    let channel: any Channel
    let connection: NIOLoopBound<Connection>
    /// Whether it has sent a whole request.
    var isKnown = false
  }

  private let limit: Int
  private let state = Mutex(State())
  private let group = DispatchGroup()

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.open.count } }
  var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Takes a connection in; the oldest one that has sent nothing whole goes where there is no room.
  ///
  /// - Returns: false where it must be closed.
  func add(_ connection: Connection, _ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(connection)
    let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
    let (isTaken, evicted) = state.withLock { state -> (Bool, (any Channel)?) in
      guard !state.isStopping else { return (false, nil) }
      var evicted: (any Channel)?
      if state.open.count >= limit {
        let oldest = state.open.filter { !$0.value.isKnown }.min {
          $0.value.number < $1.value.number
        }
        guard let oldest else { return (false, nil) }
        evicted = oldest.value.channel
        remove(oldest.key, &state)
      }
      state.next += 1
      state.open[id] = Entry(number: state.next, channel: channel, connection: bound)
      group.enter()
      return (true, evicted)
    }
    evicted?.close(promise: nil)
    return isTaken
  }

  func tookRequest(_ id: ObjectIdentifier) { state.withLock { $0.open[id]?.isKnown = true } }

  /// Runs something on an event loop, unless they are shut down: a handler may answer at any time.
  func execute(on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
    state.withLock { state in if !state.isShut { loop.execute(body) } }
  }

  func shut() { state.withLock { $0.isShut = true } }

  func remove(_ id: ObjectIdentifier) { state.withLock { remove(id, &$0) } }

  private func remove(_ id: ObjectIdentifier, _ state: inout State) {
    if state.open.removeValue(forKey: id) != nil { group.leave() }
  }

  /// Lets what was taken end, and waits.
  ///
  /// - Returns: whether all of it ended in time.
  func drain(within milliseconds: Int) -> Bool {
    let entries = state.withLock { state in
      state.isStopping = true
      return Array(state.open.values)
    }
    for entry in entries {
      entry.channel.eventLoop.execute { entry.connection.value.stop() }
    }
    return group.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
  }

  func closeAll() {
    for entry in state.withLock({ Array($0.open.values) }) { entry.channel.close(promise: nil) }
    _ = group.wait(timeout: .now() + .seconds(1))
  }
}
