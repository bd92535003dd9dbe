import CartApplication
import CartConsole
import CartEngine
import CartModel
import CartStoreSQLite
import CartReports
import CartTesting
import ProgramTesting
import Testing

/// All reports over shops that strain them: nothing in it, one cart, other currencies and scripts.
struct AwkwardShopTests {
  private static let names = BuiltInReports.titles.map(\.name)

  /// A console of 80 columns over a shop with these events.
  private func transcript(_ events: String, _ lines: [String]) throws -> String {
    let test = try TestShop()
    let (_, rejects) = try test.take(events)
    #expect(rejects == [])
    var home = try Home(
      SQLiteStorageFactory(), home: test.folder.path, database: test.folder.file("cartio.db"),
      rules: test.folder.file("rules"), staff: "anna")
    home.sources.now = TestShop.start
    home.sources.seed = 1
    var text = ""
    let console = try Console(
      home,
      io: ConsoleIO(
        output: { text += $0 }, messages: { text += "! " + $0 + "\n" },
        terminal: Terminal(width: 80, hasColour: false)))
    for line in lines {
      text += "> \(line)\n"
      console.take(line)
    }
    return text
  }

  private func all() -> [String] { Self.names.map { ".report \($0)" } }

  @Test func anEmptyShop() throws {
    expectGolden(try transcript("", all()), "reports-empty")
  }

  @Test func oneCart() throws {
    expectGolden(
      try transcript(
        """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"only","shopper":{"email":"eve@x.example","country":"DE"}}
        {"type":"line.added","at":"2026-11-01T07:01:00Z","cart":"only","sku":"MUG","name":"Mug","quantity":2,"price":"12.99"}
        """, all()), "reports-one-cart")
  }

  @Test func currenciesScriptsAndLongNames() throws {
    let long = "Tea " + String(repeating: "very long ", count: 29) + "name."
    #expect(long.count > 295)
    var lines: [String] = []
    for (number, (currency, price, name)) in [
      ("JPY", "1299", "急須 (南部鉄器)"), ("KWD", "12.345", "إبريق شاي"), ("EUR", "9.50", long),
      ("EUR", "1999999.99", "קנקן תה"), ("EUR", "0.0375", "👩‍👩‍👧 set, \u{202e}reversed"),
    ].enumerated() {
      let (cart, at) = ("cart\(number)", "2026-10-3\(number % 2)T0\(number + 1):00")
      lines += [
        #"{"type":"cart.created","at":"\#(at):00Z","cart":"\#(cart)","currency":"\#(currency)","shopper":{"email":"لاعب\#(number)@x.example","country":"JP"}}"#,
        #"{"type":"line.added","at":"\#(at):10Z","cart":"\#(cart)","sku":"SKU-\#(number)","name":"\#(name)","quantity":\#(number + 1),"price":"\#(price)","currency":"\#(currency)"}"#,
      ]
      if number % 2 == 0 {
        lines.append(
          #"{"type":"cart.ordered","at":"\#(at):20Z","cart":"\#(cart)","order":"\#(2000 + number)"}"#
        )
      }
    }
    expectGolden(
      try transcript(
        lines.joined(separator: "\n"), all() + [".report overview by=day", ".mode csv"] + all()),
      "reports-currencies")
  }
}
