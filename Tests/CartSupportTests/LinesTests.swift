import CartSupport
import Testing

/// The lines of a text.
struct LinesTests {
  @Test(
    "Lines end with LF or CR LF, and empty ones count",
    arguments: [
      ("", [""]), ("a", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b", ""]),
      ("\n\r\na", ["", "", "a"]), ("a\rb\u{2028}c", ["a\rb\u{2028}c"]),
    ])
  func lines(text: String, lines: [String]) {
    #expect(text.lines.map(String.init) == lines)
  }
}
