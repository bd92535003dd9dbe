import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartConsole
@testable import CartStoreSQLite

/// How many statements tasks need: each is a round trip where the database is a server.
struct StatementTests {
  /// A shop of many carts, each of one person with one to three lines; every tenth became an order.
  private static func carts(_ count: Int) -> String {
    var lines = [TestShop.products]
    for cart in 0..<count {
      let at = "2026-10-\(10 + cart % 20)T07"
      lines.append(
        """
        {"type":"cart.created","at":"\(at):00:00Z","cart":"cart\(cart)","currency":"EUR","shopper":{"email":"s\(cart % (count / 3))@d\(cart % 97).example","ip":"203.0.\(cart % 7).\(cart % 250)","country":"DE"}}
        """)
      for line in 0...cart % 3 {
        lines.append(
          """
          {"type":"line.added","at":"\(at):01:0\(line)Z","cart":"cart\(cart)","line":"l\(line)","sku":"\(["MUG-01", "TEA-01", "SCREW"][line])","quantity":\(1 + cart % 5),"price":"12.99"}
          """)
      }
      if cart % 10 == 0 {
        lines.append(
          """
          {"type":"cart.ordered","at":"\(at):02:00Z","cart":"cart\(cart)","order":"\(5000 + cart)"}
          """)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Rules of all kinds: of the cart alone, of a list, of other carts by several keys.
  private static let rules = """
    rule "far-and-dear" {
      params = { most = 300 },
      when = function(c, p) return c.country == "DE" and c.total > p.most end,
    }
    rule "shared" {
      params = { most = 40 },
      when = function(c, p) return c:same("ip", "30d").carts > p.most end,
    }
    rule "person" { when = function(c) return c:same("email").orders > 0 and c.quantity > 9 end }
    rule "domain" { when = function(c) return c:same("domain").carts > 90 and c.quantity > 9 end }
    rule "pieces" { action = "flag", when = function(c) return c.quantity > 12 end }
    local disposable = list "disposable.txt"
    rule "disposable" { when = function(c) return disposable:has(c.domain) end }
    """

  /// Fails with the statements where there are more than the budget.
  private func expect(_ most: Int, _ statements: [String], _ log: StatementLog, _ task: String) {
    #expect(statements.count > 0, "\(task): nothing was counted")
    #expect(
      statements.count <= most,
      "\(task): \(statements.count) of at most \(most) statements:\n\(log.summary)")
  }

  @Test("A change takes at most 12 statements under the lock, its undo 20 in all")
  func changes() throws {
    let desk = try Desks(Desks.carts)
    let log = StatementLog()
    try log.record(desk.console.shop.store)
    desk.type(".add cart1 MUG-01 2")
    expect(12, log.underLock, log, "the first change of a person")
    for _ in 0..<2 {
      log.removeAll()
      let said = desk.type(".undo confirm=1")
      let number = try desk.lastOperation()
      #expect(said.hasSuffix("1 cart changed, as operation \(number)\n"), "\(said)")
      expect(20, log.statements, log, "undo")
      log.removeAll()
      desk.type(".add cart2 TEA-01 3")
      expect(12, log.underLock, log, "a change")
    }
    #expect(try desk.console.shop.check().problems == [])
  }

  @Test("Passes of rules, enforcing one and checking read many carts with a statement")
  func rules() throws {
    let desk = try Desks(Self.carts(3000))
    for part in ["", "/lists"] { try Files.makeFolder(desk.folder.file("rules") + part) }
    desk.folder.write("rules/all.lua", Self.rules)
    desk.folder.write("rules/lists/disposable.txt", "d5.example\nd7.example\n")
    let log = StatementLog()
    try log.record(desk.console.shop.store)
    for rule in ["disposable", "pieces", "shared"] {
      log.removeAll()
      let said = desk.type(".rules enforce \(rule)")
      #expect(said.contains("is enforced"), "\(said)")
      expect(200, log.statements, log, "rules enforce \(rule)")
    }
    let first = desk.type(".rules run")
    #expect(first.contains("2,700 carts judged, ") && !first.contains(" 0 held"), "\(first)")
    // Another process, which remembers nothing.
    let again = try Desks.reopened(desk)
    let second = StatementLog()
    try second.record(again.shop.store)
    again.take(".rules run")
    expect(40, second.statements, second, "a second pass")
    log.removeAll()
    #expect(try desk.console.shop.check().problems == [])
    expect(500, log.statements, log, "check")
  }
}

extension StatementLog {
  fileprivate func record(_ store: any Storage) throws {
    try #require(store as? SQLiteStorage).statementLog = self
  }
}
