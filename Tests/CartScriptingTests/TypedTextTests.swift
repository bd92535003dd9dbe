import CartEngine
import Testing

@testable import CartScripting

/// Texts inside a rule that have a grammar of their own, calls that a rule may not make, and arguments
/// that can never be right.
struct TypedTextTests {
  private func errors(
    _ source: String, lists: [String] = [], modules: [String] = []
  ) throws -> [String] {
    try ScriptLint.check(
      source, name: "@r.lua", folders: { $0 == "lists" ? lists : modules }
    ).filter(\.isError).map { "\($0.line): \($0.message)" }
  }

  private func errors(when body: String, lists: [String] = []) throws -> [String] {
    try errors("rule \"r\" { when = function(c, p) \(body) end }", lists: lists)
  }

  private static let inRule =
    ": not inside a rule, which sees c, p, c:same, c:matches, list, "
    + "product, money, times and blacklist.check only"

  private static let wrong: [(body: String, message: String)] = [
    // Keys and windows of c:same.
    (
      "return c:same('ipp', '1h').carts > 5",
      "same: no key 'ipp'; did you mean 'ip'?; expected one of ip, net, email, domain, customer, "
        + "session, country, browser, card"
    ),
    (
      "return c:same({'ip', 'mail'}).carts > 5",
      "same: no key 'mail'; did you mean 'email'?; expected one of ip, net, email, domain, customer, "
        + "session, country, browser, card"
    ),
    (
      "return c:same({'ip', 'net', 'email', 'card'}).carts > 5",
      "same: expected one to three keys, got 4"
    ),
    (
      "return c:same('ip', '1 hour').carts > 5",
      "same: duration: expected a number and one of s m h d w, as 2h, got '1 hour'"
    ),
    (
      "local w = '1hour' return c:same('ip', w).carts > 5",
      "same: duration: expected a number and one of s m h d w, as 2h, got '1hour'"
    ),
    ("return c:same().carts > 5", "same: expected key, a string|table, got nothing"),
    ("return c:same(5).carts > 5", "same: key: expected a text or a table, got a number"),
    ("return c:same('ip', '1h', 2).carts > 5", "same: expected at most 2 arguments, got 3"),
    ("return c.same('ip').carts > 5", "cart.same: is a method; write c:same(…) with a colon"),
    (
      "return c:same('ip'):declinez('x') > 5",
      "same:declinez: no such method; did you mean 'declines'?"
    ),
    // Filters.
    ("return c:matches{'totl>5'}", "matches: filter: no field 'totl'; did you mean 'total'?"),
    ("return c:matches('totl>5')", "matches: filter: no field 'totl'; did you mean 'total'?"),
    (
      "return c:matches{country='UK'}",
      "matches: country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?"
    ),
    (
      "return c:matches{country={'DE', 'UK'}}",
      "matches: country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?"
    ),
    (
      "return c:matches{'(total>5 or contry=DE)'}",
      "matches: filter: no field 'contry'; did you mean 'country'?"
    ),
    (
      "return c:matches{contry=c.email}",
      "matches: filter: no field 'contry'; did you mean 'country'?"
    ),
    (
      "return c:matches{'status=abandonned'}",
      "matches: status: expected active, abandoned, expired, ordered, deleted, held, merged or any, got "
        + "'abandonned'; did you mean 'abandoned'?"
    ),
    (
      "return c:matches{'status=paid'}",
      "matches: status: expected active, abandoned, expired, ordered, deleted, held, merged or any, got "
        + "'paid'; that is a status of orders: order_status=paid"
    ),
    ("return c:matches{'quantity=many'}", "matches: quantity: expected a whole number, got 'many'"),
    (
      "return c:matches{idle='2 hours'}",
      "matches: duration: expected a number and one of s m h d w, as 2h, got '2 hours'"
    ),
    ("return c:matches{'sort=total'}", "matches: takes no sort="),
    (
      "return c:matches{'country>DE'}",
      "matches: filter: country has no order; use = != or ~, not >"
    ),
    ("return c:matches(5)", "matches: filter: expected a table or a text, got a number"),
    // Times, spans and amounts.
    (
      "return c.idle > duration '2 hours'",
      "duration: expected a number and one of s m h d w, as 2h, got '2 hours'"
    ),
    ("return c.total > money('abc')", "money: expected an amount as \"12.99\", got 'abc'"),
    ("return c.total > money('1,50')", "money: expected an amount as \"12.99\", got '1,50'"),
    ("return c.total > money(5)", "money: text: expected a text, got a number"),
    (
      "return c.total > money('5', 'EURO')",
      "money: expected a currency of ISO 4217, got 'EURO'; did you mean 'EUR'?"
    ),
    (
      "return c.total > 'abc'",
      "cart.total: expected a decimal as \"12.99\" to compare with, got 'abc'"
    ),
    (
      "return '5 EUR' < c.total",
      "cart.total: expected a decimal as \"12.99\" to compare with, got '5 EUR'"
    ),
    (
      "return c.lines[1].unit_price > 'cheap'",
      "line.unit_price: expected a decimal as \"12.99\" to compare with, got 'cheap'"
    ),
    (
      "return c.total + 5 > c.subtotal",
      "money and a number cannot be added; write money(\"5\")"
    ),
    (
      "return c.total * 1.1 > c.subtotal",
      "money cannot be multiplied by a float; use :percent(n) or :ratio(n, d), which round"
    ),
    (
      "return c.total / 2 > c.subtotal",
      "money can be divided by money only; use :ratio(1, n), which rounds, or :split(n)"
    ),
    (
      "return date(c.created, '%Q') == ''",
      "date: expected one of %Y %y %m %d %H %I %M %S %p %A %a %B %b %F %T, got '%Q'"
    ),
    // What a rule may not do.
    ("return carts{'total>5'}:count() > 3", "carts" + inRule),
    ("return cart('8f3a').total > 5", "cart" + inRule),
    ("return #orders{} > 3", "orders" + inRule),
    ("c:hold() return true", "hold" + inRule),
    ("return #c:history() > 3", "history" + inRule),
    ("plan(function() end) return true", "plan" + inRule),
    ("undo(5) return true", "undo" + inRule),
    ("blacklist.add{ip=c.ip} return true", "blacklist.add" + inRule),
    ("return allowlist.check(c) ~= nil", "allowlist.check" + inRule),
    ("return c.claimed_by == ''", "cart.claimed_by" + inRule),
    ("local f = function() return #orders{} end return f() > 3", "orders" + inRule),
    // A field of a field.
    (
      "return c.shipping.country == 'DE'",
      "cart.shipping is an amount and has no 'country'; write c.shipping_address.country"
    ),
    (
      "return c.billing.country == 'DE'",
      "cart.billing: no such field; for the address write c.billing_address.country and so on"
    ),
    (
      "return c.city == 'Bonn'",
      "cart.city: no such field; write c.shipping_address.city or c.billing_address.city"
    ),
  ]

