import CartTesting
import Glibc
import Testing

/// The prompt on a terminal of its own.
struct TerminalTests {
  let folder = TemporaryFolder()

  private func start(_ change: (inout Program) -> Void = { _ in }) -> Conversation {
    var program = Program(folder)
    change(&program)
    _ = program.run(
      "practice", "--carts", "20", "--until", "2026-11-01T08:00:00Z", "--db",
      folder.file("cartio.db"))
    return program.terminal([])
  }

  private func leave(_ terminal: Conversation) {
    // Ctrl-U first: a Ctrl-D that the terminal took for itself leaves a mark on the line.
    #expect(terminal.press("\u{15}\u{4}", until: nil))
    #expect(terminal.finish() == 0)
  }

  @Test func aConversation() throws {
    let terminal = start()
    #expect(terminal.read(until: "Practice (live)> ") != nil)
    terminal.type("x = 41\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("x + 1\n")
    #expect(terminal.read(until: "\n42\r\n") != nil)
    terminal.type("for i = 1, 2 do\n")
    #expect(terminal.read(until: "..> ") != nil)
    terminal.type("print('é' .. i) end\n")
    #expect(terminal.read(until: "é2\r\n") != nil)
    terminal.type("print('go' .. x) while true do end\n")
    #expect(terminal.read(until: "go41\r\n") != nil)
    #expect(terminal.press("\u{3}", until: "interrupted"))
    terminal.type("x\n")
    #expect(terminal.read(until: "\n41\r\n") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    // Ctrl-C drops what was typed, and an unfinished chunk.
    terminal.type("half a line")
    #expect(terminal.press("\u{3}", until: "(live)> "))
    terminal.type("function f(\n")
    #expect(terminal.read(until: "..> ") != nil)
    #expect(terminal.press("\u{3}", until: "(live)> "))
    terminal.type("_\n")
    #expect(terminal.read(until: "\n41\r\n") != nil)
    terminal.type("local y = 1\n")
    #expect(terminal.read(until: "note: a 'local' ends with its chunk") != nil)
    leave(terminal)
  }

  /// Once the prompt is there, a key is the editor's.
  @Test(arguments: 1...5)
  func oneCtrlDAtThePromptEnds(turn: Int) throws {
    let terminal = start()
    #expect(terminal.read(until: "Practice (live)> ") != nil)
    terminal.type("\u{4}")
    #expect(terminal.finish() == 0)
  }

  @Test func anOrderIsAskedFor() throws {
    let terminal = start()
    terminal.type(".carts status=any limit=3\n")
    #expect(terminal.read(until: "shopper") != nil)
    terminal.type("c = carts.create{} c:add('MUG-01', 1) return c.quantity\n")
    #expect(terminal.read(until: "\n1\r\n") != nil)
    terminal.type("c:order()\n")
    #expect(terminal.read(until: "? [y/N] ") != nil)
    terminal.type("n\n")
    #expect(terminal.read(until: "not confirmed") != nil)
    terminal.type("c:order().order_id\n")
    #expect(terminal.read(until: "? [y/N] ") != nil)
    terminal.type("y\n")
    #expect(terminal.read(until: "1000") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
  }

  @Test func manyCartsWantTheirNumberTyped() throws {
    let terminal = start()
    terminal.type("for i = 1, 30 do carts.create{} end\n")
    #expect(terminal.read(until: "This changes 30 carts. Type 30 to go on: ") != nil)
    terminal.type("3\n")
    #expect(terminal.read(until: "not confirmed; nothing was changed") != nil)
    terminal.type("for i = 1, 30 do carts.create{} end\n")
    #expect(terminal.read(until: "to go on: ") != nil)
    terminal.type("30\n")
    #expect(terminal.read(until: "30 carts changed") != nil)
    terminal.type(".undo\n")
    #expect(terminal.read(until: "Type 30 to go on: ") != nil)
    terminal.type("30\n")
    #expect(terminal.read(until: "undo of operation") != nil)
    terminal.type("exit\n")
    #expect(terminal.finish() == 0)
    #expect(Program(folder).run("check").status == 0)
  }

  @Test func thePromptIsSafeInTheCLocale() throws {
    let terminal = start { $0.environment["LC_ALL"] = "C" }
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("'ü'\n")
    #expect(terminal.read(until: "ü\r\n") != nil)
    leave(terminal)
  }

  @Test func historyIsKept() throws {
    var terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("remembered = 'yes'\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    leave(terminal)
    terminal = Program(folder).terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("\u{1b}[A\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("remembered\n")
    #expect(terminal.read(until: "\nyes\r\n") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
  }
}
