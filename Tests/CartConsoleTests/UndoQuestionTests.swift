import CartEngine
import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// What undo says before it undoes, and that it does what it asked about.
struct UndoQuestionTests {
  @Test func whatCannotBeUndoneIsSaidFirst() throws {
    let desks = try Desks(Desks.carts, answers: ["y", "n", "y"])
    desks.type(".hold cart2", ".order cart1")
    let said = desks.type(".undo")
    let words = """
      ! Operation 3 (.order cart1) cannot be undone: cart cart1 of Luca Rossi (luca@example.com): is \
      ordered and stays as it is.
      ! Operation 2 would be undone instead:
      ! operation 2 by staff:anna
      """
    #expect(said.hasPrefix(words), "\(said)")
    #expect(
      desks.questions.last
        == "Undo of operation 2 changes the cart cart2 of Mara Rossi (mara@example.com).\n"
        + "Continue? [y/N] ")
    #expect(said.hasSuffix("! error: not confirmed; nothing was changed\n"))
    #expect(desks.type(".undo").contains("held → abandoned"))
    let nothing = desks.type(".undo")
    #expect(
      nothing.hasPrefix(
        "! error: undo: operation 3 cannot be undone: cart cart1 of Luca Rossi (luca@example.com): "
          + "is ordered and stays as it is; staff:anna has no other operation to undo"),
      "\(nothing)")
  }

  /// With a number and without, by verb and by Lua, undo and redo: the same question.
  @Test func allWaysAskAlike() throws {
    for many in [false, true] {
      let answer = many ? "30" : "y"
      let desks = try Desks(Desks.carts, answers: Array(repeating: answer, count: 9))
      desks.type(many ? "for i = 1, 30 do carts.create{} end" : ".hold cart1")
      let count = desks.questions.count
      for (line, verb) in [
        (".undo", "Undo"), (".redo", "Redo"), (".undo 2", "Undo"), (".redo 2", "Redo"),
        ("undo(2)", "Undo"), ("redo(2)", "Redo"),
      ] {
        let said = desks.type(line)
        #expect(!said.contains("! error"), "\(line): \(said)")
        #expect(
          desks.questions.last
            == (many
              ? "\(line.hasPrefix(".") ? "\(verb) of operation 2" : "This") changes 30 carts. "
                + "Type 30 to continue, Enter to cancel: "
              : "\(verb) of operation 2 changes the cart cart1 of Luca Rossi (luca@example.com).\n"
                + "Continue? [y/N] "),
          "\(line)")
        if line.hasPrefix(".") {
          #expect(said.contains("\(many ? "30 carts" : "1 cart") changed, as"), "\(line): \(said)")
        }
      }
      #expect(desks.questions.count >= count + 6)
    }
  }

  /// Carts that came to be ordered are neither asked about nor reported.
  @Test func theCountOfTheQuestionIsThatOfTheReport() throws {
    let desks = try Desks(Desks.carts, answers: ["2", "y"])
    desks.type(".each status=any : add MUG-01")
    try desks.change { try $0.execute(.order(.init(id: "")), on: try $0.find("cart3")) }
    #expect(desks.type(".undo confirm=3").contains("expected confirm=2: "))
    #expect(desks.type(".undo confirm=2").contains("undo of operation 2: 2 carts changed, as"))
  }
}
