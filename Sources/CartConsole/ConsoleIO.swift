import CartModel
import Glibc

/// Where a console's words go, and who answers its questions.
public struct ConsoleIO {
  /// Tables and values.
  public var output: (String) -> Void
  /// Progress, counts, warnings.
  public var messages: (String) -> Void
  /// Asks a question and gives what was typed; nil where nobody can be asked.
  public var ask: ((String) -> String?)?
  public var terminal: Terminal
  /// Shows how far something is, in one line that the next replaces; nil where nobody looks.
  public var status: ((String) -> Void)?

  public init(
    output: @escaping (String) -> Void, messages: @escaping (String) -> Void,
    ask: ((String) -> String?)? = nil, terminal: Terminal = Terminal(width: nil, hasColour: false)
  ) {
    self.output = output
    self.messages = messages
    self.ask = ask
    self.terminal = terminal
  }

  /// Standard output and standard error.
  public static func standard() -> ConsoleIO {
    var io = ConsoleIO(
      output: { write($0, to: 1) }, messages: { write($0 + "\n", to: 2) },
      terminal: .standard(Workplace.environment))
    if isatty(2) != 0 { io.status = { write("\r\u{1b}[K" + $0, to: 2) } }
    return io
  }

  /// As `standard`; who sits at a terminal can be asked, also when a script runs.
  public static func interactive() -> ConsoleIO {
    var io = standard()
    if Terminal.isInteractive {
      io.ask = { question in
        write(question, to: 2)
        return readLine()
      }
    }
    return io
  }

  /// Writes all of a text; a reader that went away ends the program as it does others.
  public static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        if count <= 0 { return }
        start += count
      }
    }
  }
}
