import Glibc

/// What was typed or pasted before a question is shown, which must not answer it.
public enum TypedAhead {
  /// Milliseconds without input after which a paste is over.
  private static let pause: Int32 = 40

  /// Drops what the terminal holds, and what of a paste is still on its way.
  ///
  /// - Returns: whether there was anything.
  public static func drop(from descriptor: Int32 = 0) -> Bool {
    var before = termios()
    guard tcgetattr(descriptor, &before) == 0 else { return false }
    // A line that is not ended yet can only be read where the terminal does not edit lines itself.
    var modes = before
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(descriptor, TCSADRAIN, &modes)
    defer { tcsetattr(descriptor, TCSADRAIN, &before) }
    var hasDropped = false
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var bytes = [UInt8](repeating: 0, count: 4096)
    // Ctrl-C interrupts the wait: who asks looks at it.
    while poll(&ready, 1, pause) > 0, read(descriptor, &bytes, bytes.count) > 0 {
      hasDropped = true
    }
    return hasDropped
  }
}
