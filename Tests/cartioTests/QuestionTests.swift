import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Questions at a terminal: what answers them, and what Ctrl-C ends.
struct QuestionTests {
  let folder = TemporaryFolder()

  /// Three carts, the second of a person with a name.
  private func shop() -> Program {
    let program = Program(folder)
    var lines = TestShop.products + "\n"
    for cart in 1...3 {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart\(cart)","currency":"EUR",\
        "shopper":{"email":"s\(cart)@example.com"\(cart == 2 ? #","name":"Luca Rossi""# : "")}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart\(cart)","sku":"MUG-01",\
        "name":"Mug","quantity":2,"price":"12.99"}

        """
    }
    let imported = program.run("import", "-", input: lines)
    #expect(imported.status == 0, "\(imported.messages)")
    return program
  }

  private func orders(_ program: Program) -> String {
    program.run("-e", "return carts{status='ordered'}:count()").output
  }

  @Test func aQuestionNamesShopperAndTotal() {
    let program = shop()
    let terminal = program.terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    for line in [".order cart2", "cart('cart2'):order()"] {
      terminal.type(line + "\n")
      #expect(
        terminal.read(
          until: "Order the cart cart2 of Luca Rossi (s2@example.com): 2 pieces, total 25.98 EUR; "
            + "this cannot be undone.\r\n") != nil)
      #expect(terminal.read(until: "Continue? [y/N] ") != nil)
      terminal.type("\n")
      #expect(terminal.read(until: "not confirmed; nothing was changed") != nil)
    }
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
    #expect(orders(program) == "0\n")
  }

  /// One question for all, with their number.
  @Test func eachAsksOnceForAllCarts() {
    let program = shop()
    let refused = program.run("-e", ".each status=any : order note=x")
    #expect(refused.status == 1)
    #expect(
      refused.messages
        == "error: order 3 carts, total 77.94 EUR; this cannot be undone: nobody confirmed it; nothing "
        + "was changed; run it with --yes, or with confirm=3\n")
    #expect(program.run("-e", ".each status=any : order confirm=1").status == 1)
    let terminal = program.terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(".each cart1 or cart2 : order\n")
    #expect(
      terminal.read(
        until:
          "Order 2 carts, total 51.96 EUR; this cannot be undone.\r\nType 2 to continue, Enter to "
          + "cancel: ") != nil)
    terminal.type("2\n")
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
    #expect(orders(program) == "2\n")
    #expect(program.run("-e", ".each status=any not status=ordered : order confirm=1").status == 0)
    #expect(orders(program) == "3\n")
  }

  /// Lines, an unfinished line and a paste that came before the question: none is its answer.
  @Test(arguments: ["y\ny\ny\n", "y", "\u{1b}[200~y\ry\r\u{1b}[201~\n", "yes\r\nyes\r\n"])
  func whatIsTypedBeforeAQuestionDoesNotAnswerIt(ahead: String) {
    let program = shop()
    let terminal = program.terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("local t = 0 for i = 1, 3000000 do t = t + i end cart('cart2'):order()\n" + ahead)
    #expect(terminal.read(until: "what was typed before this question is dropped") != nil)
    #expect(terminal.read(until: "Continue? [y/N] ") != nil)
    terminal.type("n\n")
    #expect(terminal.read(until: "not confirmed; nothing was changed") != nil)
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
    #expect(orders(program) == "0\n")
  }

  /// The rest of a paste is run after the question, and never answers it.
  @Test func aPasteOfSeveralLinesDoesNotAnswerItself() {
    let program = shop()
    let terminal = program.terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type("\u{1b}[200~.order cart2\ry\ry\u{1b}[201~\n")
    #expect(terminal.read(until: "Continue? [y/N] ") != nil)
    terminal.type("n\n")
    #expect(terminal.read(until: "not confirmed; nothing was changed") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
    #expect(orders(program) == "0\n")
  }

  @Test(arguments: [
    (".each status=any : order", "Type 3 to continue, Enter to cancel: "),
    ("for c in carts{status='any'} do pcall(c.order, c) end", "Continue? [y/N] "),
    ("carts{status='any'}:each(function(c) c:order() end)", "Continue? [y/N] "),
  ])
  func oneCtrlCEndsTheWholeRun(line: String, question: String) {
    let program = shop()
    let terminal = program.terminal([])
    #expect(terminal.read(until: "(live)> ") != nil)
    terminal.type(line + "\n")
    #expect(terminal.read(until: question) != nil)
    #expect(terminal.press("\u{3}", until: "interrupted"))
    terminal.type("6 * 7\n")
    let rest = terminal.read(until: "\n42\r\n")
    #expect(rest != nil && rest?.contains("Continue?") == false, "\(rest ?? "")")
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
    #expect(orders(program) == "0\n")
  }

  /// A script on a terminal has no line editor; the same rules hold.
  @Test func aScriptAsksAlike() {
    let program = shop()
    let script = folder.write(
      "order.lua",
      "print('start') local t = 0 for i = 1, 3000000 do t = t + i end "
        + "for c in carts{status='any'} do c:order() end")
    let terminal = program.terminal(["run", script])
    #expect(terminal.read(until: "start") != nil)
    terminal.type("y\ny\ny")
    #expect(terminal.read(until: "what was typed before this question is dropped") != nil)
    #expect(terminal.read(until: "Continue? [y/N] ") != nil)
    terminal.type("\u{3}")
    #expect(terminal.read(until: "interrupted") != nil)
    #expect(terminal.finish() == 130)
    #expect(orders(program) == "0\n")
  }
}
