import Glibc

/// A thread of the system's own: work on it may block, which a task must not.
final class WorkerThread: @unchecked Sendable {
  private var thread = pthread_t()
  private let isStarted: Bool

  /// - Parameter body: what it does; the thread ends with it.
  init(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(body))
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    isStarted = code == 0
    // Without a thread the work is done at once: slower, and not lost.
    if !isStarted { box.takeRetainedValue().run() }
  }

  /// Waits for its end.
  func join() { if isStarted { pthread_join(thread, nil) } }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
