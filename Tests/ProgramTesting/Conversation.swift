import CTesting
import Dispatch
import Glibc

/// A running program that a test talks with.
public final class Conversation {
  public internal(set) var pid: pid_t
  private let input: Int32
  private let output: Int32
  /// Bytes, as "\r\n" is one character of a string and would hide a "\n".
  private var seen: [UInt8] = []

  init(pid: pid_t, input: Int32, output: Int32) {
    self.pid = pid
    self.input = input
    self.output = output
  }

  public func type(_ text: String) {
    _ = text.utf8.withContiguousStorageIfAvailable { write(input, $0.baseAddress, $0.count) }
  }

  /// Gives the terminal another width.
  public func resize(columns: UInt16) { _ = ct_resize(input, columns) }

  /// Types, on another thread, as soon as an editor has taken the terminal over; what is typed
  /// before that is edited by the terminal itself.
  public func typeToEditor(_ text: String) {
    let input = input
    DispatchQueue.global().async {
      guard ct_wait_raw(input) == 0 else { return }
      _ = text.utf8.withContiguousStorageIfAvailable { write(input, $0.baseAddress, $0.count) }
    }
  }

  /// Reads all that comes until the program ends, or nothing comes for half a minute.
  public func readToEnd() -> String {
    _ = read(until: "\u{0}never\u{0}")
    defer { seen = [] }
    return String(decoding: seen, as: UTF8.self)
  }

  /// Reads until `text` has come, and gives all that came up to its end; nil when the program ended
  /// or nothing came for half a minute.
  public func read(until text: String, patience: Int32 = 30_000) -> String? {
    let wanted = Array(text.utf8)
    while true {
      if let range = seen.firstRange(of: wanted) {
        let part = String(decoding: seen[..<range.upperBound], as: UTF8.self)
        seen.removeSubrange(..<range.upperBound)
        return part
      }
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, patience) > 0 else { return nil }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = Glibc.read(output, &chunk, chunk.count)
      guard count > 0 else {
        hasEnded = true
        return nil
      }
      seen += chunk[..<count]
    }
  }

  /// Types a key until `text` comes, or the program has ended where it is nil: libedit shows its
  /// prompt before it takes the terminal over, and a key that comes in between is the terminal's.
  public func press(_ key: String, until text: String?) -> Bool {
    for _ in 0..<100 {
      type(key)
      if read(until: text ?? "\u{0}", patience: 300) != nil { return true }
      if text == nil, hasEnded { return true }
    }
    return false
  }

  /// Sends a signal to the program, which is the child of what made its terminal the controlling one.
  public func end(with signal: Int32) {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let children = readText(path).split(separator: " ").compactMap { pid_t($0) }
    for child in children + (children.isEmpty ? [pid] : []) { Glibc.kill(child, signal) }
  }

  /// Whether the terminal takes lines, and shows what is typed.
  public var isCooked: Bool {
    var modes = termios()
    for _ in 0..<200 {
      if tcgetattr(input, &modes) == 0, modes.c_lflag & tcflag_t(ICANON) != 0,
        modes.c_lflag & tcflag_t(ECHO) != 0
      {
        return true
      }
      usleep(10_000)
    }
    return false
  }

  private var hasEnded = false

  public func kill() { Glibc.kill(pid, SIGKILL) }

  /// Ends the input, reads what is still to come, and waits; what does not end is killed.
  public func finish() -> Int32 {
    if input != output { close(input) }
    while read(until: "\u{0}") != nil {}
    Glibc.kill(pid, SIGKILL)
    let status = Program.wait(pid)
    close(output)
    return status
  }
}
