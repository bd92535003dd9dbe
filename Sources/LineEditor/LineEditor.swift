import CEditLine
import Glibc

/// A line of input from a terminal, with editing and history, by libedit.
///
/// One at a time, on the main thread.
public final class LineEditor {
  public enum Input: Equatable, Sendable {
    case line(String)
    /// Ctrl-C: what was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the end of the input.
    case end
  }

  private let streams: cel_streams
  private let editor: OpaquePointer
  private let history: OpaquePointer
  private let historyPath: String
  private let prompt = Prompt()

  /// What libedit's callback reads; it outlives the editor.
  private final class Prompt {
    var text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)

    init() { text.pointee = 0 }

    func set(_ prompt: String) {
      text.deallocate()
      let bytes = Array(prompt.utf8CString)
      text = .allocate(capacity: bytes.count)
      text.initialize(from: bytes, count: bytes.count)
    }

    deinit { text.deallocate() }
  }

  /// - Parameters:
  ///   - historyPath: where entries are kept; empty for nowhere.
  ///   - terminal: the path of a terminal; nil for standard input and output.
  /// - Returns: nil where the terminal cannot be used.
  public init?(program: String, historyPath: String, terminal: String? = nil) {
    cel_locale()
    let streams = terminal.map { cel_terminal($0) } ?? cel_standard()
    guard let editor = cel_init(program, streams) else {
      cel_close(streams)
      return nil
    }
    guard let history = history_init() else {
      el_end(editor)
      cel_close(streams)
      return nil
    }
    self.streams = streams
    self.editor = editor
    self.history = history
    self.historyPath = historyPath
    _ = cel_history_size(history, 5000)
    _ = cel_history_unique(history)
    if !historyPath.isEmpty { _ = cel_history_load(history, historyPath) }
    _ = cel_set_client(editor, Unmanaged.passUnretained(prompt).toOpaque())
    _ = cel_set_prompt(editor) { editor in
      guard let editor, let data = cel_client(editor) else { return nil }
      return Unmanaged<Prompt>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.text }
    }
    _ = cel_set_editor(editor, "emacs")
    _ = cel_set_signal(editor, 0)
    _ = cel_set_history(editor, history)
    _ = cel_bind(editor, "^R", "em-inc-search-prev")
  }

  /// Reads a line, without its end.
  public func read(_ prompt: String) -> Input {
    self.prompt.set(prompt)
    var count: Int32 = 0
    cel_clear_errno()
    el_resize(editor)
    // Before the prompt is shown: libedit would show it first, and a key that came in between would
    // be the terminal's.
    _ = cel_prepare(editor)
    guard let bytes = el_gets(editor, &count), count > 0 else {
      if count < 0, cel_errno() == EINTR {
        el_reset(editor)
        return .interrupted
      }
      return .end
    }
    var text = String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    return .line(text)
  }

  /// Adds an entry; several lines become one.
  public func remember(_ entry: String) {
    guard !entry.allSatisfy(\.isWhitespace) else { return }
    _ = cel_history_enter(history, entry)
    if !historyPath.isEmpty { _ = cel_history_save(history, historyPath) }
  }

  deinit {
    el_end(editor)
    history_end(history)
    cel_close(streams)
  }
}
