import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartConsole

/// Each change says whom and what it changed, and how to undo it.
struct EchoTests {
  private func desks(_ settings: String = "", answers: [String]? = nil) throws -> Desks {
    try Desks(Desks.carts, answers: answers, settings: settings)
  }

  @Test func verbsAndLuaSayWhomAndWhat() throws {
    let desks = try desks()
    let luca = "Luca Rossi (luca@example.com): "
    for (line, words) in [
      (".set cart1 TEA-01 2", luca + "Assam, 100 g 1 → 2, total 30.37 → 34.57 EUR (.undo 2)"),
      (
        "cart('cart1'):set('TEA-01', 1)",
        luca + "Assam, 100 g 2 → 1, total 34.57 → 30.37 EUR (.undo 3)"
      ),
      (".remove @ #3", luca + "Screw 5 → 0, total 30.37 → 30.18 EUR (.undo 4)"),
      (".hold @", luca + "abandoned → held, total 30.18 EUR (.undo 5)"),
      (".restore @", luca + "held → abandoned, total 30.18 EUR (.undo 6)"),
      (".address @ city=Köln", luca + "shipping city Köln, total 30.18 EUR (.undo 7)"),
      (".note @ calls back", luca + "note: calls back, total 30.18 EUR (.undo 8)"),
      (
        ".order @ confirm=1",
        luca + "ordered as 1001, total 30.18 EUR (orders and mails cannot be undone)"
      ),
      (
        ".each status=abandoned : add MUG-01",
        "2 carts changed, totals 60.74 → 86.72 EUR (.undo 10)"
      ),
      (
        ".new email=a@example.com",
        "a@example.com: new cart ID, total 0.00 EUR (.undo 11)"
      ),
      (".blacklist add ip=192.0.2.1", "lists, rules or settings changed (.undo 12)"),
    ] {
      let said = desks.type(line)
      #expect(
        said.replacing(/new cart [0-9a-f-]+/, with: "new cart ID").contains(words),
        "\(line): \(said)")
    }
    desks.type(".sandbox")
    #expect(
      desks.type(".add cart2 MUG-01").contains(
        "[not saved] Mara Rossi (mara@example.com): Mug, white 3 → 4, total 43.36 → 56.35 EUR; in "
          + "the sandbox only; see .plan"))
  }

  /// A quantity that is there already is said, and changes nothing.
  @Test func theSameQuantityIsSaid() throws {
    let desks = try desks()
    let said = desks.type(".set cart1 TEA-01 1")
    #expect(
      said.hasPrefix(
        "! Luca Rossi (luca@example.com): the quantity of Assam, 100 g is 1 already; nothing was "
          + "changed\ncart cart1: "), "\(said)")
    #expect(desks.type(".ops").contains("import") && !desks.type(".ops").contains(".set"))
    #expect(!desks.type(".set cart1 TEA-01 2").contains("already"))
    let many = desks.type(".each status=any : set TEA-01 2")
    #expect(many.contains("! 1 cart is so already\n"), "\(many)")
    #expect(many.contains(": 2 carts changed, totals"), "\(many)")
    #expect(desks.type(".each status=any : set TEA-01 2").contains("! 3 carts are so already\n"))
  }

  /// What an import brought under keys of its own counts as the import's.
  @Test func anImportWithGroupsCountsItsCarts() throws {
    let desks = try Desks(
      (1...3).map { cart in
        """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart\(cart)","group":"g\(cart % 2)"}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"cart\(cart)","sku":"A","quantity":1,"price":"1","group":"g\(cart % 2)"}
        """
      }.joined(separator: "\n"))
    #expect(desks.type("ops{}[1].carts, ops{}[1].events") == "3\t6\n")
    #expect(desks.type(".ops").contains("import      3       6"))
  }

  /// A rule that gives no reason is named where its reason would stand.
  @Test func aRuleWithoutAReasonIsNamed() throws {
    let desks = try desks()
    try Files.makeFolder(desks.folder.file("rules"))
    desks.folder.write(
      "rules/big.lua", "rule \"big\" { when = function(c) return c.quantity > 50 end }")
    desks.type(".rules list")
    #expect(desks.type(".rules enforce big").contains("is enforced"))
    let said = desks.type(".set cart1 TEA-01 90")
    #expect(said.contains("! cart cart1: held by big\n"), "\(said)")
    let why = desks.type(".why cart1")
    #expect(why.contains("big.lua:1: hold: big\n"), "\(why)")
    #expect(!why.contains(": \n"), "\(why)")
    #expect(desks.type(".order cart1 confirm=1").contains("! error:"))
  }

  /// Who comes too late is told whose cart it is.
  @Test func aConflictNamesTheShopper() throws {
    let desks = try desks()
    desks.type(".cart cart1")
    try desks.change {
      let key = try $0.find("cart1")
      try $0.execute(.setQuantity(.sku("TEA-01"), 7), on: key)
    }
    let said = desks.type(".set @ #2 3")
    #expect(
      said.contains(
        "cart cart1 of Luca Rossi (luca@example.com), line 'TEA-01': its quantity changed from 1 to "
          + "7 since it was read"), "\(said)")
  }

  /// What another console did in between is in the figures.
  @Test func figuresAreThoseThatWereWritten() throws {
    let desks = try desks()
    let handler = CommandHandler(desks.console.shop, actor: .staff("anna"))
    _ = handler.begin("test")
    let key = try handler.find("cart1")
    try handler.add("MUG-01", 1, to: key)
    try desks.change { try $0.add("TEA-01", 1, to: key) }
    let outcome = try handler.finish()
    let echo = ChangeEcho(
      settings: desks.console.shop.settings, zone: .utc, now: desks.console.handler.now)
    #expect(
      echo.sentence(outcome)
        == "Operation 3: Luca Rossi (luca@example.com): Mug, white 2 → 3, total 34.57 → 47.56 EUR "
        + "(.undo 3)")
  }

  @Test func aCouponThatTakesNothingOffSaysWhy() throws {
    let desks = try desks(
      """
      return { coupons = {
        BIG = { percent = "10", minimum = "50" }, POT = { fixed = "5", skus = { "POT-*" } },
        ALL = { percent = "100" }, MORE = { fixed = "1" }, FREE = { free_shipping = true },
        TEA = { fixed = "1", skus = { "TEA-01" } },
      } }
      """)
    for (code, words) in [
      ("BIG", " takes nothing off: its minimum is 50.00 EUR, the subtotal is 30.37 EUR, total"),
      ("POT", " takes nothing off: it counts for POT-* only, and no line is one, total"),
      ("FREE", " takes nothing off: shipping is free already, total"),
      ("TEA", ", total 30.37 → 29.37 EUR"), ("ALL", ", total 29.37 → 0.00 EUR"),
      ("MORE", " takes nothing off: nothing is left to take off, total 0.00 EUR"),
    ] {
      let said = desks.type(".coupon cart1 \(code)")
      #expect(said.contains("coupon \(code)\(words)"), "\(said)")
    }
    #expect(
      desks.type("c = carts.create{} c:apply_coupon('TEA')").contains(
        "coupon TEA takes nothing off: the cart is empty"))
  }
}
