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

  /// A restore that the blacklist held again at once: nothing of it can be undone.
  @Test func whatAListHoldsAgainIsNotCounted() throws {
    let desks = try Desks(Desks.carts, answers: ["y", "2"])
    desks.type(".delete cart1")
    desks.type(".blacklist add email=luca@example.com reason=x confirm=0", ".restore cart1")
    #expect(try desks.cart("cart1").state == .held)
    let reason =
      "cart cart1 of Luca Rossi (luca@example.com): is held by blacklist: email luca@example.com: x "
      + "and stays held"
    for line in [".undo 4", "undo(4)"] {
      let said = desks.type(line)
      #expect(said.contains("operation 4: nothing of it can be undone now: \(reason)\n"), "\(said)")
      #expect(!said.contains("changed"), "\(said)")
    }
    let said = desks.type(".undo")
    #expect(
      said.hasPrefix(
        "! Operation 4 (.restore cart1) cannot be undone: \(reason).\n"
          + "! Operation 3 would be undone instead:\n"), "\(said)")
    #expect(desks.type(".ops limit=9").contains("restore"))
  }

  /// Of several carts only those count that become different; the others are said first.
  @Test func onlyCartsThatBecomeDifferentAreCounted() throws {
    let desks = try Desks(Desks.carts, answers: ["y"])
    desks.type(".each status=any : delete", ".each status=any : restore")
    try desks.change { try $0.execute(.hold(), on: try $0.find("cart2")) }
    let said = desks.type(".undo")
    #expect(
      said.contains(
        "!   stays: cart cart2 of Mara Rossi (mara@example.com): is held and stays held\n"),
      "\(said)")
    #expect(desks.questions == ["Undo of operation 3 changes 2 carts. Continue? [y/N] "])
    #expect(said.contains("! Operation 5: 2 carts changed, totals"), "\(said)")
    #expect(said.contains("undo of operation 3: 2 carts changed, as operation 5\n"), "\(said)")
    #expect(try desks.cart("cart1").state == .deleted)
    #expect(try desks.cart("cart2").state == .held)
  }

  /// Without a terminal the operation must be named where it is not the last one.
  @Test func anOlderOperationIsNotUndoneUnasked() throws {
    for word in ["", " confirm=1"] {
      let desks = try Desks(Desks.carts)
      desks.type(".hold cart2", ".order cart1 confirm=1")
      let said = desks.type(".undo" + word)
      #expect(
        said == """
          ! Operation 3 (.order cart1 confirm=1) cannot be undone: cart cart1 of Luca Rossi \
          (luca@example.com): is ordered and stays as it is.
          ! error: undo: your last operation cannot be undone; nothing was changed. To undo the one \
          before it, name it: .undo 2

          """, "\(said)")
      #expect(try desks.cart("cart2").state == .held)
      #expect(desks.type(".undo 2").contains("run it with --yes, or with confirm=1"))
      #expect(desks.type(".undo 2 confirm=1").contains("1 cart changed, as operation 4"))
    }
  }

  /// At a terminal a word that was given before is no answer about another operation.
  @Test func anOlderOperationIsAskedForInAnyCase() throws {
    let desks = try Desks(Desks.carts, answers: ["y", "n", "y"])
    desks.type(".hold cart2", ".order cart1")
    #expect(desks.type(".undo confirm=1").contains("not confirmed; nothing was changed"))
    let confirmer = desks.console.handler.confirmer
    confirmer.takeAnswers(from: confirmer.ask, saysYes: true)
    #expect(desks.type(".undo").contains("1 cart changed, as operation 4"))
    #expect(desks.questions.count == 3)
  }
}
