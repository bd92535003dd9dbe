import Glibc

/// How long a pipe is waited for that gives nothing, or takes nothing.
public struct StreamWait {
  /// When it fails; nil for never.
  public var deadline: ContinuousClock.Instant?
  public var shouldStop: () -> Bool

  public init(
    until deadline: ContinuousClock.Instant? = nil, shouldStop: @escaping () -> Bool = { false }
  ) {
    self.deadline = deadline
    self.shouldStop = shouldStop
  }

  public static var forever: StreamWait { StreamWait() }

  /// Waits until a descriptor is ready, or can only fail.
  ///
  /// - Parameters:
  ///   - events: `POLLIN` or `POLLOUT`.
  ///   - late: what is said when the time is over.
  /// - Throws: `interrupted`; `file` when the time is over.
  func until(_ events: Int32, on descriptor: Int32, late: () -> String) throws(SupportError) {
    var ready = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let left = deadline.map { ContinuousClock.now.duration(to: $0) / .milliseconds(1) }
      let answer = poll(&ready, 1, Int32(max(0, min(200, (left ?? 200).rounded(.up)))))
      // First of all: a signal may come to another thread, and bytes or the end right behind it.
      if shouldStop() { throw SupportError(.interrupted, "interrupted") }
      if answer > 0 { return }
      guard answer == 0, let left, left <= 0 else { continue }
      throw SupportError(.file, late())
    }
  }
}
