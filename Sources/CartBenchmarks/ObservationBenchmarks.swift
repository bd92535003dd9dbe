import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import Glibc

/// Looks at carts of a store beside a bulk edit of as many local carts, all in one process.
enum ObservationBenchmarks {
  private static let start = Timestamp(milliseconds: 1_793_520_000_000)

  static func run(_ folder: String, carts: Int) throws {
    let path = folder + "/observations.db"
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    var (random, now) = (SeededRandom(seed: 1), start)
    let store = try SQLiteStorageFactory().open(.file(path), random: { random.next() })
    let shop = try Shop(store: store, clock: { now }, random: { random.next() })
    defer { shop.close() }
    let handler = CommandHandler(shop, actor: .sync, consent: .given)
    let seen = (0..<carts).map { cart("s\($0)", quantity: 2, version: 1) }
    _ = try timed(handler) { run in
      for cart in seen { try observe(cart, run) }
    }
    let local = try makeLocal(carts, handler)
    let edits = try timed(handler) { run in
      for key in local { try run.execute(.setQuantity(.position(1), 7), on: key) }
    }
    now = start.advanced(by: 30_000)
    let unchanged = try timed(handler) { run in for cart in seen { try observe(cart, run) } }
    let changed = try timed(handler) { run in
      for index in 0..<carts {
        try observe(cart("s\(index)", quantity: 3, version: 2), run)
      }
    }
    print("\(carts) carts in one process, seconds: an edit \(text(edits / Double(carts)))")
    show("an unchanged look", unchanged / edits, goal: 0.1)
    show("a look at a changed cart", changed / edits, goal: 2)
  }

  private static func makeLocal(_ carts: Int, _ handler: CommandHandler) throws -> [Int64] {
    let run = handler.begin("local")
    for number in 0..<carts {
      let cart = try run.create(id: "local\(number)", [.email: "a\(number)@example.com"])
      for line in lines(quantity: 2) { try run.execute(.add(line), on: cart.key) }
    }
    _ = try run.finish()
    handler.beginReading("local")
    return try (0..<carts).map { try handler.reader.find("local\($0)") }
  }

  private static func observe(_ cart: SeenCart, _ run: Run) throws {
    try run.observer(of: "bigcommerce").observe(cart.binding.storeID, .cart(cart))
  }

  /// The seconds that a run takes, its end included.
  private static func timed(_ handler: CommandHandler, _ body: (Run) throws -> Void) throws
    -> Double
  {
    let began = Benchmarks.seconds()
    let run = handler.begin("bench")
    try body(run)
    _ = try run.finish()
    return Benchmarks.seconds() - began
  }

  private static func lines(quantity: Int64) -> [Line] {
    (1...3).map { number in
      Line(
        id: "i\(number)", sku: "SKU-\(number)", name: "Product \(number)",
        quantity: number == 1 ? quantity : 1, price: UnitPrice(mantissa: 1299, scale: 2))
    }
  }

  private static func cart(_ id: String, quantity: Int64, version: Int64) -> SeenCart {
    let lines = lines(quantity: quantity)
    let total = UnitPrice(mantissa: 1299 * (quantity + 2), scale: 2)
    var totals = StatedTotals(subtotal: total, total: total)
    totals.lines = lines.map {
      .init($0.id, UnitPrice(mantissa: 1299 * $0.quantity, scale: 2))
    }
    return SeenCart(
      binding: Binding(storefront: "bigcommerce", storeID: id, channel: 1, origin: .shopper),
      version: version, created: start, updated: start, currency: .eur,
      shopper: [.email: "b@example.com"], lines: lines, totals: totals)
  }

  private static func show(_ what: String, _ ratio: Double, goal: Double) {
    print("\(what): \(text(ratio)) × an edit (goal \(text(goal)))")
  }

  private static func text(_ number: Double) -> String {
    "\((number * 1_000_000).rounded() / 1_000_000)"
  }
}
