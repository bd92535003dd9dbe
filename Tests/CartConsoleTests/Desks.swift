import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartStoreSQLite
import CartSupport
import CartTesting
import ProgramTesting

@testable import CartConsole

/// One shop, and a person at a console of it; another changes the same carts.
final class Desks {
  let folder = TemporaryFolder()
  let console: Console
  /// What the other person, or a shopper, does.
  let other: CommandHandler
  private let box = Box()

  private final class Box {
    var text = ""
    var now = TestShop.start
    var answers: [Confirmer.Answer] = []
    var questions: [String] = []
    var onQuestion: () -> Void = {}
  }

  /// - Parameter answers: what is typed at questions, one after the other; nil without a terminal.
  init(_ events: String, seed: UInt64 = 1, answers: [String]? = nil, settings: String = "")
    throws
  {
    let box = box
    var home = try Home(
      SQLiteStorageFactory(), home: folder.path, database: folder.file("cartio.db"),
      rules: folder.file("rules"),
      staff: "anna")
    home.sources.time = { box.now }
    var random = SeededRandom(seed: seed)
    home.sources.randomness = { random.next() }
    home.sources.seed = seed
    var io = ConsoleIO(
      output: { box.text += $0 }, messages: { box.text += "! " + $0 + "\n" })
    if let answers {
      box.answers = answers.map { .line($0) }
      io.ask = { question in
        box.questions.append(question)
        box.onQuestion()
        return box.answers.isEmpty ? .end : box.answers.removeFirst()
      }
    }
    if !settings.isEmpty { folder.write("store.lua", settings) }
    let shop = try home.openShop()
    let importer = try EventImport(shop, source: "test") {
      (reject: Reject) throws(EngineError) in throw EngineError(.malformed, reject.reason)
    }
    for (index, line) in events.split(separator: "\n").enumerated() {
      try importer.accept(line: Array(line.utf8)[...], number: index + 1)
    }
    _ = try importer.finish()
    other = CommandHandler(shop, actor: .staff("ben"), consent: .given)
    console = try Console(home, io: io)
  }

  var questions: [String] { box.questions }

  /// What happens while a question stands.
  var onQuestion: () -> Void {
    get { box.onQuestion }
    set { box.onQuestion = newValue }
  }

  /// The number of the operation that was made last.
  func lastOperation() throws -> Int64 {
    try other.reader.operations.list(OperationFilter()).first?.operation.id ?? 0
  }

  /// A console of another process over the same shop.
  static func reopened(_ desks: Desks) throws -> Console {
    let box = desks.box
    var home = try Home(
      SQLiteStorageFactory(), home: desks.folder.path, database: desks.folder.file("cartio.db"),
      rules: desks.folder.file("rules"), staff: "anna")
    home.sources.time = { box.now }
    var random = SeededRandom(seed: 77)
    home.sources.randomness = { random.next() }
    let io = ConsoleIO(
      output: { box.text += $0 }, messages: { box.text += "! " + $0 + "\n" })
    return try Console(home, io: io)
  }

  /// Lets the person type lines; gives what was said to the last.
  @discardableResult
  func type(_ lines: String...) -> String {
    for line in lines {
      box.text = ""
      box.now = box.now.advanced(by: 60_000)
      console.take(line)
    }
    return box.text
  }

  /// Lets the other person do something as one operation.
  @discardableResult
  func change(_ body: (CommandHandler) throws -> Void) throws -> Int64? {
    try operation(other, "other") { try body(other) }
  }

  func cart(_ id: String) throws -> Cart {
    _ = other.begin("look")
    guard let cart = try other.cart(try other.find(id)) else {
      throw EngineError(.notFound, id)
    }
    return cart
  }

  /// Three carts, each with three lines; two of the first are of one SKU.
  static let carts: String = {
    var text = TestShop.products
    for (cart, shopper) in [("cart1", "luca"), ("cart2", "mara"), ("cart3", "noah")] {
      text += """

        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"\(cart)","currency":"EUR","shopper":{"email":"\(shopper)@example.com","name":"\(shopper.capitalized) Rossi"}}
        {"type":"line.added","at":"2026-11-01T07:01:00Z","cart":"\(cart)","line":"l1","sku":"MUG-01","name":"Mug, white","quantity":2,"price":"12.99"}
        {"type":"line.added","at":"2026-11-01T07:02:00Z","cart":"\(cart)","line":"l2","sku":"TEA-01","name":"Assam, 100 g","quantity":1,"price":"4.20"}
        {"type":"line.added","at":"2026-11-01T07:03:00Z","cart":"\(cart)","line":"l3","sku":"SCREW","name":"Screw","quantity":5,"price":"0.0375"}
        """
    }
    return text
  }()
}
