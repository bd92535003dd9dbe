import Dispatch
import HTTPClient
import Synchronization

/// A few connections that threads take by turns: never more requests at once than there are connections.
final class TransportPool: Sendable {
  private let places: DispatchSemaphore
  private let free: Mutex<[Held]>

  /// Used by one thread at a time, as it is taken out while it is used.
  private struct Held: @unchecked Sendable {
    let transport: any HTTPTransport
  }

  init(_ count: Int, _ make: () -> any HTTPTransport) {
    places = DispatchSemaphore(value: count)
    free = Mutex((0..<count).map { _ in Held(transport: make()) })
  }

  /// Lends a connection; waits while all are in use.
  func use<T>(
    _ body: (any HTTPTransport) throws(StoreCallFailure) -> T
  ) throws(StoreCallFailure) -> T {
    places.wait()
    let held = free.withLock { $0.removeLast() }
    defer {
      free.withLock { $0.append(held) }
      places.signal()
    }
    return try body(held.transport)
  }
}
