import CartEngine
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// What comes in from files, and goes out to them.
struct ImportExportTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func practice() {
    let result = program.practice()
    #expect(result.status == 0, "\(result.messages)")
  }

  @Test func importExitsThreeAndNamesTheRejects() {
    let file = folder.write(
      "in.jsonl",
      """
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1"}
      nonsense
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"A","quantity":1,"price":"1"}

      """)
    let strict = program.run("import", file, "--strict")
    #expect(
      strict.status == 1
        && strict.messages.contains("1 line is rejected; nothing was imported"))
    #expect(program.run("export", "events").output == "")
    let result = program.run("import", file)
    #expect(result.status == 3)
    #expect(
      folder.read("in.jsonl.rejects.jsonl")
        == #"{"line":2,"reason":"not JSON: expected a value at byte 1, got 'n'","text":"nonsense"}"#
        + "\n")
    #expect(
      program.run("-e", "cart('c1').quantity").messages.contains("first 4 characters") == false)
    let again = program.run("import", file)
    #expect(again.messages.contains("2 skipped (already there)"))
    let fromPipe = program.run(
      "import", "-", input: "{\"type\":\"x\",\"at\":\"2026-11-01T07:00:00Z\"}\n")
    #expect(fromPipe.status == 3)
    #expect(folder.read("import.rejects.jsonl").contains("unknown type 'x'"))
    let lenient = program.run(
      "import", "-", "--lenient", input: "{\"type\":\"x\",\"at\":\"2026-11-01T07:00:00Z\"}\n")
    #expect(lenient.status == 0)
    #expect(program.run("check").output == "clean: 1 carts, 3 events, 1 commits\n")
  }

  @Test func anExportHasTheColumnsThatAreAskedFor() {
    practice()
    let all = program.run("export", "carts").output.split(separator: "\n").count
    let result = program.run(
      "export", "carts", "--columns", "total,id", "--format", "csv", "--where", "sort=-total",
      "limit=2")
    #expect(result.output.hasPrefix("total,id\r\n"))
    #expect(result.output.split(separator: "\r\n").count == 3)
    #expect(result.messages == "2 of \(all) carts; \(all - 2) left out by limit=2\n")
    let wrong = program.run("export", "carts", "--columns", "emial")
    #expect(wrong.status == 1)
    #expect(
      wrong.messages == "error: columns: carts have no column 'emial'; did you mean 'email'?\n")
  }

  @Test func exportsEveryKind() {
    practice()
    for (kind, format) in [
      ("carts", "jsonl"), ("carts", "csv"), ("lines", "jsonl"), ("lines", "csv"),
      ("orders", "jsonl"), ("orders", "csv"), ("products", "jsonl"), ("products", "csv"),
      ("events", "jsonl"),
    ] {
      let result = program.run("export", kind, "--format", format)
      #expect(result.status == 0 && !result.output.isEmpty, "\(kind) \(format)")
    }
    let some = program.run("export", "carts", "--where", "status=ordered", "country=DE")
    #expect(some.output.split(separator: "\n").allSatisfy { $0.contains(#""status":"ordered""#) })
    let products = program.run("export", "products", "--format", "csv").output
    #expect(
      products.hasPrefix(
        "sku,name,price,currency,image,stock,category,brand,weight,cost,tags,backorder,available\r\n"
          + "BISCUIT-S,\"Shortbread, 200 g\",4.90,EUR,"))
  }

  @Test func aFileOfREES46FormIsReadThroughItsImporter() {
    let csv = folder.write(
      "shop.csv",
      """
      event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
      2022-10-01 00:00:00 UTC,cart,11,1,,acme,2.62,7,s-one
      2022-10-01 00:00:03 UTC,cart,11,1,,acme,2.62,7,s-one
      2022-10-01 00:00:03 UTC,cart,11,1,,acme,2.62,7,s-one
      2022-10-01 00:00:04 UTC,view,12,1,,acme,1.00,7,s-one
      2022-10-01 00:00:05 UTC,remove_from_cart,11,1,,acme,2.62,7,s-one
      2022-10-01 00:00:06 UTC,remove_from_cart,99,1,,"a ""b"", c",2.62,7,s-one
      2022-10-01 00:00:09 UTC,purchase,11,1,,acme,2.62,7,s-one
      2022-10-01 00:00:09 UTC,purchase,55,1,,acme,4.00,7,s-one
      2022-10-01 00:00:10 UTC,cart,12,1,,acme,1.00,7,s-one
      2022-10-01 00:00:11 UTC,purchase,12,1,,acme,1.00,8,s-two
      nonsense,cart,12,1,,acme,1.00,7,s-one
      2022-10-01 00:00:12 UTC,cart,12
      """)
    let script = CommandLineTests.root + "/examples/importers/rees46.lua"
    let first = program.run("import", csv, "--using", script)
    #expect(first.status == 3, "\(first.messages)")
    #expect(first.messages.contains("10 events imported"), "\(first.messages)")
    let rejects = folder.read("shop.csv.rejects.jsonl").split(separator: "\n")
    #expect(
      rejects.map { $0.prefix(12) } == [#"{"line":7,"r"#, #"{"line":12,""#, #"{"line":13,""#])
    let orders = program.run("export", "orders", "--format", "csv").output
    #expect(orders.split(separator: "\r\n").dropFirst().map { $0.prefix(5) } == ["s-one", "s-two"])
    #expect(orders.contains("6.62"))
    let second = program.run("import", csv, "--using", script)
    #expect(second.messages.contains("0 events imported"))
    #expect(program.run("check").status == 0)
  }

  @Test(.enabled(if: getenv("CARTIO_REES46") != nil))
  func theRealREES46FileBalances() throws {
    let path = String(cString: try #require(getenv("CARTIO_REES46")))
    let script = CommandLineTests.root + "/examples/importers/rees46.lua"
    let rejects = folder.file("real.rejects.jsonl")
    let result = program.run("import", path, "--using", script, "--rejects", rejects)
    #expect(result.status == 3, "\(result.messages)")
    let events = program.run("export", "events").output
    func count(_ types: String...) -> Int {
      events.split(separator: "\n").count { line in
        types.contains { line.hasPrefix("{\"type\":\"\($0)\"") }
      }
    }
    let lines = folder.read("real.rejects.jsonl").split(separator: "\n")
    func rejected(_ kind: String) -> Int { lines.count { $0.contains("UTC,\(kind),") } }
    #expect(count("line.added") + rejected("cart") == 1300)
    #expect(count("line.changed", "line.removed") + rejected("remove_from_cart") == 1051)
    let ordered = program.run(
      "-e",
      "local n = 0 for _, o in ipairs(orders()) do for _, l in ipairs(o.lines) do n = n + l.quantity end end return n"
    )
    #expect(ordered.output == "\(323 - rejected("purchase"))\n")
    let again = program.run("import", path, "--using", script, "--rejects", rejects)
    #expect(again.messages.contains(" 0 events imported"))
    #expect(program.run("check").status == 0)
    let copy = folder.write("copy.jsonl", events)
    let other = folder.file("other.db")
    #expect(program.run("--db", other, "import", copy).status == 0)
    #expect(program.run("--db", other, "export", "events").output == events)
  }

  @Test func noFileIsWrittenOverThatIsReadOrTheShopsOwn() {
    practice()
    let db = folder.file("cartio.db")
    let input = folder.write("k.jsonl", "nonsense\n")
    #expect(program.run("import", input, "--rejects", input).status == 64)
    #expect(folder.read("k.jsonl") == "nonsense\n")
    #expect(program.run("import", input, "--rejects", db).status == 64)
    #expect(program.run("export", "carts", "-o", db).status == 64)
    let unwritable = program.run("import", input, "--rejects", "/nonexistent/z")
    #expect(unwritable.status == 1)
    #expect(unwritable.messages.hasPrefix("error: file /nonexistent/z: cannot write it"))
    #expect(program.run("import", input, "--rejects", "/tmp").status == 1)
    #expect(program.run("check").status == 0)
  }

  @Test func whatIsNotKeptIsNamed() {
    let file = folder.write(
      "in.jsonl",
      """
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"c1","sku":"A","quantity":1,"price":"1","foo":1}
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"A","quantity":1,"price":"1","foo":2,"nmae":"x"}
      {"type":"cart.created","at":"2031-11-01T07:00:01Z","cart":"c2"}

      """)
    let result = program.run("import", file)
    #expect(result.status == 0)
    #expect(
      result.messages == """
        \(file): 3 lines, 3 events imported and 1 made for them as operation 1
                 1  cart.created
                 2  line.added
                 1  cart.created, made for them
        1 event is dated after now, 2031-11-01T07:00:01.000Z
        unknown key 'foo': ignored in 2 events (line.added)
        unknown key 'nmae': ignored in 1 event (line.added); did you mean 'name'?

        """)
    let again = program.run("import", file)
    #expect(!again.messages.contains("unknown key") && !again.messages.contains("dated"))
  }

  /// A customer's number makes it a registered one, wherever the number stands.
  @Test func customersComeBackAsTheyWere() {
    let file = folder.write(
      "in.jsonl",
      """
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":"7","email":"x@y.de"}
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","email":"z@y.de"}
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":"C-1","name":"Ann"}

      """)
    #expect(program.run("import", file).status == 0)
    for format in ["jsonl", "csv"] {
      let out = program.run("export", "customers", "--format", format).output
      let copy = folder.write("customers.\(format)", out)
      let other = folder.file("\(format).db")
      let taken = program.run("--db", other, "import", copy, "--as-type", "customers")
      #expect(taken.status == 0, "\(taken.messages)")
      #expect(
        program.run("--db", other, "export", "customers", "--format", format).output == out)
      #expect(out.contains("registered") && out.contains("guest"))
    }
  }
}
