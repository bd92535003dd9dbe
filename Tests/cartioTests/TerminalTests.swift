import CartTesting
import Glibc
import ProgramTesting
import Testing

/// The prompt on a terminal of its own.
struct TerminalTests {
  let folder = TemporaryFolder()

  func start(_ change: (inout Program) -> Void = { _ in }) -> Conversation {
    var program = Program(folder)
    change(&program)
    _ = program.run(
      "practice", "--carts", "20", "--until", "2026-11-01T08:00:00Z", "--db",
      folder.file("cartio.db"))
    return program.terminal([])
  }

  func leave(_ terminal: Conversation) {
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
    #expect(
      terminal.read(until: "This changes 30 carts. Type 30 to continue, Enter to cancel: ") != nil)
    terminal.type("3\n")
    #expect(terminal.read(until: "not confirmed; nothing was changed") != nil)
    terminal.type("for i = 1, 30 do carts.create{} end\n")
    #expect(terminal.read(until: "to cancel: ") != nil)
    terminal.type("30\n")
    #expect(terminal.read(until: "30 carts changed") != nil)
    terminal.type(".undo\n")
    #expect(terminal.read(until: "Type 30 to continue, Enter to cancel: ") != nil)
    terminal.type("30\n")
    #expect(terminal.read(until: "undo of operation") != nil)
    terminal.type("exit\n")
    #expect(terminal.finish() == 0)
    #expect(Program(folder).run("check").status == 0)
  }

  @Test func theSandboxSaysSo() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".sandbox\n")
    #expect(terminal.read(until: "(sandbox)> ") != nil)
    terminal.type("for i = 1, 30 do carts.create{} end\n")
    #expect(terminal.read(until: "[not saved] 30 carts changed in the sandbox only") != nil)
    terminal.type(".live\n")
    #expect(terminal.read(until: "what was tried on 30 carts is dropped") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    leave(terminal)
    #expect(Program(folder).run("-e", "return #carts{status='any'}").output == "20\n")
  }

  /// Ctrl-C stops between two carts and names the command that goes on.
  @Test func ctrlCStopsABulkRunThatCanBeGoneOnWith() throws {
    let program = Program(folder)
    var lines = ""
    for cart in 1...4000 {
      lines += #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\#(cart)"}"# + "\n"
    }
    #expect(program.run("import", "-", input: lines).status == 0)
    let script = folder.write(
      "bulk.lua",
      """
      carts{status='any'}:each(function(c) c:set_address{city='Köln'} print('cart ' .. c.id) end)
      """)
    let terminal = program.terminal(["run", script, "--yes"])
    for _ in 0..<600 { _ = terminal.read(until: "cart c") }
    terminal.type("\u{3}")
    let said = try #require(terminal.read(until: "undoes what was done"))
    #expect(said.contains("interrupted; job 1 stopped after "))
    #expect(said.contains(" of 4000 carts: 'cartio jobs resume 1' goes on, .undo 2 "))
    #expect(terminal.finish() == 3)
    let resumed = program.run("jobs", "resume", "1")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(
      program.run("-e", "return ops{}[1].events, jobs()[1].done, jobs()[1].state").output
        == "4000\t4000\tfinished\n")
    #expect(program.run("check").status == 0)
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
    terminal.type("mail = 'anna@example.com'\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    leave(terminal)
    let kept = folder.read(".local/state/cartio/history")
    #expect(kept.contains("remembered") && !kept.contains("anna@"), "\(kept)")
    terminal = Program(folder).terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("\u{1b}[A\u{1b}[A\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("remembered\n")
    #expect(terminal.read(until: "\nyes\r\n") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
  }

  private func script(_ name: String, _ text: String) {
    folder.write(name, "#!/bin/sh\n" + text)
    chmod(folder.file(name), 0o755)
  }

  /// More than the 40 rows of the terminal go to the pager, less does not.
  @Test func whatIsLongGoesThroughThePager() throws {
    script("pager", "sed 's/^/PAGED /'\n")
    let terminal = start { $0.environment["PAGER"] = folder.file("pager") }
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".carts status=any limit=3\n")
    #expect(terminal.read(until: "(live)> ")?.contains("PAGED") == false)
    terminal.type(".help find\n")
    #expect(terminal.read(until: "(live)> ")?.contains("PAGED .carts [WHERE") == false)
    terminal.type("for i = 1, 60 do print(i) end\n")
    #expect(terminal.read(until: "\n60\r\n")?.contains("PAGED") == false)
    terminal.type(".help screen\n")
    #expect(terminal.read(until: "PAGED .quit") != nil)
    // Ctrl-C goes on to drop a line that is half typed.
    terminal.type("half a line")
    #expect(terminal.read(until: "half a line") != nil)
    #expect(terminal.press("\u{3}", until: "^C"))
    terminal.type(".pager off\n")
    #expect(terminal.read(until: "pager is off") != nil)
    terminal.type(".help screen\n")
    #expect(terminal.read(until: "\n.quit")?.contains("PAGED") == false)
    leave(terminal)
  }

  /// The terminal is as it was when the program has ended, by whichever signal.
  @Test func aSignalLeavesTheTerminalUsable() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".watch 1 .carts\n")
    #expect(terminal.read(until: "a key ends it") != nil)
    terminal.end(with: SIGTERM)
    #expect(terminal.read(until: "\u{1b}[?1049l\u{1b}[?2004l") != nil)
    #expect(terminal.isCooked)
    _ = terminal.finish()
  }

  /// A pager that goes away at once takes nobody with it.
  @Test func whoLeavesThePagerEarlyStays() throws {
    script("pager", "exit 0\n")
    let terminal = start { $0.environment["PAGER"] = folder.file("pager") }
    #expect(terminal.read(until: "(live)> ") != nil)
    for _ in 0..<3 { terminal.type("help\n.help screen\n") }
    terminal.type("6 * 7\n")
    #expect(terminal.read(until: "\n42\r\n") != nil)
    leave(terminal)
  }

  @Test func picturesAreShownWhereTheyCanBe() throws {
    script("curl", "for address; do :; done\nprintf '%s' \"$address\"\n")
    script("chafa", "echo \"<$2 $(cat \"$8\")>\"\n")
    let terminal = start {
      $0.environment["PATH"] = "\(folder.path):/usr/bin:/bin"
      $0.environment["TERM"] = "xterm-kitty"
    }
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("c = carts.create{} c:add('MUG-01', 1)\n")
    #expect(terminal.read(until: "(.undo ") != nil)
    terminal.type("c\n")
    #expect(terminal.read(until: "Grand total") != nil)
    #expect(terminal.read(until: "(live)> ")?.contains("<kitty") == false)
    terminal.type(".pictures on\n")
    #expect(terminal.read(until: "pictures are on") != nil)
    for _ in 0..<2 {
      terminal.type(".cart @\n")
      #expect(terminal.read(until: "<kitty https://shop.example/i/mug-01.jpg>") != nil)
    }
    leave(terminal)
  }

  @Test func picturesSayWhatIsMissing() throws {
    let terminal = start()
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".pictures on\n")
    #expect(terminal.read(until: "pictures: this terminal shows none") != nil)
    leave(terminal)
  }

  /// Offered once, started by nobody but the person, and each step can be typed as it stands.
  @Test func theTour() throws {
    var terminal = start()
    #expect(terminal.read(until: ".help tour shows around in nine steps") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".help tour\n")
    #expect(terminal.read(until: "(1 of 9)") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("1 + 1\n")
    #expect(terminal.read(until: "\n2\r\n") != nil)
    let lines = [
      ".carts sort=-total limit=5", ".cart @1", ".add @ MUG-01 2 reason=\"asked on the phone\"",
      ".lua", ".history @", ".undo", "carts{\"total>100\", country=\"DE\"}:count()", ".sandbox",
      ".each total>100 : coupon SAVE10",
    ]
    for (number, line) in lines.enumerated() {
      #expect(terminal.read(until: "> ") != nil)
      terminal.type(line + "\n")
      if line == ".undo" {
        #expect(terminal.read(until: "[y/N] ") != nil)
        terminal.type("y\n")
      }
      let next = number == 8 ? "That was it" : "(\(number + 2) of 9)"
      let text = terminal.read(until: next)
      #expect(text != nil && text?.contains("error:") == false, "\(line): \(text ?? "")")
    }
    leave(terminal)
    terminal = Program(folder).terminal([])
    #expect(terminal.read(until: "(live)> ")?.contains("tour") == false)
    leave(terminal)
  }
}
