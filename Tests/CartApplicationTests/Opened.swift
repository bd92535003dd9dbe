import CartApplication
import CartEngine
import CartModel
import CartStoreSQLite
import CartSupport
import CartTesting
import ProgramTesting

/// A home with three carts that is open without a console.
final class Opened {
  let folder: TemporaryFolder
  let application: Application
  let clock: TestClock
  private let box = Box()

  private final class Box {
    var messages: [String] = []
    var output = ""
  }

  /// What was said, a line each.
  var messages: [String] { box.messages }
  /// What scripts printed.
  var output: String { box.output }

  /// - Parameter rules: the content of rule files, by their names.
  init(
    rules: [String: String] = [:], settings: String = "", _ change: (inout Home) -> Void = { _ in }
  )
    throws
  {
    let test = try TestShop()
    try test.take(Self.carts)
    test.shop.close()
    (folder, clock) = (test.folder, test.clock)
    try Files.makeFolder(folder.file("rules"))
    for (name, text) in rules { folder.write("rules/" + name, text) }
    if !settings.isEmpty { folder.write("store.lua", settings) }
    var home = try Home(
      SQLiteStorageFactory(), home: folder.path, database: folder.file("cartio.db"),
      rules: folder.file("rules"),
      staff: "anna")
    home.sources.time = { [clock] in clock.now }
    var random = SeededRandom(seed: 5)
    home.sources.randomness = { random.next() }
    home.sources.seed = 1
    change(&home)
    application = try Application(
      home, output: { [box] in box.output += $0 }, messages: { [box] in box.messages.append($0) })
  }

  /// The status of each cart by its id.
  func statuses() throws -> [String] {
    try ["cart1", "cart2", "cart3"].map { id in
      let handler = application.handler
      let cart = try handler.reader.cart(try handler.reader.find(id))
      return cart?.status(at: handler.now, handler.settings).rawValue ?? ""
    }
  }

  /// Carts with one, two and three mugs.
  static let carts = (1...3).reduce(into: TestShop.products) { text, number in
    text += """

      {"type":"cart.created","at":"2026-11-01T07:50:00Z","cart":"cart\(number)","currency":"EUR","shopper":{"email":"guest\(number)@example.com"}}
      {"type":"line.added","at":"2026-11-01T07:51:00Z","cart":"cart\(number)","line":"l1","sku":"MUG-01","quantity":\(number),"price":"12.99"}
      """
  }
}
