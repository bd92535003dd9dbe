import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Carts of a connected store, as files of events bring them, on every path that users see.
struct StoreCartTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  /// A cart whose store prices it as no settings here would: a bundle, a gift, a voucher without a SKU,
  /// thirteen decimals, two taxes.
  private static let cart = """
    {"type":"cart.created","at":"2026-11-23T08:00:00Z","cart":"8f3a0001","currency":"EUR","shopper":{"email":"luca@example.com","country":"IT"}}
    {"type":"cart.bound","at":"2026-11-23T08:00:00Z","cart":"8f3a0001","storefront":"bigcommerce","store_id":"8f3a0001","channel":1,"locale":"en","origin":"shopper","actor":"sync"}
    {"type":"line.added","at":"2026-11-23T08:01:00Z","cart":"8f3a0001","line":"i1","sku":"MUG-01","name":"Mug","quantity":2,"price":13.8588235294117647,"product":77,"variant":12}
    {"type":"line.added","at":"2026-11-23T08:02:00Z","cart":"8f3a0001","line":"i2","name":"Voucher","quantity":1,"price":"50","kind":"gift_certificate"}
    {"type":"line.added","at":"2026-11-23T08:03:00Z","cart":"8f3a0001","line":"i3","sku":"SPOON","name":"Spoon","quantity":1,"price":"0","product":"9","gift":true,"mutable":false}
    {"type":"coupon.applied","at":"2026-11-23T08:04:00Z","cart":"8f3a0001","code":"STORE10"}
    {"type":"totals.stated","at":"2026-11-23T08:04:00Z","cart":"8f3a0001","subtotal":"77.72","discount":"7.77","shipping":"4.90","handling":"1.00","fees":"0.50","tax":"12.21","total":"88.56","shipping_name":"DHL","taxes":[{"name":"VAT","amount":"10.21"},{"name":"eco","amount":"2.00"}],"coupons":[{"code":"STORE10","name":"10 % off","amount":"7.77"}],"lines":{"i1":"27.72","i2":"50.00","i3":"0.00"},"actor":"sync"}
    """

  private func shop(_ more: String = "") {
    folder.write(
      "store.lua", "return { name = 'Shop', currency = 'EUR', shipping = { fee = '99' } }")
    folder.write("carts.jsonl", Self.cart + "\n" + more)
    let result = program.run("import", folder.file("carts.jsonl"))
    #expect(result.status == 0, "\(result.messages)")
  }

  @Test func everyPathShowsTheStoresFigures() {
    shop()
    let page = program.run("-e", ".cart 8f3a0001").output
    for text in [
      "Store         bigcommerce 8f3a0001, channel 1, en, made by the shopper",
      "As of         unknown",
      "27.72", "STORE10 (10 % off, -7.77)", "-7.77", "Shipping fee, DHL", "Handling", "VAT", "eco",
      "88.56 EUR",
    ] {
      #expect(page.contains(text), "\(text): \(page)")
    }
    #expect(!page.contains("Pending"))
    let list = program.run("-e", ".carts total=88.56 tax=12.21 handling=1 fees=0.5").output
    #expect(
      list.contains("88.56") && list.contains("8f3a0001") && list.contains("unknown"), "\(list)")
    #expect(program.run("-e", ".carts total>88.56").output.split(separator: "\n").count <= 1)
    #expect(
      program.run(
        "-e",
        "local c = cart('8f3a0001') return c.total, c.subtotal, c.tax, c.handling, c.fees, c.storefront, "
          + "c.store_id, c.channel, c.origin, c.pending, c.as_of"
      ).output
        == "88.56\t77.72\t12.21\t1.00\t0.50\tbigcommerce\t8f3a0001\t1\tshopper\tfalse\tnil\n")
    #expect(
      program.run(
        "-e",
        "local l = cart('8f3a0001').lines return l[2].kind, l[2].sku, l[1].product_id, l[1].variant_id, "
          + "l[3].gift, l[3].mutable, l[1].total, l[1].price"
      ).output == "gift_certificate\t\t77\t12\ttrue\tfalse\t27.72\t13.858823529412\n")
    #expect(
      program.run("-e", "return carts{}:sum('total'), carts{}:sum('tax')").output
        == "88.56\t12.21\n")
    let json = program.run("export", "carts").output
    #expect(json.contains(#""total":"88.56""#) && json.contains(#""handling":"1.00""#), "\(json)")
    let report = program.run("report", "overview").output
    #expect(report.contains("88.56"), "\(report)")
  }

  /// A pass over rows judges what a look at the cart shows.
  @Test func passesOverRowsSeeTheStoresFigures() throws {
    shop()
    try Files.makeFolder(folder.file("rules"))
    folder.write(
      "rules/dear.lua",
      """
      rule "dear" { action = "flag", band = "100%", when = function(c)
        return #c.lines == 3 and c.total == money("88.56") and c.lines[1].total == money("27.72")
          and c.lines[3].gift and c.handling == money("1") and "as the store says"
      end }
      """)
    let result = program.run("rules", "enforce", "dear", "--yes")
    #expect(result.status == 0, "\(result.messages)")
    let run = program.run("rules", "run")
    #expect(run.status == 0, "\(run.messages)")
    #expect(program.run("-e", "return cart('8f3a0001').flags[1]").output == "dear\n")
  }

  @Test func changesOfOursWaitAndMoveTheFigures() {
    shop()
    let set = program.run("-e", ".set 8f3a0001 i1 3")
    #expect(set.status == 0, "\(set.messages)")
    #expect(
      set.messages.contains("note: bigcommerce has not answered this cart's changes yet"),
      "\(set.messages)")
    let page = program.run("-e", ".cart 8f3a0001").output
    #expect(page.contains("Pending       1 change waits for the store"), "\(page)")
    #expect(page.contains("102.42 EUR"), "\(page)")
    #expect(page.contains("41.58"), "\(page)")
    #expect(
      program.run("-e", "return cart('8f3a0001').pending, carts{pending=true}:count()").output
        == "true\t1\n")
    let undo = program.run("undo", "3", "--yes")
    #expect(undo.status == 0, "\(undo.messages)")
    #expect(program.run("-e", "return cart('8f3a0001').total").output == "88.56\n")
    #expect(program.run("check").status == 0)
  }

  @Test func whatTheStoreDoesNotLetIsRefused() {
    shop()
    let spoon = program.run("-e", ".remove 8f3a0001 SPOON")
    #expect(spoon.status == 1)
    #expect(
      spoon.messages.contains(
        "bigcommerce does not let Spoon [SPOON] be changed: it is a gift of a promotion"),
      "\(spoon.messages)")
    let order = program.run("-e", ".order 8f3a0001 confirm=1")
    #expect(order.status == 1)
    #expect(order.messages.contains("ordering there is not supported yet"), "\(order.messages)")
    #expect(program.run("-e", ".coupon 8f3a0001 ANYCODE").status == 0)
  }

  @Test func anotherPriceMovesNoCounterAndAnExportSaysAllOfIt() {
    shop(
      #"{"type":"line.restated","at":"2026-11-23T09:00:00Z","cart":"8f3a0001","line":"i1","name":"Mug, white","price":"1E+1","actor":"sync"}"#
    )
    let history = program.run("-e", ".history 8f3a0001").output
    #expect(history.contains("name Mug → Mug, white, price 13.858823529412 → 10"), "\(history)")
    let products = program.run("report", "top-added").output
    #expect(products.contains("MUG-01"), "\(products)")
    let first = program.run("export", "events").output
    let other = Program(TemporaryFolder())
    other.folder.write("e.jsonl", first)
    let again = other.run("import", other.folder.file("e.jsonl"))
    #expect(again.status == 0, "\(again.messages)")
    #expect(other.run("export", "events").output == first)
    #expect(other.run("check").status == 0)
  }

  @Test func aMergedCartIsAStatusOfItsOwn() {
    shop(#"{"type":"cart.merged","at":"2026-11-23T09:00:00Z","cart":"8f3a0001","into":"97bc0002"}"#)
    #expect(program.run("-e", "return cart('8f3a0001').status").output == "merged\n")
    #expect(program.run("-e", ".cart 8f3a0001").output.contains("Merged into   97bc0002"))
    #expect(program.run("-e", ".carts status=merged").output.contains("8f3a0001"))
    #expect(program.run("-e", "return carts{}:count()").output == "0\n")
    let add = program.run("-e", ".set 8f3a0001 i1 9")
    #expect(add.status == 1)
    #expect(
      add.messages.contains("was merged into the cart 97bc0002 and cannot be changed"),
      "\(add.messages)")
    let overview = program.run("report", "overview").output
    #expect(overview.contains("merged"), "\(overview)")
  }

  @Test func aCartGoesByItsNewestIdAndItsOlderOnes() {
    shop(
      #"{"type":"cart.bound","at":"2026-11-23T09:00:00Z","cart":"8f3a0001","storefront":"bigcommerce","store_id":"97bc0002","origin":"cartio","actor":"sync"}"#
    )
    #expect(
      program.run("-e", "return cart('8f3a0001').id, cart('97bc0002').store_id").output
        == "97bc0002\t97bc0002\n")
    let taken = folder.write(
      "taken.jsonl",
      """
      {"type":"cart.created","at":"2026-11-23T09:00:00Z","cart":"another1"}
      {"type":"cart.bound","at":"2026-11-23T09:00:00Z","cart":"another1","storefront":"bigcommerce","store_id":"8f3a0001"}
      """)
    let result = program.run("import", taken)
    #expect(result.status == 3)
    #expect(result.messages.contains("another cart has this id"), "\(result.messages)")
    #expect(program.run("check").status == 0)
  }

  /// A store numbers its orders; those of this shop go on from their own.
  @Test func orderNumbersOfTheStoreAreNotTakenFromOurs() {
    shop(#"{"type":"cart.ordered","at":"2026-11-23T09:00:00Z","cart":"8f3a0001","order":"90001"}"#)
    #expect(
      program.run("-e", "local c = cart('8f3a0001') return c.order_id, c.total").output
        == "90001\t88.56\n")
    folder.write(
      "own.jsonl",
      #"{"type":"line.added","at":"2026-11-23T09:00:00Z","cart":"own10001","sku":"A","quantity":1,"price":"1"}"#
    )
    #expect(program.run("import", folder.file("own.jsonl")).status == 0)
    let order = program.run("-e", ".order own10001 confirm=1")
    #expect(order.status == 0, "\(order.messages)")
    #expect(program.run("-e", "return cart('own10001').order_id").output == "1001\n")
  }

  /// Figures that name no answer are those of the cart with all changes of ours.
  @Test func laterFiguresOfAFileAnswerWhatWaits() {
    shop(
      #"{"type":"line.changed","at":"2026-11-23T09:00:00Z","cart":"8f3a0001","line":"i1","quantity":3,"actor":"staff:ben"}"#
    )
    #expect(program.run("-e", "return cart('8f3a0001').pending").output == "true\n")
    folder.write(
      "more.jsonl",
      #"{"type":"totals.stated","at":"2026-11-23T09:01:00Z","cart":"8f3a0001","subtotal":"91.58","total":"99.00","actor":"sync"}"#
    )
    #expect(program.run("import", folder.file("more.jsonl")).status == 0)
    #expect(
      program.run("-e", "local c = cart('8f3a0001') return c.pending, c.total").output
        == "false\t99.00\n")
  }

  /// What staff cannot undo is named: a store's facts stand.
  @Test func anUndoOfAnImportLeavesWhatTheStoreSaid() {
    shop()
    let undo = program.run("undo", "1", "--yes")
    #expect(undo.status == 0, "\(undo.messages)")
    // What the store said does not bring a cart back that nothing else is left of.
    #expect(
      program.run("-e", "local c = cart('8f3a0001') return c.status, #c.lines").output
        == "deleted\t0\n")
    #expect(program.run("check").status == 0)
  }
}
