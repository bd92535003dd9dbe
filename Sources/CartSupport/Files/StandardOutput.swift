import Glibc
import Synchronization

/// Standard output of this process: what could not be written is remembered until the end.
public enum StandardOutput {
  private struct State {
    /// The error number of the write that failed.
    var failure: Int32?
    var saved: [String] = []
  }
  private static let state = Mutex(State())

  /// Prepares the process: streams that were closed are open on nothing, so that no file of ours gets
  /// their numbers; a reader that leaves, and a file that may not grow, are errors of a write.
  public static func prepare() {
    for (number, access) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_WRONLY)]
    where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is the one that is missing.
      _ = open("/dev/null", access)
    }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes all of it; nothing more after a write that failed.
  ///
  /// - Returns: whether all that was ever to be written is written.
  @discardableResult
  public static func write(_ bytes: [UInt8]) -> Bool {
    guard !hasFailed else { return false }
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(1, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        var ready = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
        continue
      }
      guard count > 0 else {
        let code = count == 0 ? ENOSPC : errno
        state.withLock { $0.failure = $0.failure ?? code }
        return false
      }
      start += count
    }
    return true
  }

  @discardableResult
  public static func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  public static var hasFailed: Bool { state.withLock { $0.failure != nil } }
  /// Whether its reader left, as `head` does.
  public static var hasNoReader: Bool { state.withLock { $0.failure == EPIPE } }

  /// The write that failed, as an error.
  public static var error: SupportError {
    let code = state.withLock { $0.failure } ?? 0
    let cause = code == EBADF ? "it is closed" : String(cString: strerror(code))
    return SupportError(.file, "standard output: cannot write it: \(cause)")
  }

  /// Notes what this process saved: output that fails later does not say that nothing was changed.
  public static func note(saved thing: String) {
    state.withLock { if !$0.saved.contains(thing) { $0.saved.append(thing) } }
  }

  public static var saved: [String] { state.withLock { $0.saved } }
}
