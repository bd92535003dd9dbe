import NIOCore

/// What a connection waits for, and the one timer that ends the waiting.
struct ConnectionClock {
  /// When the request began that is being read; nil between requests.
  private(set) var start: NIODeadline?
  /// When the last request ended.
  private(set) var ended: NIODeadline = .now()
  private var timer: Scheduled<Void>?

  mutating func begin() { start = .now() }

  mutating func end() { (start, ended) = (nil, .now()) }

  mutating func set(
    _ time: NIODeadline, _ loop: any EventLoop, _ act: @escaping @Sendable () -> Void
  ) {
    timer?.cancel()
    timer = loop.scheduleTask(deadline: time, act)
  }

  mutating func cancel() {
    timer?.cancel()
    timer = nil
  }
}
