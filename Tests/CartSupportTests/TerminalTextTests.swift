import CartSupport
import Testing

/// What a terminal is shown of texts that strangers typed.
struct TerminalTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("Öztürk 株式会社", "Öztürk 株式会社"),
    ("a\u{1b}]52;c;aa\u{7}", "a\\x1b]52;c;aa\\x07"), ("\u{9b}2J", "\\x9b2J"),
    ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"), ("a\u{2028}b", "a\\u{2028}b"),
    ("an\u{200b}na", "an\\u{200b}na"), ("a\u{2060}\u{ad}b", "a\\u{2060}\\xadb"),
    ("x\u{200d}y\u{200c}", "x\\u{200d}y\\u{200c}"), ("\u{feff}a", "\\u{feff}a"),
    ("hi\u{e0041}\u{e007f}", "hi\\u{e0041}\\u{e007f}"), ("\u{3164}", "\\u{3164}"),
    // A selector behind a symbol and a joiner between pictures are seen.
    ("\u{2764}\u{fe0f}", "\u{2764}\u{fe0f}"), ("a\u{fe0f}", "a\\u{fe0f}"),
    ("\u{fe0f}", "\\u{fe0f}"), ("\u{2764}\u{fe0f}\u{fe01}", "\u{2764}\u{fe0f}\\u{fe01}"),
    ("👩\u{200d}💻", "👩\u{200d}💻"), ("👩\u{200d}x", "👩\\u{200d}x"),
  ])
  func isShownAsSuch(text: String, shown: String) {
    #expect(printable(text) == shown)
    #expect(printable(shown) == shown)
    #expect(quoted(text) == "'" + shown + "'")
  }

  /// Files that are read again keep what only cannot be seen.
  @Test func filesKeepWhatIsInvisible() {
    #expect(TerminalText.withoutControls("a\u{200d}b\u{1b}") == "a\u{200d}b\\x1b")
  }

  @Test(arguments: [
    ("\u{1b}[1mbold\u{1b}[0m\n", "\u{1b}[1mbold\u{1b}[0m\n"),
    (
      "\u{1b}]8;;https://a.example/x\u{1b}\\x\u{1b}]8;;\u{1b}\\",
      "\u{1b}]8;;https://a.example/x\u{1b}\\x\u{1b}]8;;\u{1b}\\"
    ),
    ("a\u{1b}[2Jb\tc", "a\\x1b[2Jb\tc"), ("\u{1b}]52;c;aa\u{7}", "\\x1b]52;c;aa\\x07"),
    ("\u{1b}]8;;javascript:x\u{1b}\\", "\\x1b]8;;javascript:x\\x1b\\"),
    ("\u{9b}31m\r", "\\x9b31m\\x0d"), ("\u{1b}[31", "\\x1b[31"),
  ])
  func onlyOurOwnSequencesReachATerminal(text: String, guarded: String) {
    #expect(TerminalText.guarded(text) == guarded)
  }
}
