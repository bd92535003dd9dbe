import CartSupport
import ProgramTesting
import Testing

/// Every figure that is shown for a store's cart is the store's, whatever its lines and the settings say.
struct StoreFigureTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }
  private static let count = 1000

  /// A cart as its store states it.
  private struct Stated {
    let id: String
    let currency: String
    let total: String
    let tax: String
    let lines: [String]

    var text: String { "\(id)\t\(total)\t\(tax)\t\(lines.joined(separator: " "))" }
  }

  private static func amount(_ minor: Int) -> String {
    "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)"
  }

  private static func line(_ cart: String, _ place: Int, _ random: inout SeededRandom) -> String {
    let kinds = [
      #""sku":"SKU-\#(random.pick(1...20))""#, #""sku":"SKU-1","product":"1","variant":"7""#,
      #""product":"\#(random.pick(1...99))""#, #""kind":"gift_certificate""#,
      #""kind":"custom","name":"Engraving""#, #""kind":"digital","product":"5","sku":"PDF""#,
      #""sku":"PART","parent":"l0","mutable":false"#, #""sku":"FREE","gift":true"#,
    ]
    return
      #"{"type":"line.added","at":"2026-11-23T08:01:00Z","cart":"\#(cart)","line":"l\#(place)","#
      + #""quantity":\#(random.pick(1...9)),"price":\#(random.pick(0...99)).\#(random.pick(1_000_000...9_999_999))\#(random.pick(100_000...999_999)),"#
      + random.pick(kinds) + "}\n"
  }

  /// Makes carts whose stated figures follow from nothing.
  private func shop() -> [Stated] {
    var (random, text, carts) = (SeededRandom(seed: 20), "", [Stated]())
    for number in 0..<Self.count {
      let (id, currency) = ("store\(10000 + number)", random.chance(50) ? "EUR" : "USD")
      text +=
        #"{"type":"cart.created","at":"2026-11-23T08:00:00Z","cart":"\#(id)","currency":"\#(currency)","#
      let count = random.pick(1...4)
      let amounts = (0..<count).map { _ in Self.amount(random.pick(0...99_999)) }
      let cart = Stated(
        id: id, currency: currency, total: Self.amount(random.pick(0...999_999)),
        tax: Self.amount(random.pick(0...9_999)), lines: amounts)
      text +=
        #""attributes":{"stated":"\#(cart.total) \#(amounts.joined(separator: " "))"}}"# + "\n"
      text +=
        #"{"type":"cart.bound","at":"2026-11-23T08:00:00Z","cart":"\#(id)","storefront":"bigcommerce","store_id":"\#(id)","origin":"shopper"}"#
        + "\n"
      for place in 0..<count { text += Self.line(id, place, &random) }
      let lines = amounts.enumerated().map { #""l\#($0.offset)":"\#($0.element)""# }
      text +=
        #"{"type":"totals.stated","at":"2026-11-23T08:02:00Z","cart":"\#(id)","subtotal":"\#(Self.amount(random.pick(0...99_999)))","#
        + #""tax":"\#(cart.tax)","total":"\#(cart.total)","lines":{\#(lines.joined(separator: ","))}}"#
        + "\n"
      carts.append(cart)
    }
    folder.write(
      "store.lua", "return { name = 'Shop', currency = 'EUR', tax = { rate = '19' } }")
    folder.write("carts.jsonl", text)
    let result = program.run("import", folder.file("carts.jsonl"))
    #expect(result.status == 0, "\(result.messages)")
    return carts
  }

  @Test func allPathsAgree() {
    let carts = shop()
    let lua = program.run(
      "-e",
      """
      local out = {}
      for c in carts{sort='id'} do
        local lines = {}
        for i, l in ipairs(c.lines) do lines[i] = tostring(l.total) end
        out[#out + 1] = table.concat({c.id, tostring(c.total), tostring(c.tax), table.concat(lines, ' ')}, '\\t')
      end
      return table.concat(out, '\\n')
      """)
    #expect(lua.output == carts.map(\.text).joined(separator: "\n") + "\n", "\(lua.messages)")
    let csv = program.run(
      "export", "carts", "--format", "csv", "--columns", "id,total,tax", "--where", "sort=id")
    #expect(
      csv.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
        == carts.map { "\($0.id),\($0.total),\($0.tax)" }, "\(csv.messages)")
    for cart in carts.prefix(15) {
      let found = program.run("-e", ".carts total=\(cart.total) tax=\(cart.tax) columns=id").output
      #expect(found.contains(cart.id), "\(cart)")
      let page = program.run("-e", ".cart \(cart.id)").output
      #expect(page.contains("\(cart.total) \(cart.currency)"), "\(page)")
    }
    let sums = program.run("report", "overview", "--format", "csv").output
    for currency in ["EUR", "USD"] {
      let own = carts.filter { $0.currency == currency }
      let sum = own.reduce(0) { $0 + (Int($1.total.filter { $0 != "." }) ?? 0) }
      #expect(sums.contains(Self.amount(sum)), "\(currency) \(Self.amount(sum)): \(sums)")
    }
  }

  @Test func aPassOverRowsJudgesTheSameFigures() throws {
    _ = shop()
    try Files.makeFolder(folder.file("rules"))
    folder.write(
      "rules/stated.lua",
      """
      local function says(c)
        local parts = {tostring(c.total)}
        for i, l in ipairs(c.lines) do parts[i + 1] = tostring(l.total) end
        return table.concat(parts, ' ') == c.attr.stated
      end
      rule "right" { action = "flag", band = "100%", when = function(c) return says(c) end }
      rule "wrong" { action = "flag", band = "100%", when = function(c) return not says(c) end }
      """)
    for rule in ["right", "wrong"] {
      let result = program.run("rules", "enforce", rule, "--yes")
      #expect(result.status == 0, "\(result.messages)")
    }
    let run = program.run("rules", "run", "--yes")
    #expect(run.status == 0, "\(run.messages)")
    #expect(
      program.run("-e", "return carts{flag='right'}:count(), carts{flag='wrong'}:count()").output
        == "\(Self.count)\t0\n")
  }
}
