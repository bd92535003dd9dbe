import ProgramTesting
import Glibc
import Testing

@testable import LineEditor

/// The editor on a terminal, whose keys are pressed while it reads.
///
/// libedit keeps its terminal in one place for the process: one test at a time.
@Suite(.serialized)
struct LineEditorTests {
  let folder = TemporaryFolder()

  private func editor(_ terminal: String, history: String = "") throws -> LineEditor {
    try #require(LineEditor(program: "test", historyPath: history, terminal: terminal))
  }

  /// Reads one line while keys are pressed.
  private func read(_ keys: String, _ editor: LineEditor, _ keyboard: Conversation)
    -> LineEditor.Input
  {
    keyboard.typeToEditor(keys)
    return editor.read("prompt> ")
  }

  @Test func aLineComesWithoutItsEnd() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    #expect(read("one\n", editor, keyboard) == .line("one"))
    #expect(read("\n", editor, keyboard) == .line(""))
    #expect(keyboard.read(until: "prompt> ") != nil)
  }

  @Test func keysEdit() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    #expect(read("abd\u{2}c\u{1}x\u{5}e\n", editor, keyboard) == .line("xabcde"))
    #expect(read("lost\u{15}kept\n", editor, keyboard) == .line("kept"))
    #expect(read("wörter größer\u{17}\n", editor, keyboard) == .line("wörter "))
  }

  @Test func aCharacterOfSeveralBytesIsOne() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    #expect(read("日本語\u{7f}\n", editor, keyboard) == .line("日本"))
    #expect(read("é🛒x\u{2}\u{2}-\n", editor, keyboard) == .line("é-🛒x"))
  }

  @Test func theEndIsCtrlDOnAnEmptyLine() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    #expect(read("\u{4}", editor, keyboard) == .end)
  }

  @Test func historyComesBackInTheNextSession() throws {
    let history = folder.file("history")
    do {
      let (path, keyboard) = Program.openTerminal()
      let editor = try editor(path, history: history)
      editor.remember("first")
      editor.remember("for i = 1, 2 do\n  print(i)\nend")
      editor.remember("  \n ")
      #expect(read("\u{10}\n", editor, keyboard) == .line("for i = 1, 2 do\n  print(i)\nend"))
      #expect(read("\u{10}\u{10}\n", editor, keyboard) == .line("first"))
    }
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path, history: history)
    #expect(read("\u{10}\u{10}!\n", editor, keyboard) == .line("first!"))
    // Searching backwards, by Ctrl-R.
    #expect(read("\u{12}fir\u{1b}\n", editor, keyboard) == .line("first"))
  }

  /// A history that cannot be read, or is somewhere else, is not replaced by one entry.
  @Test func aHistoryIsOnlyReplacedByALongerOne() throws {
    let (path, keyboard) = Program.openTerminal()
    let foreign = folder.write("foreign", "no history\n")
    try editor(path, history: foreign).remember("one")
    #expect(folder.read("foreign") == "no history\n")
    let link = folder.file("link")
    symlink("real", link)
    folder.write("real", "")
    try editor(path, history: link).remember("one")
    try editor(path, history: link).remember("two")
    #expect(folder.read("real").hasSuffix("one\ntwo\n"))
    withExtendedLifetime(keyboard) {}
  }

  /// The session's own history has what was typed, the file what may be kept.
  @Test func theFileHasWhatMayBeKept() throws {
    let history = folder.file("history")
    do {
      let (path, keyboard) = Program.openTerminal()
      let editor = try #require(
        LineEditor(program: "test", historyPath: history, terminal: path) {
          $0.replacing("secret", with: "…")
        })
      editor.remember("a secret word")
      #expect(read("\u{10}\n", editor, keyboard) == .line("a secret word"))
    }
    #expect(!folder.read("history").contains("secret"))
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path, history: history)
    #expect(read("\u{10}\n", editor, keyboard) == .line("a … word"))
  }

  @Test func whatIsPastedIsText() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    let text = "function f(x)\n\tif x then\n\t\tprint('é', x)\n\tend\n\treturn 1\nend"
    let pasted = "\u{1b}[200~" + text.replacing("\n", with: "\r") + "\r\u{1b}[201~"
    #expect(read(pasted + " -- ok\n", editor, keyboard) == .line(text + " -- ok"))
    editor.remember(text)
    #expect(read("\u{10}!\n", editor, keyboard) == .line(text + "!"))
    #expect(read("\u{1b}[200~\r\r\u{1b}[201~x\n", editor, keyboard) == .line("x"))
    // Keys that begin as a paste does stay what they are.
    #expect(read("ab\u{1b}[Dc\n", editor, keyboard) == .line("acb"))
  }

  @Test func tabCompletes() throws {
    let (path, keyboard) = Program.openTerminal()
    let editor = try editor(path)
    var asked: [String] = []
    editor.complete = { before in
      asked.append(before)
      let word = before.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
      let known = ["größe", "größer", "tee"].filter { $0.hasPrefix(word) }
      return .init(
        replaced: word.count, candidates: known.map { .init($0, note: "a word") })
    }
    #expect(read("x t\t!\n", editor, keyboard) == .line("x tee!"))
    #expect(read("gr\t\tr\n", editor, keyboard) == .line("größer"))
    #expect(keyboard.read(until: "größe   a word\r\ngrößer  a word\r\n") != nil)
    #expect(read("nothing\t\n", editor, keyboard) == .line("nothing"))
    #expect(read("t b\u{2}\u{2}\t\n", editor, keyboard) == .line("tee b"))
    #expect(asked == ["x t", "gr", "größe", "nothing", "t"])
  }

  @Test func aPathThatIsNoTerminalIsRefused() {
    #expect(
      LineEditor(program: "test", historyPath: "", terminal: folder.file("none/at/all")) == nil)
  }
}
