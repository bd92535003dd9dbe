import CartEngine

/// Where a console's words go: its screen, or a file for one command or until further notice.
///
/// Messages stay on the screen.
final class Outlet {
  private var screen: ConsoleIO
  private(set) var io: ConsoleIO
  private var file: OutputFile?
  private var isOnce = false
  private var failure: EngineError?
  /// The file's name; nil for the screen.
  private(set) var path: String?

  init(_ screen: ConsoleIO) { (self.screen, io) = (screen, screen) }

  /// The window may have another width than before.
  func measure() {
    guard screen.terminal.width != nil else { return }
    screen.terminal = .standard(Workplace.environment)
    if path == nil { io = screen }
  }

  /// Sends what follows to a file, which is emptied first.
  ///
  /// - Throws: `file`.
  func open(_ path: String, once: Bool) throws {
    try close()
    file = try OutputFile(path)
    (self.path, isOnce) = (path, once)
    io.terminal = Terminal(width: nil, hasColour: false)
    io.output = { [unowned self] text in
      guard failure == nil else { return }
      do throws(EngineError) { try file?.write(text) } catch { failure = error }
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

  /// Back to the screen.
  func close() throws {
    defer { (io, file, path, isOnce, failure) = (screen, nil, nil, false, nil) }
    try file?.flush()
    if let failure { throw failure }
  }

  /// A command has ended: what it wrote is in the file.
  ///
  /// - Parameter isOpening: whether it was the one that opened the file.
  func endCommand(isOpening: Bool) throws {
    guard path != nil, !isOpening else { return }
    if isOnce || failure != nil { return try close() }
    try file?.flush()
  }
}
