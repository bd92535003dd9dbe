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
  /// What of an entry goes to the file.
  private let redact: (String) -> String
  private let client = Client()
  private let data = UnsafeMutablePointer<cel_data>.allocate(capacity: 1)
  private let canBracket: Bool
  private var isBracketing = false
  /// Asked for what could stand at the cursor, with the text before it.
  public var complete: ((_ before: String) -> Completion)?

  /// What could stand at the cursor.
  public struct Completion: Equatable, Sendable {
    /// How many code points before the cursor it replaces.
    public var replaced: Int
    /// What each would insert, and what is said of it in a list.
    public var candidates: [Candidate]
    /// How many more there are than those.
    public var more: Int

    public struct Candidate: Equatable, Sendable {
      public var text: String
      public var note: String

      public init(_ text: String, note: String = "") { (self.text, self.note) = (text, note) }
    }

    public init(replaced: Int = 0, candidates: [Candidate] = [], more: Int = 0) {
      (self.replaced, self.candidates, self.more) = (replaced, candidates, more)
    }
  }

  /// What libedit's callbacks read; it outlives the editor.
  private final class Client {
    var text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    weak var editor: LineEditor?

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
  ///   - redact: what of an entry goes to the file; the session's own history has all of it.
  /// - Returns: nil where the terminal cannot be used.
  public init?(
    program: String, historyPath: String, terminal: String? = nil,
    redact: @escaping (String) -> String = { $0 }
  ) {
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
    self.redact = redact
    _ = cel_history_size(history, 5000)
    _ = cel_history_unique(history)
    if !historyPath.isEmpty { _ = cel_history_load(history, historyPath) }
    let name = getenv("TERM").map { String(cString: $0) } ?? ""
    canBracket = !["", "dumb"].contains(name)
    data.initialize(
      to: cel_data(
        owner: Unmanaged.passUnretained(client).toOpaque(), input: fileno(streams.input),
        columns: 0, rows: 0, interrupted: 0))
    client.editor = self
    _ = cel_set_client(editor, data)
    _ = cel_set_prompt(editor) { editor in
      guard let editor, let data = cel_client(editor) else { return nil }
      return Unmanaged<Client>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.text }
    }
    _ = cel_set_editor(editor, "emacs")
    _ = cel_set_signal(editor, 0)
    _ = cel_set_history(editor, history)
    _ = cel_bind(editor, "^R", "em-inc-search-prev")
    _ = cel_set_paste(editor)
    _ = cel_add_function(editor, "complete-word", "Completes the word") { editor, _ in
      guard let editor, let data = cel_client(editor) else { return UInt8(CC_ERROR) }
      let owner = Unmanaged<Client>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.editor }
      return UInt8(owner?.completeWord() ?? CC_ERROR)
    }
    _ = cel_bind(editor, "^I", "complete-word")
    for (keys, command) in [
      ("\\e[1;5D", "ed-prev-word"), ("\\e[1;5C", "em-next-word"), ("\\e[1~", "ed-move-to-beg"),
      ("\\e[4~", "ed-move-to-end"), ("\\e[H", "ed-move-to-beg"), ("\\e[F", "ed-move-to-end"),
      ("\\e[3~", "ed-delete-next-char"),
    ] {
      _ = cel_bind(editor, keys, command)
    }
    cel_watch_window(editor)
    cel_guard_terminal(fileno(streams.input), fileno(streams.output))
  }

  /// Leaves the terminal as it was found, where the program ends at once; a signal handler may call it.
  public static let restoreTerminal: @convention(c) () -> Void = { cel_restore_terminal() }

  /// Says that the alternate screen is shown, which a signal that ends the program must leave.
  public static func showsAlternateScreen(_ isShown: Bool) { cel_alternate(isShown ? 1 : 0) }

  /// Inserts the only candidate, or as much as all have in common; a list where there is nothing to
  /// insert.
  private func completeWord() -> Int32 {
    guard let complete, let line = el_line(editor)?.pointee else { return CC_ERROR }
    let before = String(
      decoding: UnsafeRawBufferPointer(
        start: line.buffer, count: line.cursor - line.buffer), as: UTF8.self)
    let completion = complete(before)
    guard let first = completion.candidates.first else { return CC_ERROR }
    var common = Substring(first.text)
    for candidate in completion.candidates.dropFirst() {
      common = common.commonPrefix(with: candidate.text)
    }
    if completion.more > 0 { common = "" }
    let isOnly = completion.candidates.count == 1 && completion.more == 0
    guard isOnly || common.unicodeScalars.count > completion.replaced else {
      show(completion)
      return CC_REDISPLAY
    }
    el_deletestr(editor, Int32(completion.replaced))
    return el_insertstr(editor, String(common)) == 0 ? CC_REFRESH : CC_ERROR
  }

  private func show(_ completion: Completion) {
    let width = min(completion.candidates.map(\.text.count).max() ?? 0, 40)
    let columns = data.pointee.columns > 3 ? Int(data.pointee.columns) : 80
    var text = "\n"
    for candidate in completion.candidates {
      let pad = String(repeating: " ", count: max(0, width - candidate.text.count))
      let line =
        candidate.note.isEmpty ? candidate.text : candidate.text + pad + "  " + candidate.note
      // One line each: a list is read by its beginnings.
      text += (line.count < columns ? line : line.prefix(columns - 2) + "…") + "\n"
    }
    if completion.more > 0 { text += "… and \(completion.more) more\n" }
    cel_show(streams, text)
  }

  /// Reads a line, without its end.
  public func read(_ prompt: String) -> Input {
    client.set(prompt)
    var count: Int32 = 0
    cel_clear_errno()
    el_resize(editor)
    // Before the prompt is shown: libedit would show it first, and a key that came in between would
    // be the terminal's.
    _ = cel_prepare(editor)
    // What is pasted then comes between two marks (xterm's control sequences, "Bracketed Paste Mode").
    if canBracket, !isBracketing { cel_show(streams, "\u{1b}[?2004h") }
    isBracketing = true
    // The window may be another than when the last line was read.
    _ = cel_resized(data)
    data.pointee.interrupted = 0
    guard let bytes = el_gets(editor, &count), count > 0 else {
      // In a search libedit takes the signal for the end of the input.
      if data.pointee.interrupted != 0 || count < 0 && cel_errno() == EINTR {
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
    guard !historyPath.isEmpty, let kept = history_init() else { return }
    defer { history_end(kept) }
    // Other consoles write to it as well: what they added stays. It is replaced as a whole.
    _ = cel_history_size(kept, 5000)
    _ = cel_history_unique(kept)
    var status = stat()
    let isKept = stat(historyPath, &status) == 0 && status.st_size > 0
    // What cannot be read is not replaced by this one entry.
    guard cel_history_load(kept, historyPath) >= 0 || !isKept else { return }
    _ = cel_history_enter(kept, redact(entry))
    let target = Self.behindLinks(historyPath)
    let part = "\(target).\(getpid())"
    if cel_history_save(kept, part) != 0 || rename(part, target) != 0 { unlink(part) }
  }

  private static func behindLinks(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Restores the terminal for another program; the next line sets it up again.
  public func release() {
    if canBracket, isBracketing { cel_show(streams, "\u{1b}[?2004l") }
    isBracketing = false
  }

  deinit {
    release()
    el_end(editor)
    history_end(history)
    cel_close(streams)
    data.deallocate()
  }
}

extension Substring {
  fileprivate func commonPrefix(with other: String) -> Substring {
    var (own, theirs) = (startIndex, other.startIndex)
    while own < endIndex, theirs < other.endIndex, self[own] == other[theirs] {
      own = index(after: own)
      theirs = other.index(after: theirs)
    }
    return self[..<own]
  }
}
