import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import Testing

/// A shop with a folder of rules.
final class RuleHarness {
  let test: TestShop
  let handler: CommandHandler
  let book: RuleBook
  var said: [String] = []

  /// Carts c1000 … with as many pieces as their place, and a domain for each ten.
  init(_ count: Int = 20) throws {
    test = try TestShop()
    try test.take(TestShop.products)
    var lines = ""
    for cart in 0..<count {
      lines += """
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c\(1000 + cart)","shopper":{"email":"s\(cart)@d\(cart / 10).example","ip":"203.0.113.\(cart % 250)","country":"DE"}}
        {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":\(1 + cart),"price":"10.00"}

        """
    }
    try test.take(lines)
    handler = test.handler()
    let folder = test.folder.file("rules")
    for part in ["", "/lib", "/lists"] { try Files.makeFolder(folder + part) }
    book = RuleBook(handler, folder: folder)
    handler.judge = book
    book.messages = { [unowned self] in said.append($0) }
  }

  func write(_ name: String, _ text: String) { test.folder.write("rules/" + name, text) }

  func scan() throws -> RuleBook.Scan {
    var scan = RuleBook.Scan()
    try operation(handler, "scan") { scan = try book.scan() }
    book.refresh()
    return scan
  }

  func enforce(_ name: String, judged: [(hits: Int, of: Int)] = []) throws {
    try operation(handler, "enforce") { _ = try book.set(name, .enforce, judged: judged) }
    book.refresh()
  }

  /// A pass over all open carts; gives the names of those that it held.
  ///
  /// - Parameter byOne: whether each cart is read as a whole, and not as its row stands.
  @discardableResult
  func pass(byOne: Bool = false) throws -> [String] {
    var held: [String] = []
    try operation(handler, "pass") {
      guard byOne else {
        #expect(handler.run.guard.canScan)
        let count = try handler.run.guard.openCarts()
        try book.pass(over: count) {
          let judged = try handler.run.guard.judgeAll(of: count) { key in
            if let cart = try? handler.cart(key) { held.append(cart.id) }
          }
          #expect(judged == count)
        }
        return
      }
      let keys = try handler.keys(matching: Filter())
      try book.pass(over: keys.count) {
        try handler.run.guard.judge(keys.sorted()) { key, isHeld in
          if isHeld, let cart = try? handler.cart(key) { held.append(cart.id) }
        }
      }
    }
    return held
  }

  func cart(_ name: String) throws -> Cart {
    try #require(try test.shop.store.cart(try handler.find(name)))
  }

  func hits(_ name: String) throws -> Int64 {
    try test.shop.store.decisions(of: name, version: try book.rule(name).current.number).hits
  }
}
