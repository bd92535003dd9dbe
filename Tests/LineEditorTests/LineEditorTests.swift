import CartTesting
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

  @Test func aPathThatIsNoTerminalIsRefused() {
    #expect(
      LineEditor(program: "test", historyPath: "", terminal: folder.file("none/at/all")) == nil)
  }
}
