import CartApplication
import CartEngine
import CartModel
import CartSupport
import Glibc
import LineEditor
import LuaKit

/// Where a console's words go, and who answers its questions.
public struct ConsoleIO {
  /// Tables and values.
  public var output: (String) -> Void
  /// Progress, counts, warnings.
  public var messages: (String) -> Void
  /// Asks a question and gives what was typed; nil where nobody can be asked.
  public var ask: ((String) -> Confirmer.Answer)?
  public var terminal: Terminal
  /// Shows how far something is, in one line that the next replaces; nil where nobody looks.
  public var status: ((String) -> Void)?

  /// Draws on the terminal: sequences of this program, and pictures. Text goes to `output`.
  public var control: (String) -> Void
  /// What kept output from being written; nil while all is well.
  public var failure: () -> SupportError? = { nil }

  public init(
    output: @escaping (String) -> Void, messages: @escaping (String) -> Void,
    ask: ((String) -> Confirmer.Answer)? = nil,
    terminal: Terminal = Terminal(width: nil, hasColour: false)
  ) {
    self.output = output
    control = output
    self.messages = messages
    self.ask = ask
    self.terminal = terminal
  }

  /// Standard output and standard error.
  public static func standard() -> ConsoleIO {
    let (isTerminal, showsMessages) = (isatty(1) == 1, isatty(2) == 1)
    var io = ConsoleIO(
      output: { StandardOutput.write(isTerminal ? TerminalText.guarded($0) : $0) },
      messages: { write((showsMessages ? TerminalText.guarded($0) : $0) + "\n", to: 2) },
      terminal: .standard(Home.environment))
    io.control = { StandardOutput.write($0) }
    io.failure = { StandardOutput.hasFailed ? StandardOutput.error : nil }
    if showsMessages { io.status = { write("\r\u{1b}[K" + TerminalText.guarded($0), to: 2) } }
    return io
  }

  /// As `standard`; who sits at a terminal can be asked, also when a script runs.
  public static func interactive(_ interrupt: InterruptFlag) -> ConsoleIO {
    var io = standard()
    if Terminal.isInteractive {
      io.readAnswers(interrupt) { prompt in
        write(prompt, to: 2)
        return line(interrupt)
      }
    }
    return io
  }

  /// Lets questions be answered by lines that are read; what was typed before one is shown is dropped.
  mutating func readAnswers(
    _ interrupt: InterruptFlag, _ read: @escaping (_ prompt: String) -> Confirmer.Answer
  ) {
    let messages = messages
    ask = { question in
      if TypedAhead.drop() {
        messages("note: what was typed before this question is dropped; it does not answer it")
      }
      guard !interrupt.isSet else { return .interrupted }
      var lines = question.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let prompt = lines.removeLast()
      for line in lines { messages(line) }
      return interrupt.idle { read(TerminalText.guarded(prompt)) }
    }
  }

  /// A line of standard input. Not the library's: that would hold back what comes after the line.
  private static func line(_ interrupt: InterruptFlag) -> Confirmer.Answer {
    var line: [UInt8] = []
    while true {
      // Looked at now and then: a signal that comes before the wait would not end it.
      var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      let isReady = poll(&ready, 1, 100) > 0
      if interrupt.isSet { return .interrupted }
      guard isReady else { continue }
      var byte: UInt8 = 0
      let count = read(0, &byte, 1)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { return .end }
      if byte == UInt8(ascii: "\n") { return .line(String(decoding: line, as: UTF8.self)) }
      line.append(byte)
    }
  }

  /// What a program ends with: output that could not be written is an error, and is told here.
  ///
  /// A reader that left, as `head` does, is told only where something was changed before.
  public static func conclude(_ exit: ConsoleError.Exit) -> ConsoleError.Exit {
    guard StandardOutput.hasFailed else { return exit }
    let saved = StandardOutput.saved
    let message = "error: " + StandardOutput.error.message
    if !saved.isEmpty {
      write(message + "; saved before it: " + saved.joined(separator: ", ") + "\n", to: 2)
      return .partly
    }
    if !StandardOutput.hasNoReader { write(message + "; nothing was changed\n", to: 2) }
    return .failed
  }

  /// Writes all of a text, to standard error.
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
