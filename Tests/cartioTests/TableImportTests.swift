import CartEngine
import CartSupport
import ProgramTesting
import Testing

/// Tables of carts, lines, products, customers and lists that come in without a script.
struct TableImportTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  /// Texts that a careless reader or writer would change.
  private static let hostile = [
    "=1+1", "'=x", "'", "''", "-5", "+x", "@x", "a,b", "say \"hi\"", "\"", "a\nb", "a\r\nb", "a\rb",
    "\tx", "\u{1}\u{1b}[2J\u{7f}", "\u{202e}abc", "שלום", "株😀", "\u{2028}", "\u{feff}x", "a;b",
    " x ",
    "\u{e9}", "e\u{301}", "sep=;",
  ]

  /// A row of a line whose cart is not here makes an open cart, and the import says how many.
  @Test func cartsThatAreMadeForTheirLines() {
    let file = folder.write(
      "lines.csv", "cart,sku,quantity,price\na,MUG,1,9.99\na,TEA,2,3.50\nb,MUG,1,9.99\n")
    let known = #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"b"}"#
    #expect(program.run("import", "-", input: known).status == 0)
    let result = program.run("import", file, "--as-type", "lines")
    #expect(result.status == 0)
    #expect(
      result.messages == """
        \(file): 4 lines, 3 events imported and 1 made for them as operation 2
                 3  line.added
                 1  cart.created, made for them
        1 open cart was made for its lines; no cart had this id

        """)
  }

  private static func event(
    _ type: String, at time: String = "2026-11-20T01:00:00.250Z", _ writer: inout JSONWriter,
    _ body: (inout JSONWriter) -> Void
  ) {
    writer.object {
      $0.string("type", type)
      $0.string("at", time)
      body(&$0)
    }
    writer.newline()
  }

  private static func writeCatalogue(_ index: Int, _ text: String, _ writer: inout JSONWriter) {
    event("product.upserted", &writer) {
      $0.string("sku", "S\(index)" + text)
      $0.string("name", text)
      $0.string("price", "1.0375")
      $0.string("currency", "EUR")
      if index % 2 == 0 { $0.number("stock", Int64(index)) }
    }
    event("customer.upserted", &writer) {
      $0.string("customer", String(index + 1))
      $0.object("shopper") {
        $0.string("email", "a\(index)@example.com")
        $0.string("name", text)
        $0.string("customer", String(index + 1))
      }
      $0.object("shipping") { $0.string("city", text) }
    }
  }

  private static func writeCart(_ index: Int, _ text: String, _ writer: inout JSONWriter) {
    event("cart.created", &writer) {
      $0.string("cart", "cart-\(index)")
      $0.string("currency", "EUR")
      $0.object("shopper") {
        $0.string("name", text)
        $0.string("company", text)
        $0.string("session", text)
        $0.string("email", "a\(index)@example.com")
        $0.string("country", "DE")
        $0.string("customer", String(index + 1))
      }
    }
    event("line.added", &writer) {
      $0.string("cart", "cart-\(index)")
      $0.string("line", "l" + text)
      $0.string("sku", text)
      $0.string("name", text)
      $0.number("quantity", Int64(index + 1))
      $0.string("price", "12.345")
      $0.object("options") {
        $0.string("colour", text)
        $0.string("n=" + text, "x")
      }
    }
    event("line.added", &writer) {
      $0.string("cart", "cart-\(index)")
      $0.string("sku", "second")
      $0.number("quantity", 1)
      $0.string("price", "0")
    }
    event("address.set", at: "2026-11-20T02:00:00Z", &writer) {
      $0.string("cart", "cart-\(index)")
      $0.object("shipping") {
        $0.string("city", text)
        $0.string("country", "AT")
      }
      $0.object("billing") { $0.string("street1", text) }
    }
    event("blacklist", &writer) { _ in }
  }

  /// Also where the strict import ends before anything is imported.
  @Test func columnsThatSetNothingAreNamedOnce() {
    let file = folder.write("lines.csv", "cart,sku,quantity,price,total\na,MUG,x,9.99,9.99\n")
    for options in [["--strict"], []] {
      let result = program.run(arguments: ["import", file, "--as-type", "lines"] + options)
      let named = result.messages.split(separator: "\n").filter {
        $0.contains("does not set these columns")
      }
      #expect(named.count == 1, "\(result)")
    }
  }

  /// A shop whose texts are all hostile.
  private func shop() {
    var writer = JSONWriter()
    for (index, text) in Self.hostile.enumerated() {
      Self.writeCatalogue(index, text, &writer)
      Self.writeCart(index, text, &writer)
    }
    folder.write("shop.jsonl", writer.text)
    let result = program.run("import", folder.file("shop.jsonl"), "--lenient")
    #expect(result.status == 0, "\(result.messages)")
    folder.write(
      "bad.jsonl",
      Self.hostile.enumerated().map { index, text in
        var writer = JSONWriter()
        writer.object {
          $0.string("ip", "203.0.113.\(index + 1)")
          $0.string("reason", text)
        }
        return writer.text
      }.joined(separator: "\n"))
    let list = program.run("import", folder.file("bad.jsonl"), "--as-type", "blacklist", "--yes")
    #expect(list.status == 0, "\(list.messages)")
  }

  @Test(arguments: ["csv", "jsonl"])
  func whatIsExportedIsImportedAgain(format: String) {
    shop()
    let copy = folder.file("copy.db")
    for kind in ["products", "customers", "carts", "lines", "blacklist"] {
      let file = folder.file("\(kind).\(format)")
      #expect(program.run("export", kind, "--format", format, "-o", file).status == 0)
      // Carts of JSON bring their lines along.
      if kind == "lines", format == "jsonl" { continue }
      let result = program.run("import", file, "--as-type", kind, "--yes", "--db", copy)
      #expect(result.status == 0, "\(kind): \(result.messages)")
    }
    for kind in ["products", "customers", "carts", "lines", "blacklist"] {
      let again = program.run("export", kind, "--format", "csv", "--db", copy)
      let first = program.run("export", kind, "--format", "csv")
      #expect(again.output == first.output, "\(kind)")
      #expect(again.output.utf8.count > 500)
    }
    let file = folder.file("carts.\(format)")
    let twice = program.run("import", file, "--as-type", "carts", "--db", copy)
    #expect(twice.status == 0 && twice.messages.contains(" 0 events imported"), "\(twice.messages)")
    #expect(program.run("check", "--db", copy).status == 0)
  }

  private func take(_ text: String, _ type: String) -> ProgramResult {
    program.run(
      arguments: ["import", folder.write("x.csv", text), "--as-type", type])
  }

  @Test("A row of a product keeps what an earlier row of the same file says")
  func productsOfOneFile() throws {
    let result = take(
      #"{"sku":"A","price":"1.00","name":"Old","at":"2026-11-01T08:00:00Z"}"#, "products")
    #expect(result.status == 0)
    let second = take(
      #"{"sku":"A","price":"1.00","name":"New","at":"2026-11-02T08:00:00Z"}"# + "\n"
        + #"{"sku":"A","price":"2.00","at":"2026-11-03T08:00:00Z"}"#, "products")
    #expect(second.status == 0, "\(second.messages)")
    let exported = program.run(
      "export", "products", "--format", "csv", "--columns", "name,price")
    #expect(exported.output == "name,price\r\nNew,2.00\r\n")
  }

  @Test("The last row of a customer in a file decides, also where the shop had it before the file")
  func customersOfOneFile() throws {
    func row(_ name: String, _ day: Int) -> String {
      #"{"customer_id":"7","name":"\#(name)","email":"a@example.com","at":"2026-11-0\#(day)T08:00:00Z"}"#
        + "\n"
    }
    #expect(take(row("Anna", 1), "customers").status == 0)
    let second = take(row("Anna", 2) + row("Ann", 3) + row("Anna", 4), "customers")
    #expect(
      second.status == 0 && second.messages.contains("2 events imported"), "\(second.messages)")
    let exported = program.run(
      "export", "customers", "--format", "csv", "--columns", "customer_id,name")
    #expect(exported.output == "customer_id,name\r\n7,Anna\r\n")
    #expect(program.run("check").status == 0)
  }

  @Test func linesThatAreThereAreNamed() {
    #expect(take("cart,line,sku,quantity,price\nc-0001,l1,A,2,10.00\n", "lines").status == 0)
    let again = take("cart,line,sku,quantity,price\nc-0001,l1,A,5,10.00\n", "lines")
    #expect(
      again.messages.contains(
        "1 line was in its cart already, and its pieces were added: 'l1' of the cart 'c-0001' had 2, 5 were "
          + "added; undo it if that was not meant"), "\(again)")
    #expect(program.run("-e", "cart('c-0001').quantity").output == "7\n")
  }

  @Test func rowsWithoutATimeTakeThatOfTheImportAndCountOnce() {
    let lines =
      "cart,sku,quantity,price,option.colour\nc-0001,A,2,1.50,blue\nc-0001,A,2,1.50,blue\n"
    #expect(take(lines, "lines").status == 0)
    #expect(take(lines, "lines").messages.contains("2 skipped (already there)"))
    #expect(program.run("-e", "cart('c-0001').quantity").output == "4\n")
    #expect(program.run("-e", "now() - cart('c-0001').updated < 600").output == "true\n")
    folder.write("store.lua", "return { timezone = 'Europe/Berlin' }")
    #expect(
      take(
        "cart,sku,quantity,price,at\nc-0002,A,1,1,2026-07-01 12:00\nc-0003,A,1,1,soon\n", "lines"
      )
      .status == 3)
    #expect(
      program.run("-e", "date(cart('c-0002').updated, '!%T')").output == "10:00:00\n")
    #expect(
      folder.read("x.csv.rejects.jsonl").contains("at: expected a time as 2026-11-28 14:00 or"))
  }
}