  @Test(arguments: wrong)
  func aWrongTextIsNamed(body: String, message: String) throws {
    #expect(try errors(when: "\n" + body) == ["2: " + message])
  }

  @Test func aTimeIsRead() throws {
    for text in ["2026-13-01", "tomorow", "25:00"] {
      let found = try errors(when: "return now() > time '\(text)'")
      #expect(found.count == 1, "\(text)")
      #expect(found.first?.hasPrefix("1: time") == true, "\(found)")
    }
    for text in ["2026-11-01 14:00", "yesterday 14:00", "2h"] {
      #expect(try errors(when: "return now() > time '\(text)'") == [])
    }
  }

  @Test func aListOrModuleThatIsNotThere() throws {
    #expect(
      try errors(when: "return list('disposble.txt'):has(c.domain)", lists: ["disposable.txt"]) == [
        "1: list: no file 'disposble.txt' in lists; did you mean "
          + "'disposable.txt'?; there are disposable.txt"
      ])
    #expect(
      try errors(when: "return list 'x.txt':has(c.domain)") == [
        "1: list: no file 'x.txt' in lists"
      ])
    #expect(
      try errors(
        "local m = require 'monye' rule 'r' { when = function(c) return m.f(c) end }",
        modules: ["money.lua"]) == [
          "1: require: no file 'monye.lua' in lib; did you mean 'money'?; there "
            + "are money"
        ])
  }

  /// What a rule calls is looked at as it is called.
  @Test func functionsThatARuleCalls() throws {
    let source = """
      local function many(cart, key)
        return cart:same(key).carts > 5 and cart.totl > 5
      end
      local function deep(cart) return #orders{} > 3 end
      local function outer(cart) return deep(cart) end
      local function unused() return carts{}:count() end
      rule "a" { when = function(c) return many(c, "ipp") end }
      rule "b" { when = outer }
      report "c" { run = function(q) return { rows = {}, columns = {}, n = unused() } end }
      """
    #expect(
      try errors(source) == [
        "2: same: no key 'ipp'; did you mean 'ip'?; expected one of ip, net, email, domain, "
          + "customer, session, country, browser, card",
        "2: cart.totl: no such field; did you mean 'total'?",
        "4: orders" + Self.inRule,
      ])
  }

  @Test func aPolicyMayAskAndNotChange() throws {
    let policy = { (body: String) in
      "policy 'p' { max = {orders = 1}, when = function(c) \(body) return true end }"
    }
    #expect(try errors(policy("if carts{'total>5'}:count() > 3 then return false end")) == [])
    #expect(
      try errors(policy("c:delete()")) == [
        "1: delete: not inside a policy, which looks at the shop and changes nothing; what is to be "
          + "ordered stands in 'order'"
      ])
    #expect(
      try errors(policy("carts{'totl>5'}:count()")) == [
        "1: carts: filter: no field 'totl'; did you mean 'total'?"
      ])
  }

  @Test func aFileAsksNothingOutsideOfItsFunctions() throws {
    let found = try errors("local n = carts{}:count() rule 'r' { when = function() end }")
    #expect(
      found.first?.hasPrefix("1: carts: not inside a rule file outside of its functions") == true)
  }

  @Test(arguments: [
    ("band = '2'", "rule 'r': band: expected a share as \"2%\", got '2'"),
    ("band = 2", "rule 'r': band: expected a share as \"2%\", got a number"),
    ("share = '200%'", "rule 'r': share: expected a share as \"2%\", got '200%'"),
    (
      "ban = {by = 'ip', ttl = '1 day'}",
      "rule 'r': ban: ttl: expected a span of at most 366d as \"15m\", got '1 day'"
    ),
    ("ban = {by = 'card', ttl = '1d'}", "rule 'r': ban: by: expected ip or email, got 'card'"),
  ])
  func aDefinitionWithAValueThatCannotBe(member: String, message: String) throws {
    #expect(
      try errors("rule 'r' { when = function() end, \(member) }") == ["1: " + message])
  }

  @Test(arguments: [
    ("every = '15min'", "every: expected a span of at most 366d as \"15m\", got '15min'"),
    ("max = {total = 'much'}", "max: total: expected an amount as \"5000\", got 'much'"),
    (
      "max = {orders = 1, per = 'day'}",
      "max: per: expected a span of at most 366d as \"15m\", got 'day'"
    ),
  ])
  func aPolicyWithAValueThatCannotBe(member: String, message: String) throws {
    let rest = member.hasPrefix("max") ? "" : ", max = {orders = 1}"
    #expect(
      try errors("policy 'p' { when = function() end, \(member)\(rest) }") == [
        "1: policy 'p': " + message
      ])
  }

  @Test func reportsAndImportersHaveKeysToo() throws {
    #expect(
      try errors("report 'r' { titel = 'x', run = function(q) end }") == [
        "1: report 'r': no key 'titel'; did you mean 'title'?; it takes title, run"
      ])
    #expect(
      try errors("importer 'i' { delimter = ';', row = function(r) end }").first?.hasPrefix(
        "1: importer 'i': no key 'delimter'; did you mean 'delimiter'?") == true)
  }

  @Test(arguments: [
    "return c:same({'ip', 'card'}, 600).carts > 2", "return c:same('ip', c.attr.window).carts > 2",
    "return c:matches('(total>5 or country=DE,AT)')", "return c:matches{'Anna Berg', min_total=5}",
    "return c:matches{'shipping.country=DE', 'attr.utm_source=x', total='5'}",
    "return c:matches{country={'DE', 'AT'}, idle=7200}", "return c.total > money('1.999')",
    "return c.total > '-5' and c.total:eq('5.00')", "return c.total * 2 > c.subtotal + c.tax",
    "return blacklist.check{ip='203.0.113.7'} == nil", "return c.total:percent('12.5') > 5",
    "return date(now(), '!%H') == '07'", "return c.total:percent(50) > 5",
    "local s = c:same('ip') return s.known and s.carts > 3", "log(c.id, c.total) return false",
  ])
  func whatIsRightIsNotTouched(body: String) throws {
    #expect(try errors(when: body) == [], "\(body)")
  }
}
