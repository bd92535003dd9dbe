import CartEngine
import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// What `@`, `@3`, `#2`, a SKU and a name mean, and that another line, cart or customer is refused.
struct TargetTests {
  @Test func thePlaceOfALineIsTheOneThatWasShown() throws {
    let desks = try Desks(Desks.carts)
    // Nothing was shown: the second line now.
    #expect(desks.type(".set cart1 #2 3").contains("! error") == false)
    desks.type(".cart cart1")
    try desks.change { try $0.execute(.remove(.id("l1")), on: try $0.find("cart1")) }
    let words = "was shown as Assam, 100 g [TEA-01] on the cart cart1 of Luca Rossi "
    #expect(
      desks.type(".set @ #2 9")
        == "! error: '#2': \(words)(luca@example.com); it is Screw [SCREW] now; look at the cart "
        + "again: .cart cart1\n")
    #expect(desks.type(".remove @ #3").contains("it is no line now; look at the cart again"))
    #expect(desks.type("cart('cart1'):set('#2', 9)").contains(words))
    #expect(desks.type(".each id=cart1 : remove #2").contains(words))
    #expect(try desks.cart("cart1").lines.map(\.quantity) == [3, 5])
    #expect(desks.type(".cart @", ".set @ #2 9").contains("! error") == false)
    #expect(try desks.cart("cart1").lines.map(\.quantity) == [3, 9])
  }

  /// One's own undo and the sandbox's end move places, too.
  @Test func undoAndTheEndOfTheSandboxMovePlaces() throws {
    let desks = try Desks(Desks.carts)
    let lines = [
      ".remove cart1 #1", ".cart cart1", ".undo confirm=1", ".sandbox", ".remove cart2 #1",
      ".cart cart2", ".live",
    ]
    for line in lines { #expect(!desks.type(line).contains("! error"), "\(line)") }
    #expect(desks.type(".set cart1 #1 9").contains("was shown as Assam, 100 g [TEA-01]"))
    #expect(desks.type(".set cart2 #1 9").contains("it is Mug, white [MUG-01] now"))
  }

  @Test func aSKUThatStandsOnTwoLinesIsAskedAbout() throws {
    let second = Line(
      id: "l9", sku: "MUG-01", name: "Mug, white", options: [.init(name: "text", value: "Ben")],
      quantity: 1, price: UnitPrice(Money(minor: 1299, .eur)))
    for verb in ["set @ MUG-01 7", "remove @ mug-01", "set @ white 7"] {
      let piped = try Desks(Desks.carts)
      piped.type(".cart cart1")
      try piped.change { try $0.execute(.add(second), on: try $0.find("cart1")) }
      let said = piped.type("." + verb)
      #expect(said.hasPrefix("! error: 2 lines of the cart cart1 of Luca Rossi"), "\(said)")
      #expect(said.hasSuffix("say which: #1 Mug, white, #4 Mug, white (text: Ben)\n"), "\(said)")
      let desks = try Desks(Desks.carts, answers: ["2", "", "5"])
      desks.type(".cart cart1")
      try desks.change { try $0.execute(.add(second), on: try $0.find("cart1")) }
      desks.type("." + verb)
      #expect(desks.questions.count == 1)
      #expect(desks.questions.first?.contains("  2  1 × Mug, white (text: Ben) [MUG-01]\n") == true)
      let cart = try desks.cart("cart1")
      #expect(cart.lines[0].quantity == 2)
      #expect(cart.lines.count == 3 || cart.lines[3].quantity == 7, "\(verb): \(cart.lines)")
      // Neither nothing nor a number that is not there is an answer.
      for _ in 0..<2 where verb.hasPrefix("set") {
        #expect(desks.type("." + verb).contains("not confirmed; nothing was changed"))
      }
    }
  }

  /// A product is added without options at the catalogue's price, whatever else has its SKU.
  @Test func anAddedProductJoinsOnlyALineWithoutOptions() throws {
    let desks = try Desks(Desks.carts)
    func line(_ id: String, options: [Line.Option] = [], minor: Int64 = 1299) -> Line {
      Line(
        id: id, sku: "MUG-01", name: "Mug", options: options, quantity: 1,
        price: UnitPrice(Money(minor: minor, .eur)))
    }
    func lines() throws -> [String] {
      try desks.cart("cart1").lines.map { "\($0.id) \($0.quantity) \(Line.text($0.options))" }
    }
    try desks.change { handler in
      let key = try handler.find("cart1")
      try handler.execute(.remove(.id("l1")), on: key)
      try handler.execute(.remove(.id("l2")), on: key)
      try handler.execute(.remove(.id("l3")), on: key)
      try handler.execute(
        .add(line("MUG-01", options: [.init(name: "text", value: "Ben")])), on: key)
      try handler.execute(.add(line("old", minor: 999)), on: key)
    }
    desks.type(".add cart1 mug-01 2")
    #expect(try lines() == ["MUG-01 1 text: Ben", "old 1 ", "MUG-01~2 2 "])
    desks.type("cart('cart1'):add('MUG-01')")
    desks.type(".add cart1 #1", ".add cart1 old", "cart('cart1'):add('#2', 3)")
    desks.type("c = cart('cart1'); c:add(c.lines[2])")
    #expect(try lines() == ["MUG-01 2 text: Ben", "old 6 ", "MUG-01~2 3 "])
    // Two lines alike: which one is to grow, only a person knows.
    try desks.change { try $0.execute(.add(line("second")), on: try $0.find("cart1")) }
    #expect(
      desks.type(".add cart1 MUG-01")
        == "! error: 2 lines of the cart cart1 of Luca Rossi (luca@example.com) are 'MUG-01'; say "
        + "which: #3 Mug, #4 Mug\n")
    #expect(
      desks.type("cart('cart1'):add('MUG-01')").contains(
        "line 'MUG-01': several lines of the cart cart1 have this SKU, these options and this price; "
          + "say which: #3, #4"))
  }

  /// The one line of a SKU is another than was shown.
  @Test func aSKUMeansTheLineThatWasShown() throws {
    let desks = try Desks(Desks.carts)
    desks.type(".cart cart1")
    try desks.change { handler in
      let key = try handler.find("cart1")
      try handler.execute(.remove(.id("l1")), on: key)
      try handler.execute(
        .add(
          Line(
            id: "l1", sku: "MUG-01", name: "Mug, white",
            options: [.init(name: "text", value: "Ben")], quantity: 2,
            price: UnitPrice(Money(minor: 1299, .eur)))), on: key)
    }
    for line in [".set @ MUG-01 1", ".remove @ mug"] {
      let said = desks.type(line)
      #expect(
        said.contains(
          "was shown as Mug, white [MUG-01] on the cart cart1 of Luca Rossi (luca@example.com); "
            + "it is Mug, white (text: Ben) [MUG-01] now"), "\(line): \(said)")
    }
  }

  @Test func atIsTheCartLastShownOrChangedOrTheOnlyRow() throws {
    let desks = try Desks(Desks.carts)
    #expect(desks.type(".hold @") == "! error: @: no cart was shown yet; list some with .carts\n")
    desks.type(".cart cart1", ".carts mara")
    #expect(desks.type(".note @ hello").contains("cart cart2: "))
    desks.type(".carts")
    #expect(
      desks.type(".hold @")
        == "! error: @: the last list has 3 rows; name one of them: @1 to @3\n")
    desks.type(".cart cart1", ".carts nobody@")
    #expect(
      desks.type(".hold @")
        == "! error: @: the last list was empty; find a cart with .carts NAME\n")
    desks.type("cart('cart3'):add('MUG-01')")
    #expect(desks.type(".coupon @ -x").contains("cart3"))
    desks.type(".each : note seen")
    desks.type(".each status=any : note seen")
    #expect(desks.type(".hold @").contains("@: the last command changed 3 carts"))
    #expect(desks.type(".carts", ".hold @9").contains("'@9': the last list has 3 rows"))
  }

  /// A cart that belongs to another shopper by now, at the prompt and when it is written.
  @Test func anotherCustomerIsRefused() throws {
    let desks = try Desks(Desks.carts)
    desks.type(".carts luca")
    try desks.change {
      try $0.execute(
        .identify([.email: "eve@example.com", .name: "Eve"]), on: try $0.find("cart1"))
    }
    for line in [
      ".hold @", ".hold @1", ".order @1 confirm=1", ".customer @1", ".history @", ".cart @",
      ".undo 1 cart=@", ".ops cart=@1",
    ] {
      let said = desks.type(line)
      #expect(
        said.contains(
          "was shown as the cart cart1 of Luca Rossi (luca@example.com); it is the cart cart1 of "
            + "Eve (eve@example.com) now; look at it again: .cart cart1"), "\(line): \(said)")
    }
    let handler = CommandHandler(desks.console.shop, actor: .staff("anna"))
    _ = handler.begin("test")
    let key = try handler.find("cart2")
    let cart = try #require(try handler.cart(key))
    handler.run.expect(cart.shopper, of: key)
    try handler.execute(.applyCoupon("X"), on: key)
    try desks.change { try $0.execute(.identify([.email: "eve@example.com"]), on: key) }
    let outcome = try handler.finish()
    #expect(outcome.operation == nil && outcome.changes.count == 0)
    #expect(outcome.failures.first?.message.contains("was shown as Mara Rossi") == true)
    // A stranger who becomes known is no other.
    let stranger = try Desks(
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart9","currency":"EUR"}"#)
    stranger.type(".cart cart9")
    try stranger.change {
      try $0.execute(.identify([.email: "eve@example.com"]), on: try $0.find("cart9"))
    }
    #expect(!stranger.type(".hold @").contains("! error"))
  }

  @Test func severalCartsAndCustomersAreListed() throws {
    let desks = try Desks(Desks.carts, answers: ["3", "2", "1"])
    #expect(desks.type(".cart cart").contains("Cart cart3"))
    #expect(
      desks.questions[0].contains("3 carts begin with 'cart':\n  1  cart1  ")
        && desks.questions[0].hasSuffix("Which one? [1-3, Enter to cancel] "))
    #expect(desks.type(".customer rossi").contains("mara@example.com"))
    #expect(desks.questions[1].contains("  2  Mara Rossi (mara@example.com)\n"))
    #expect(desks.type(".customer @1").contains("mara@example.com"))
    let piped = try Desks(Desks.carts)
    #expect(
      piped.type(".customer rossi")
        == "! error: 3 customers match 'rossi': 1 Noah Rossi (noah@example.com), 2 Mara Rossi "
        + "(mara@example.com), 3 Luca Rossi (luca@example.com). Type .customer noah@example.com "
        + "for the first\n")
  }
}
