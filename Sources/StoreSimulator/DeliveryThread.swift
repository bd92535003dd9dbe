import Dispatch
import Synchronization

/// Calls a function again and again on a thread of its own, with a pause where nothing was to be done.
final class DeliveryThread: Sendable {
  private let isStopped = Atomic(false)
  private let isRunning = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)
  private let pause = DispatchSemaphore(value: 0)

  /// - Parameter body: gives how much it did.
  func start(_ body: @escaping @Sendable () -> Int) {
    guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else { return }
    DispatchQueue(label: "hooks").async { [self] in
      while !isStopped.load(ordering: .acquiring) {
        if body() == 0 { _ = pause.wait(timeout: .now() + .milliseconds(2)) }
      }
      ended.signal()
    }
  }

  /// Lets it end, without waiting.
  func cancel() {
    isStopped.store(true, ordering: .releasing)
    pause.signal()
  }

  func stop() {
    cancel()
    guard isRunning.exchange(false, ordering: .acquiringAndReleasing) else { return }
    ended.wait()
  }
}
