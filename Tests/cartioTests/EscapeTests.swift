import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Nothing that a shopper typed acts on a terminal, whatever shows it.
struct EscapeTests {
  private let folder = TemporaryFolder()
  private let program: Program
  /// The clipboard (OSC 52), the screen (CSI), C1, an override of direction, a separator, and what
  /// cannot be seen.
  private static let bad =
    #"x\u001b]52;c;YQ==\u0007\u001b[2J\u009b31m\u202e\u2028\u200b\udb40\udc41"#

  init() {
    program = Program(folder)
    try? Files.makeFolder(folder.file("rules"))
    let bad = Self.bad
    folder.write(
      "e.jsonl",
      """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"A","name":"\(bad)","price":"2.00","currency":"EUR"}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"evil-0001","currency":"EUR","shopper":{"name":"\(bad)","company":"\(bad)","browser":"\(bad)","session":"\(bad)","phone":"\(bad)"}}
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"evil-0001","sku":"A","name":"\(bad)","quantity":1,"price":"2.00","options":{"\(bad)":"\(bad)"}}

      """)
    folder.write(
      "rules/evil.lua",
      """
      report "evil" { run = function(q)
        return { columns = { { name = "\\27]52;c;YQ==\\7\\u{9b}x" } }, rows = { { "\\27[2J" } } } end }
      """)
  }

  /// What stands before the first control that is none of the program's own.
  ///
  /// - Parameter isFormat: whether a program may read it: it keeps what only cannot be seen.
  private func foreign(_ text: String, isFormat: Bool) -> String? {
    let plain = text.replacing(
      /\u{1b}(\[[0-9;?]*[A-Za-z]|\]8;;[!-~]*\u{1b}\\|[=>]|\([B0])/
    ) { match in
      // Of those with letters only styles, erasing of a line and the editor's keys are its own.
      let own = match.output.0
      return own.hasSuffix("J") || own.contains("31m") ? String(own) : ""
    }
    let place = plain.unicodeScalars.firstIndex { scalar in
      switch scalar.value {
      case 0x0a, 0x0d, 0x09: false
      case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e: true
      case 0x200b, 0xe0041: !isFormat
      default: false
      }
    }
    return place.map { String(plain[..<$0].suffix(40)) }
  }

  @Test func everyCommandOnATerminal() throws {
    #expect(program.run("import", folder.file("e.jsonl")).status == 0)
    let path = folder.file("e.jsonl")
    for arguments in [
      ["-e", "return cart('evil-0001').name"], ["-e", "print(cart('evil-0001').lines[1].name)"],
      ["-e", "log(cart('evil-0001').name)"], ["-e", "error(cart('evil-0001').name)"],
      ["-e", "cart('evil-0001')"], ["-e", ".carts"], ["-e", ".cart evil-0001"],
      ["-e", ".history evil-0001"], ["-e", ".products"], ["-e", ".customer x"], ["-e", ".ops"],
      ["-e", ".mode vertical", "-e", ".carts"], ["-e", ".mode json", "-e", ".cart evil-0001"],
      ["-e", ".mode md", "-e", ".carts"], ["-e", ".mode csv", "-e", ".carts"],
      ["-e", ".mode html", "-e", ".carts"], ["report", "evil"],
      ["report", "evil", "--format", "json"],
      ["report", "products"], ["report", "customers"], ["report", "overview", "--by", "product"],
      ["export", "carts"], ["export", "lines"], ["export", "events"], ["export", "products"],
      ["export", "carts", "--format", "csv"], ["export", "carts", "-o", "\u{1b}[2J/x"],
      ["import", "\u{1b}]52;c;YQ==\u{7}"], ["run", "\u{9b}2J.lua"], ["--no\u{1b}[2J"],
      ["report", "\u{1b}[2J"], ["-e", ".promote \u{1b}[2J"], ["-e", ".\u{1b}[2J"],
      ["-e", "return \u{1b}[2J"], ["check"], ["doctor"], ["rules", "list"], ["import", path],
    ] {
      let terminal = program.terminal(arguments)
      let text = terminal.readToEnd()
      let isFormat = arguments.contains {
        ["export", "json", "csv", ".mode json", ".mode csv"].contains($0)
      }
      #expect(
        foreign(text, isFormat: isFormat) == nil,
        "\(arguments): \(text.debugDescription.prefix(600))")
      _ = terminal.finish()
    }
  }
}
