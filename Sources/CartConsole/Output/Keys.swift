import Glibc

/// Single keys, as they are pressed.
enum Keys {
  /// Reads keys as they are typed while the body runs, without showing them.
  static func raw<T>(_ body: () throws -> T) rethrows -> T {
    var before = termios()
    tcgetattr(0, &before)
    var modes = before
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    modes.c_oflag |= tcflag_t(OPOST | ONLCR)
    tcsetattr(0, TCSADRAIN, &modes)
    defer { tcsetattr(0, TCSADRAIN, &before) }
    return try body()
  }

  /// - Parameter milliseconds: how long it waits.
  static func isPressed(within milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
    var byte: UInt8 = 0
    // A key that is several bytes is one key.
    repeat { guard read(0, &byte, 1) == 1 else { return true } } while poll(&descriptor, 1, 0) > 0
    return true
  }
}
