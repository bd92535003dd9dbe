import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartConsole

/// What Tab offers, without a terminal.
struct CompletionTests {
  private let harness: ConsoleHarness

  init() throws {
    harness = try ConsoleHarness()
    try Files.makeFolder(harness.folder.file("rules"))
    harness.folder.write(
      "rules/r.lua",
      """
      x = "a global of the file"
      report "week-end" { title = "Week-end", run = function() while true do end end }
      rule "hoard" { when = function(c) return c.quantity > 8 end }
      """)
    _ = harness.transcript(
      "c = carts{}:first()", "q = carts{status='any'}", "customer_name = 'x'", "m = money'1'")
  }

  private func texts(_ line: String, after chunk: String = "") -> [String] {
    Completer(harness.console.workspace).completion(of: line, after: chunk).candidates
      .map { $0.text.hasSuffix(" ") ? String($0.text.dropLast()) : $0.text }
  }

  @Test(arguments: [
    (".ca", [".carts", ".cart"]), (".wh", [".why"]), (".nope", []),
    (".blacklist re", ["reason=", "remove"]),
    (".mode ", ["table", "vertical", "json", "csv", "md", "html"]), (".mode h", ["html"]),
    (".carts cou", ["country=", "coupon="]),
    (".carts total>3 status=a", ["active", "abandoned", "any"]),
    (".carts country=D", ["DE", "DJ", "DK", "DM", "DO", "DZ"]),
    (".each country=DE : cou", ["coupon"]), (".each country=DE : add MUG-0", ["MUG-01", "MUG-02"]),
    (".at 2h .car", [".carts", ".cart"]), (".watch 2 .cart", [".carts", ".cart"]),
    (".watch .carts cou", ["country=", "coupon="]), (".view x = .hist", [".history"]),
    (".at \"yesterday 14:00\" hist", ["history"]), (".at 2h car", ["carts", "cart"]),
    (".report wee", ["week-end"]),
    (".report top-ad", ["top-added"]), (".rules enf", ["enforce"]), (".coupon @ SAV", ["SAVE10"]),
    (".coupon @ -SAV", ["-SAVE10"]), (".new curren", ["currency="]),
    (".new currency=CH", ["CHF"]),
    (".help cart:ap", ["cart:apply_coupon"]), (".quit ", []),
  ])
  func verbs(line: String, expected: [String]) {
    #expect(Set(texts(line)) == Set(expected), "\(texts(line))")
  }

  /// What strangers name so that it would act when it is typed is not offered.
  @Test func hostileNamesAreNotOffered() throws {
    let live = try ConsoleHarness(isLive: true)
    let test = CommandHandler(live.console.shop, actor: .staff("x"), consent: .given)
    _ = test.begin("carts")
    for id in ["evil\n.hold evil", "evil\u{1b}]0;x\u{7}", "evil two words", "evil\"); x = 1"] {
      _ = try test.create(id: id)
    }
    _ = try test.finish()
    func texts(_ line: String) -> [String] {
      Completer(live.console.workspace).completion(of: line).candidates.map(\.text)
    }
    #expect(texts(".cart evil") == ["\"evil two words\" "])
    #expect(texts("cart('evil") == ["evil two words"])
  }

  @Test(arguments: [
    ("car", ["cart", "carts"]), ("cust", ["customer", "customer_name"]), ("", []), ("x = 12", []),
    ("c.tot", ["total"]), ("c:ap", ["apply_coupon"]), ("c.ap", []), ("m.mi", ["minor"]),
    ("q:su", ["sum"]), ("carts{'total>3'}:fi", ["first"]),
    ("cart('x'):set('a', 1):rem", ["remove", "remove_coupon"]),
    ("carts{country='DE'}:first().em", ["email"]), ("c.total:rat", ["ratio"]),
    ("c.lines[1].sk", ["sku"]),
    ("unknown.emai", ["email"]), ("blacklist.ch", ["check"]), ("string.rev", ["reverse"]),
    ("string:rev", []),
    ("carts.cr", ["create"]), ("carts{'cou", ["country=", "coupon="]),
    ("carts{'status=exp", ["expired"]),
    ("product('MUG-X", ["MUG-XL"]), ("c:apply_coupon(\"SAV", ["SAVE10"]),
    ("reports.run('week", ["week-end"]),
    ("'a' .. ta", ["table"]), ("print('it is')  c:ho", ["hold"]), ("x = 'c:ho", []),
  ])
  func lua(line: String, expected: [String]) {
    #expect(Set(texts(line)) == Set(expected), "\(texts(line))")
  }

  @Test func cartsByIdMailAndSKU() throws {
    let cart = try #require(
      try harness.console.handler.keys(matching: Filter()).first.flatMap {
        try harness.console.handler.cart($0)
      })
    #expect(texts(".cart " + cart.id.prefix(6)).contains(cart.id))
    #expect(texts("cart('" + cart.id.prefix(6)).contains(cart.id))
    #expect(texts(".why ").count == 10)
    let known = try #require(
      try harness.console.handler.keys(matching: Filter()).lazy.compactMap {
        try harness.console.handler.cart($0)
      }.first { !$0.shopper[.email].isEmpty && !$0.lines.isEmpty })
    let mail = known.shopper[.email]
    #expect(texts(".set " + mail.prefix(5)).contains(known.id))
    #expect(texts(".set " + known.lines[0].sku).contains(known.id))
    #expect(texts(".set \(known.id) ").sorted() == known.lines.map(\.sku).sorted())
    let note = Completer(harness.console.workspace).completion(of: ".cart " + known.id).candidates
      .first?.note
    #expect(note?.hasSuffix(mail) == true)
    let total = try known.price(harness.console.shop.settings).total
    #expect(note?.hasPrefix("\(total) \(total.currency)  ") == true, "\(note ?? "")")
  }

  /// A chunk that is not finished counts; an endless rule file is not run.
  @Test func chunksAndFiles() throws {
    #expect(texts("  c:ho", after: "if c then") == ["hold"])
    #expect(texts(".ca", after: "x = 1") == [])
    let folder = harness.folder.path
    #expect(
      texts(".read \(folder)/cartio.l") == ["\(folder)/cartio.labels.csv"])
    #expect(texts(".read \(folder)/ru") == ["\(folder)/rules/"])
  }
}
