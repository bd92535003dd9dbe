import CartApplication
import CartEngine
import CartSupport

/// Where a console's words go: its screen, or a file for one command or until further notice.
///
/// Messages stay on the screen.
final class OutputSink {
  private var screen: ConsoleIO
  private(set) var io: ConsoleIO
  private var file: OutputFile?
  private var isOnce = false
  /// Whether the command under way has opened the file.
  private var isOpening = false
  private var failure: SupportError?
  /// The file's name; nil for the screen.
  private(set) var path: String?

  init(_ screen: ConsoleIO) { (self.screen, io) = (screen, screen) }

  /// The window may have another width than before.
  func measure() {
    guard screen.terminal.width != nil else { return }
    screen.terminal = .standard(Home.environment)
    if path == nil { io = screen }
  }

  /// Sends what follows to a file, which is replaced when `close` is called.
  ///
  /// - Throws: `file`.
  func open(_ path: String, once: Bool, wait: StreamWait) throws {
    try close()
    file = try OutputFile(path, wait: wait)
    (self.path, isOnce, isOpening) = (path, once, true)
    io.terminal = Terminal(width: nil, hasColour: false)
    io.output = { [unowned self] text in
      guard failure == nil else { return }
      do throws(SupportError) { try file?.write(text) } catch { failure = error }
    }
  }

  /// What a body says, messages too, which then are not shown.
  func captured(_ body: () throws -> Void) rethrows -> String {
    let before = io
    var text = ""
    io.output = { text += $0 }
    io.messages = { text += $0 + "\n" }
    defer { io = before }
    try body()
    return text
  }

  /// Back to the screen; the file has its new content.
  ///
  /// - Throws: `file`; then the file of before is still there.
  func close() throws {
    defer { discard() }
    if let failure { throw failure }
    try file?.commit()
  }

  /// Back to the screen; the file stays as it was.
  func discard() { (io, file, path, isOnce, failure) = (screen, nil, nil, false, nil) }

  /// - Throws: what kept the output under way from being written.
  func check() throws {
    if let failure { throw failure }
    if path == nil, let failure = io.failure() { throw failure }
  }

  /// A command has ended: with `once` it was the file's last.
  ///
  /// - Parameter hasFailed: whether it failed; then the file stays as it was.
  /// - Returns: the file that stays as it was.
  func endCommand(hasFailed: Bool) throws -> String? {
    defer { isOpening = false }
    guard let path, !isOpening else { return nil }
    if failure != nil { try close() }
    guard isOnce else { return nil }
    guard hasFailed else {
      try close()
      return nil
    }
    discard()
    return path
  }
}
