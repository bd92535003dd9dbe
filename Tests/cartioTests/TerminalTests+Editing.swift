import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Typing, completing and editing at a terminal.
extension TerminalTests {
  /// Six lines with tabs: nothing runs before Enter, and the chunk comes back as one.
  @Test func aPasteIsTextUntilEnter() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    let chunk = [
      "function twice(x)", "\tlocal y = x * 2", "\tif y > 10 then", "\t\tprint('much: ' .. y)",
      "\tend",
      "\treturn y end",
    ]
    terminal.type("\u{1b}[200~" + chunk.joined(separator: "\r") + "\r\u{1b}[201~")
    #expect(terminal.read(until: "return y end") != nil)
    terminal.type("\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("twice(21)\n")
    #expect(terminal.read(until: "much: 42\r\n42\r\n") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    // Recalled, changed at its end, run again.
    terminal.type("\u{10}\u{10}" + String(repeating: "\u{8}", count: 4) + " + 1 end\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("twice(21)\n")
    #expect(terminal.read(until: "much: 42\r\n43\r\n") != nil)
    // Verbs among them run line by line.
    terminal.type("\u{1b}[200~.mode json\rx = 1\rx = x + 1\r.mode\u{1b}[201~\n")
    #expect(terminal.read(until: "json\r\n") != nil)
    terminal.type("x\n")
    #expect(terminal.read(until: "\n2\r\n") != nil)
    leave(terminal)
  }

  @Test func tabCompletesAtThePrompt() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".prod\tMUG-0\t")
    #expect(terminal.read(until: "MUG-01  ") != nil)
    #expect(terminal.read(until: "MUG-02") != nil)
    terminal.type("1\n")
    #expect(terminal.read(until: "price") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("blacklist.ch\t{ip='203.0.113.7'} == n\til\n")
    #expect(terminal.read(until: "true\r\n") != nil)
    leave(terminal)
  }

  @Test func aNarrowerWindowInTheMiddleOfALine() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("'0123456789012345678901234567890123456789' ..")
    #expect(terminal.read(until: "6789' ..") != nil)
    terminal.resize(columns: 40)
    terminal.type(" 'é日本'\n")
    #expect(terminal.read(until: "\n0123456789012345678901234567890123456789é日本\r\n") != nil)
    leave(terminal)
  }

  @Test func aDumbTerminalGetsNoSequences() throws {
    let terminal = start { $0.environment["TERM"] = "dumb" }
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("6 * 7\n")
    let said = try #require(terminal.read(until: "42\r\n"))
    #expect(!said.contains("\u{1b}["), "\(said)")
    leave(terminal)
  }

  @Test func theStartFileAndTheEditor() throws {
    folder.write("ed.sh", "#!/bin/sh\nsed -i s/41/42/ \"$1\"\n")
    chmod(folder.file("ed.sh"), 0o755)
    mkdir(folder.file(".config"), 0o755)
    mkdir(folder.file(".config/cartio"), 0o755)
    folder.write(
      ".config/cartio/rc", "greeting = 'hello'\nnonsense(\n)\n.view few = .carts limit=1\n")
    let terminal = start { $0.environment["EDITOR"] = folder.file("ed.sh") }
    #expect(terminal.read(until: "unknown name 'nonsense'") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("greeting .. 41\n")
    #expect(terminal.read(until: "hello41\r\n") != nil)
    terminal.type(".edit\n")
    #expect(terminal.read(until: "greeting .. 42\r\n") != nil)
    #expect(terminal.read(until: "hello42\r\n") != nil)
    terminal.type(".edit nothing\n")
    #expect(terminal.read(until: "error: no rule or policy is called 'nothing'") != nil)
    leave(terminal)
    #expect(
      Program(folder).run("-e", ".edit").messages
        == "error: edit: there is no terminal for an editor here\n")
  }

  /// Another process's change is drawn, with what is new of it lit; a key ends it.
  @Test func aListingIsWatched() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".watch 0.2 .carts limit=30 bell=on\n")
    #expect(terminal.read(until: "every 0.2 s: .carts limit=30") != nil)
    #expect(terminal.read(until: " carts, ") != nil)
    let other = Program(folder)
    let cart = other.run("-e", "carts{'quantity>1', limit=30}:first().id").output.dropLast()
    #expect(other.run("-e", ".set \(cart) #1 77").status == 0)
    #expect(terminal.read(until: "\u{7}") != nil)
    #expect(other.run("-e", "carts.create{email='new@shopper.example'}").status == 0)
    let drawn = try #require(terminal.read(until: "\u{7}"))
    #expect(drawn.contains("\u{1b}[32m") && drawn.contains("new@shopper.example"), "\(drawn)")
    terminal.type("q")
    #expect(terminal.read(until: "\u{1b}[?1049l") != nil)
    #expect(terminal.read(until: "new@shopper.example") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".watch 1 .delete \(cart)\n")
    #expect(terminal.read(until: ".delete cannot be used here") != nil)
    terminal.type(".watch 1 .carts nope=1\n")
    #expect(terminal.read(until: "no field 'nope'") != nil)
    terminal.type("1 + 1\n")
    #expect(terminal.read(until: "\n2\r\n") != nil)
    leave(terminal)
    let piped = Program(folder).run("-e", ".watch .carts")
    #expect(piped.status == 64 && piped.messages.contains("needs a terminal"), "\(piped)")
  }
}
