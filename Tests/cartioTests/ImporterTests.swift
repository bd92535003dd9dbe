import CartEngine
import CartSupport
import ProgramTesting
import Testing

/// Files that are read through an importer script.
struct ImporterTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  /// A script that adds a line for each row.
  private func lines(_ keys: String = "", name: String = "r.name") -> String {
    """
    importer "t" { \(keys) row = function(r, n, emit, reject)
      emit { type = "line.added", at = "2026-11-01T00:00:00Z", cart = r.cart, sku = r.sku,
        name = \(name), quantity = 1, price = r.price, currency = "EUR" }
    end }
    """
  }

  private func take(_ bytes: [UInt8], _ script: String, _ options: String...) -> ProgramResult {
    folder.write("i.lua", script)
    folder.write("x.csv", bytes)
    return program.run(
      arguments: ["import", folder.file("x.csv"), "--using", folder.file("i.lua")] + options)
  }

  private func take(_ text: String, _ script: String) -> ProgramResult {
    take(Array(text.utf8), script)
  }

  /// The names and prices of all lines.
  private var imported: [String] {
    program.run(
      "-e",
      "local t = {} for c in carts{status='any', sort='id'} do for _, l in ipairs(c.lines) do "
        + "t[#t + 1] = l.sku .. '|' .. l.name .. '|' .. l.price end end return table.concat(t, '\\n')"
    ).output.split(separator: "\n").map(String.init)
  }

  private var rejects: [String] {
    folder.read("x.csv.rejects.jsonl").split(separator: "\n").map(String.init)
  }

  @Test func aQuoteThatIsNotClosedCostsItsRowOnly() {
    let result = take(
      "cart,sku,price,name\nq-0001,A,1,\"open\nq-0002,B,1,b\nq-0003,C,1,c\n\n", lines())
    #expect(result.status == 3, "\(result.messages)")
    #expect(imported == ["B|b|1.00", "C|c|1.00"])
    #expect(rejects == [#"{"line":2,"reason":"quote not closed","text":"q-0001,A,1,\"open"}"#])
    let inch = take("cart,sku,price,name\nq-0004,D,1,22\" screen\nq-0005,E,1,e\n", lines())
    #expect(inch.status == 0 && imported.suffix(2) == ["D|22\" screen|1.00", "E|e|1.00"])
  }

  @Test func encodingsAreNamed() {
    let bytes = Array("cart,sku,price,name\nq-0001,S".utf8) + [0xfc] + Array(",1,J\u{f6}rg\n".utf8)
    let bad = take(bytes, lines())
    #expect(bad.status == 3 && imported.isEmpty)
    #expect(
      rejects.first?.contains("not UTF-8; if the file comes from Windows or Excel, add") == true)
    #expect(rejects.first?.contains(#"q-0001,S\\xfc,1,"#) == true)
    let good =
      Array("cart,sku,price,name\nq-0001,S".utf8) + [0xfc] + Array(",1,J".utf8) + [0xf6, 0x0a]
    #expect(take(good, lines(), "--encoding", "cp1252").status == 0)
    #expect(imported == ["Sü|Jö|1.00"])
    let again = take(good, lines("encoding = 'latin1',"))
    #expect(again.messages.contains("1 skipped (already there)"))
    let unknown = take(good, lines("encoding = 'klingon',"))
    #expect(
      unknown.status == 1
        && unknown.messages.contains(
          "encoding: expected a name as cp1252 or utf-16le, got 'klingon'")
    )
    #expect(take(good, lines(), "--encoding", "klingon").status == 64)
    let wide = Array("\u{FEFF}cart,sku,price,name\r\nq-0002,W,1,ü😀\r\n".utf16)
    let result = take(wide.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }, lines())
    #expect(result.status == 0 && imported.last == "W|ü😀|1.00", "\(result.messages)")
  }

  @Test(arguments: [
    ("1234,56", "1234.56"), ("1.234,56", "1234.56"), ("1.234.567,8", "1234567.80"),
    ("12", "12.00"), ("1 234,5", "1234.50"), ("1.234", "1234.00"), ("'1,234.56'", nil),
    ("1234.56", nil), ("1,2,3", nil), ("x", nil),
  ])
  func amountsMayHaveADecimalComma(text: String, expected: String?) {
    let result = take(
      "cart;sku;price;name\nq-0001;A;\(text);1,5 kg\n", lines("delimiter = ';', decimal = ',',"))
    if let expected {
      #expect(result.status == 0 && imported == ["A|1,5 kg|\(expected)"], "\(result.messages)")
    } else {
      #expect(result.status == 3 && imported.isEmpty)
      #expect(
        rejects.first?.contains("price: expected a number as 1.234,56, got") == true, "\(rejects)")
    }
  }

  @Test func mistakesOfTheScriptEndTheImport() {
    let text = "cart,sku,price,name\nq-0001,A,1,a\n"
    for (script, message) in [
      (
        lines(name: "r.nmae"),
        "x.csv:2: i.lua:3: r.nmae: no such column; did you mean 'name'? The file has cart, sku, price, "
          + "name"
      ),
      (
        lines().replacing("sku = r.sku", with: "skuu = r.sku"),
        "x.csv:2: i.lua:2: emit: line.added has no key 'skuu'; did you mean 'sku'?"
      ),
      (
        #"importer "t" { row = function(r, n, emit) emit { type = "address.set", "#
          + #"at = 0, cart = r.cart, shipping = { stret1 = "x" } } end }"#,
        "x.csv:2: i.lua:1: emit: address.set has no key 'shipping.stret1'; did you mean "
          + "'shipping.street1'?"
      ),
      (
        lines("delimeter = ';',"),
        "i.lua:1: importer 't': no key 'delimeter'; did you mean 'delimiter'?; the keys are format, "
          + "delimiter, quote, decimal, encoding, header, ragged, row, finish"
      ),
    ] {
      let result = take(text, script)
      #expect(result.status == 1 && result.messages == "error: \(message)\n", "\(result.messages)")
    }
    let twice = take("cart,sku,price,name,sku\nq-0001,A,1,a,B\n", lines())
    #expect(twice.status == 1)
    #expect(
      twice.messages
        == "error: x.csv: line 1: the header names 'sku' twice, in columns 2 and 5; rename one, or use "
        + "header=false\n")
  }

  @Test func timesComeAsNumbersAndInUTC() {
    folder.write("store.lua", "return { timezone = 'Europe/Berlin', currency = 'EUR' }")
    let result = take(
      "at\n2026-07-01 12:00:00\n",
      """
      importer "t" { row = function(r, n, emit)
        local t = time(r.at)
        emit { type = "cart.created", at = t, cart = "q-0001", currency = "EUR" }
        emit { type = "cart.created", at = date(t, "!%Y-%m-%dT%H:%M:%SZ"), cart = "q-0002",
          currency = "EUR" }
        emit { type = "cart.created", at = "2026-07-01T12:00:00+02:00", cart = "q-0003",
          currency = "EUR" }
        emit { type = "cart.created", at = t + 0.25, cart = "q-0004", currency = "EUR" }
      end }
      """)
    #expect(result.status == 0, "\(result.messages)")
    #expect(
      program.run("export", "events").output.split(separator: "\n").map {
        $0.dropFirst(29).prefix(24)
      }
        == [
          "2026-07-01T10:00:00.000Z", "2026-07-01T10:00:00.000Z", "2026-07-01T10:00:00.000Z",
          "2026-07-01T10:00:00.250Z",
        ])
    #expect(program.run("-e", "date(0, '!*t').hour").output == "0\n")
    #expect(program.run("-e", "date(0, '*t').hour").output == "1\n")
    let late = take(
      "a\n1\n",
      "importer 't' { row = function(r, n, emit) emit { type = 'cart.created', at = 1e18, cart = 'x' } end }"
    )
    #expect(late.status == 3)
    #expect(rejects.first?.contains("emit: at: expected a time in seconds since 1970") == true)
  }

  @Test func anErrorInARowRejectsTheRowWhole() {
    let result = take(
      "n\n1\n2\n3\n",
      """
      importer "t" { row = function(r, n, emit)
        print("row\t" .. r.n)
        emit { type = "cart.created", at = 0, cart = "cart-" .. r.n, currency = "EUR" }
        if r.n == "2" then error("not this one") end
      end, finish = function(emit)
        emit { type = "cart.created", at = 0, cart = "last", currency = "EUR" }
        error("at the end")
      end }
      """)
    #expect(result.status == 3)
    #expect(result.output == "row\t1\nrow\t2\nrow\t3\n")
    #expect(result.messages.contains("x.csv:3: i.lua:4: not this one\n"), "\(result.messages)")
    #expect(result.messages.contains("x.csv:finish: i.lua:7: at the end\n"))
    #expect(program.run("-e", "carts{status='any'}:count()").output == "3\n")
    #expect(
      rejects == [
        #"{"line":3,"reason":"x.csv:3: i.lua:4: not this one","text":"2"}"#,
        #"{"line":4,"reason":"x.csv:finish: i.lua:7: at the end","text":""}"#,
      ])
    let many = take(
      "n\n" + String(repeating: "1\n", count: 1200),
      "importer 't' { row = function() error('no') end }")
    #expect(many.status == 1)
    #expect(
      many.messages.hasSuffix(
        "error: 1000 rows raised an error; the last one is x.csv:1001: i.lua:1: no\n"))
  }

  @Test func rowsMayHaveNoHeaderOrAnyLength() {
    let show =
      "row = function(r, n) local t = {} for k, v in pairs(r) do t[#t + 1] = k .. '=' .. v end "
      + "print(n, #r, table.concat(t, ' ')) end }"
    let text = "tea,mug\nmilk,bread\nrice\na,b,c\n \n"
    #expect(
      take(text, "importer 't' { header = false, ragged = true, " + show).output
        == "1\t2\t1=tea 2=mug\n2\t2\t1=milk 2=bread\n3\t1\t1=rice\n4\t3\t1=a 2=b 3=c\n")
    #expect(
      take(text, "importer 't' { ragged = true, " + show).output
        == "2\t0\tmug=bread tea=milk\n3\t0\tmug= tea=rice\n4\t0\t3=c mug=b tea=a\n")
    let strict = take(text, "importer 't' { header = false, " + show)
    #expect(strict.output == "1\t2\t1=tea 2=mug\n2\t2\t1=milk 2=bread\n" && strict.status == 3)
    #expect(
      rejects.map { $0.contains("expected 2 columns as in the first row, got") } == [true, true])
    #expect(
      take("sep=;\r\na;b\r\n1;2\r\n", "importer 't' { " + show).output == "3\t0\ta=1 b=2\n")
    #expect(
      take("a|'b|c'\n", "importer 't' { delimiter = '|', quote = \"'\", header = false, " + show)
        .output == "1\t2\t1=a 2=b|c\n")
    let items = take(
      "a,b\n",
      "importer 't' { header = false, row = function(r) for i, v in ipairs(r) do print(i, v) end r[3] = 1 "
        + "print(pcall(function() return r[9] end)) end }")
    #expect(
      items.output.hasPrefix("1\ta\n2\tb\nfalse\ti.lua:1: r[9]: no such column; the file has"))
  }

  @Test func blankLinesAreSkippedInEveryFormat() {
    folder.write(
      "j.lua",
      "importer 't' { format = 'jsonl', row = function(r, n, emit) "
        + "emit { type = 'cart.created', at = r.at, cart = r.id, currency = 'EUR' } end }")
    folder.write("x.jsonl", "{\"id\":\"q-0001\",\"at\":0}\n\n \t\r\n")
    let result = program.run(
      "import", folder.file("x.jsonl"), "--using", folder.file("j.lua"))
    #expect(result.status == 0, "\(result.messages)")
    #expect(take("cart,sku,price,name\nq-0002,A,1,a\n\n  \n\r\n", lines()).status == 0)
  }
}
