import CartApplication
import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartConsole

/// What is said is said once, counts, and names what to type next.
struct MessageTests {
  @Test("A quantity of 0 says how to take the line out, and the example works")
  func zero() throws {
    let desks = try Desks(Desks.carts)
    desks.type(".cart cart1")
    let said = desks.type(".set @ #1 0")
    #expect(
      said == "! error: Quantity must be at least 1. To take the line out: .remove @ #1\n")
    #expect(desks.type(".remove @ #1").contains(" → 0, total "))
  }

  @Test("A report of another name lists those that there are")
  func report() throws {
    let desks = try Desks(Desks.carts)
    #expect(
      desks.type(".report nope").hasPrefix(
        "! error: no report is called 'nope'; the reports are overview, "))
    #expect(
      desks.type(".report overviw")
        == "! error: no report is called 'overviw'; did you mean 'overview'?\n")
  }

  @Test("A pass says how many carts it flagged, and a rollback how many flags it removed")
  func flags() throws {
    let desks = try Desks(Desks.carts)
    try Files.makeFolder(desks.folder.file("rules"))
    desks.folder.write(
      "rules/all.lua",
      #"rule "all" { action = "flag", when = function(c) return c.quantity > 0 end }"#)
    let said = desks.type(".rules enforce all")
    #expect(said.contains("version 1 is enforced"), "\(said)")
    #expect(desks.type(".rules run").hasSuffix("3 carts judged, 0 held, 3 flagged\n"))
    #expect(desks.type(".rules rollback all").hasSuffix("rule all: 3 flags removed\n"))
    #expect(desks.type(".carts flag=all").contains("0 "))
  }

  @Test("An undo that stays on an ordered cart is partly done, and says once what stays")
  func part() throws {
    let desks = try Desks(Desks.carts, answers: ["y", "y"])
    desks.type("for c in carts{} do c:add('MUG-01', 1) end")
    let number = try desks.lastOperation()
    try desks.change { try $0.execute(.order(.init(id: "9")), on: $0.find("cart1")) }
    let said = desks.type(".undo \(number)")
    #expect(said.components("is ordered and stays").count == 2, "\(said)")
    let last = said.split(separator: "\n").last ?? ""
    #expect(
      last
        == "! error: undo of operation \(number): 2 carts changed, 1 cart stays as it is; .redo "
        + "\(number) reverts what was done", "\(said)")
    #expect(desks.console.exit == .partly)
    let rows = desks.type(".ops").split(separator: "\n")
    let row = rows.first { $0.contains(" for c in carts") } ?? ""
    #expect(row.contains("  partly  "), "\(row)")
  }

  @Test("Undo of a cart of a list is refused where it became another person's while it asked")
  func place() throws {
    let desks = try Desks(Desks.carts, answers: ["y"])
    desks.type("cart('cart2'):add('MUG-01', 1)")
    let number = try desks.lastOperation()
    desks.type(".carts mara")
    let before = try desks.cart("cart2").lines
    desks.onQuestion = {
      _ = try? desks.change {
        let olga: [ShopperField: String] = [.email: "other@example.com", .name: "Olga"]
        try $0.execute(.identify(olga), on: $0.find("cart2"))
      }
    }
    let said = desks.type(".undo \(number) cart=@1")
    #expect(desks.questions.count == 1)
    #expect(said.contains("! error: ") && said.contains("mara@example.com"), "\(said)")
    #expect(try desks.cart("cart2").lines == before)
  }

  @Test("Listing rules takes no number, and the words for the program's end are the command's own")
  func reading() throws {
    let desks = try Desks(Desks.carts)
    try Files.makeFolder(desks.folder.file("rules"))
    desks.folder.write("rules/no.lua", #"rule "no" { when = function(c) return false end }"#)
    let before = try desks.lastOperation()
    #expect(desks.type(".rules list").contains("not recorded yet: 'rules run' puts it into shadow"))
    #expect(desks.type(".rules run --plan").hasSuffix("3 carts judged, 0 held\n"))
    #expect(try desks.lastOperation() == before)
  }
}

extension String {
  fileprivate func components(_ mark: String) -> [Substring] {
    split(separator: mark, omittingEmptySubsequences: false)
  }
}
