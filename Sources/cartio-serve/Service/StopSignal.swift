import Glibc
import Synchronization

/// SIGTERM, SIGHUP and Ctrl-C as a flag: what was answered for is finished first, however often they come.
enum StopSignal {
  private static let flag = Atomic(false)

  /// From now on these signals set the flag instead of ending the process.
  static func watch() {
    // Made before a handler needs it.
    flag.store(false, ordering: .relaxed)
    for number in [SIGTERM, SIGHUP, SIGINT] {
      signal(number) { _ in StopSignal.flag.store(true, ordering: .relaxed) }
    }
    // A client that leaves must not end the service.
    signal(SIGPIPE, SIG_IGN)
  }

  static var isSet: Bool { flag.load(ordering: .relaxed) }
}
