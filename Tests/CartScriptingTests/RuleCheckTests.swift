import CartEngine
import CartSupport
import CartTesting
import Testing

@testable import CartScripting

/// Names that do not exist and comparisons that are never true, found without running a rule.
struct RuleCheckTests {
  func errors(_ source: String, lists: [String: String] = [:]) throws -> [String] {
    try ScriptLint.check(source, name: "@r.lua") { lists[$0] }.filter(\.isError)
      .map { "\($0.line): \($0.message)" }
  }

  func errors(when body: String, lists: [String: String] = [:]) throws -> [String] {
    try errors("rule \"r\" { when = function(c, p) \(body) end }", lists: lists)
  }

  private static let wrong: [(body: String, message: String)] = [
    ("return c.totl > 5", "cart.totl: no such field; did you mean 'total'?"),
    ("return c:sam('ip').carts > 5", "cart:sam: no such method; did you mean 'same'?"),
    ("return c:same('ip').cart > 5", "same.cart: no such field; did you mean 'carts'?"),
    ("return c.lines[1].quantty > 5", "line.quantty: no such field; did you mean 'quantity'?"),
    (
      "for _, l in ipairs(c.lines) do if l.skuu == 'x' then return true end end",
      "line.skuu: no such field; did you mean 'sku'?"
    ),
    (
      "local total = c.total return total.minr > 5",
      "money.minr: no such field; did you mean 'minor'?"
    ),
    ("return totl > 5", "unknown name 'totl'"),
    ("return stirng.lower(c.email) == 'x@y.de'", "unknown name 'stirng'; did you mean 'string'?"),
    ("return string.lowr(c.email) == ''", "string.lowr: no such function; did you mean 'lower'?"),
    ("return c.email:lowr() == ''", "cart.email: has no method 'lowr'; did you mean 'lower'?"),
    ("return c.total() > 5", ""),
    ("return c:total() > 5", "cart.total is a field; write .total without ( )"),
    ("x = 1 return false", "global 'x' cannot be set here; use 'local x'"),
    (
      "return c.email == nil",
      "cart.email is never nil: what is not known is \"\"; write c.email == \"\""
    ),
    (
      "return c.country == 'UK'",
      "cart.country is never 'UK': it is two capital letters of ISO 3166-1; did you mean 'GB'?"
    ),
    (
      "return 'de' == c.country",
      "cart.country is never 'de': it is two capital letters of ISO 3166-1; did you mean 'DE'?"
    ),
    (
      "return c.status == 'abandonned'",
      "cart.status is never 'abandonned', it is active, abandoned, expired, ordered, deleted, held, merged; "
        + "did you mean 'abandoned'?"
    ),
    (
      "return c.shopper_type ~= 'Guest'",
      "cart.shopper_type is never 'Guest', it is guest, registered; did you mean 'guest'? (~= is always "
        + "true)"
    ),
    (
      "return c.currency == 'EURO'",
      "cart.currency is never 'EURO', which is no code of ISO 4217; did you mean 'EUR'?"
    ),
    (
      "return c.coupons == ''",
      "cart.coupons is a list, never a text; write #c.coupons == 0 for an empty one"
    ),
    (
      "return c.lines == nil",
      "cart.lines is a list, never nil; write #c.lines == 0 for an empty one"
    ),
    (
      "return c.total == 0",
      "cart.total is money, which is never == a number; write c.total:eq(0), or compare with money(\"…\")"
    ),
    (
      "return '5' == c.subtotal",
      "cart.subtotal is money, which is never == a text; write c.subtotal:eq(\"5\"), or compare with "
        + "money(\"…\")"
    ),
    (
      "local t = c.tax return t == 0",
      "cart.tax is money, which is never == a number; write c.tax:eq(0), or compare with money(\"…\")"
    ),
    ("return c.phone == 5", "cart.phone is a text, never a number; write \"5\" between quotes"),
    ("return c.quantity == '5'", "cart.quantity is a number, never a text; write 5 without quotes"),
    (
      "return c.pending == 'true'",
      "cart.pending is true or false, never a text; write true without quotes"
    ),
    ("return c.quantity == nil", "cart.quantity is a number, never nil"),
    (
      "return c.ip == '203.0.113.0/24'",
      "cart.ip is one address, never '203.0.113.0/24'; write c:matches{\"ip=203.0.113.0/24\"}"
    ),
    (
      "return c.ip == '2001:DB8::7'", "cart.ip is never '2001:DB8::7'; write '2001:db8::7'"
    ),
    (
      "return c.email == '*@spam.example'",
      "cart.email is never '*@spam.example'; == takes no *; write c:matches{\"email=*@spam.example\"}"
    ),
    (
      "return c.email == 'Anna@Example.com'",
      "cart.email is never 'Anna@Example.com': e-mails are stored in small letters; write "
        + "'anna@example.com'"
    ),
    (
      "return c.domain == 'Example.com'",
      "cart.domain is never 'Example.com': domains are stored in small letters and ASCII; did you mean "
        + "'example.com'?"
    ),
    (
      "return c.lines > 5",
      "cart.lines is a list and cannot be compared with a number; write #c.lines"
    ),
    ("return c.email > 5", "cart.email is a text and cannot be compared with a number"),
    (
      "c.coupons[1] = 'X'",
      "cart.coupons is read-only; use c:apply_coupon(code) or c:remove_coupon(code)"
    ),
    ("c.lines[1].quantity = 2", "line.quantity is read-only; use c:set(line, quantity)"),
    (
      "return c.lines[1].price * 1.5 > 5",
      "line.price is a text; '*' on it makes a float, which is not exact; use "
        + "line.unit_price and its :percent(n), or line.total"
    ),
    (
      "return c.lines[1].unit_price * 0.5 > 5",
      "a price cannot be multiplied by a float; use :percent(n), which is exact, or a whole number of "
        + "pieces"
    ),
    ("return p.most > 5", "params: has no 'most'"),
  ]

  @Test(arguments: wrong.filter { !$0.message.isEmpty })
  func aWrongRuleIsNamed(body: String, message: String) throws {
    #expect(try errors(when: "\n" + body) == ["2: " + message])
  }

  @Test func definitionsAreLookedAt() throws {
    #expect(
      try errors(
        """
        rule "a" {
          whn = function(c) return true end,
          action = "holds",
          ban = { by = "ip", tll = "1d" },
        }
        policy "b" { when = function(c, p) return c.total > p.mst end, params = { most = 5 } }
        """) == [
          "2: rule 'a': no key 'whn'; did you mean 'when'?; it takes when, params, action, ban, reason, "
            + "tell, priority, share, band",
          "3: rule 'a': action: expected hold or flag, got 'holds'; did you mean 'hold'?",
          "4: rule 'a': ban: no key 'tll'; did you mean 'ttl'?",
          "6: policy 'b': max is required, as max = {orders = 20, total = \"5000\", per = \"1d\"}",
          "6: params: has no 'mst'; did you mean 'most'?",
        ])
  }

  @Test func aListOfBlocksIsNotAskedForAnAddress() throws {
    let lists = [
      "nets.txt": "# nets\n198.51.100.7\n198.51.100.0/24\n", "ips.txt": "198.51.100.7\n",
    ]
    let message = try errors(when: "return list('nets.txt'):has(c.ip)", lists: lists)
    #expect(message.count == 1)
    #expect(
      message.first?.hasPrefix(
        "1: list 'nets.txt': has blocks of addresses as 198.51.100.0/24, which :has(c.ip) never finds"
      )
        == true)
    #expect(
      try errors(when: "local l = list 'nets.txt' return l:has(c.ip)", lists: lists).count == 1)
    #expect(try errors(when: "return list('ips.txt'):has(c.ip)", lists: lists) == [])
    #expect(try errors(when: "return list('nets.txt'):has(c.domain)", lists: lists) == [])
  }

  @Test(arguments: [
    "return c.lines[1].unit_price > 5 and c.lines[1].unit_price * 2 == c.total",
    "return c.email == ''", "return c.country == 'DE' and c.status == 'active'",
    "return c.total == money('5')", "return c.total:eq(5)", "return c.total > 100",
    "return c.total > '100.50'", "return #c.coupons == 0", "return c.coupon == 'SAVE10'",
    "return c.lines[1] == nil", "local l = c.lines[1] return l == nil or l.quantity == 2",
    "local x x = c.total x = 5 return x == 5",
    "local n = 0 for _ in ipairs(c.lines) do n = n + 1 end return n == 2",
    "return product(c.lines[1].sku) == nil", "return blacklist.check(c) == nil",
    "return (c.name or 'x') == 'x'", "return c.ip == '203.0.113.7' or c.ip == ''",
    "return c.email == 'anna@example.com'", "return c.total / c.subtotal == 1",
    "local t = { a = 1 } return t.b == nil and t.a == 1", "return tostring(c.total) == '5.00'",
    "return c.total.minor == 500", "return c.customer_id == 0", "return type(c.email) == 'string'",
    "return c.email:match('x') == nil", "return string.find(c.email, 'x') == nil",
    "local f = function(a) return a.total > 5 end return f(c)", "return c:matches{'total>5'}",
    "return c:same('ip', '1h').known == false",
    "for k, v in pairs(p) do if k == 'x' then return v == 5 end end",
    "return tonumber(c.phone) == 5", "goto done ::done:: return false",
    "return c.lines[1].options.size == 'XL'",
    "return money('1') + c.total == c.total", "return -c.total == c.total",
    "return (c.total) == c.total",
    "local s = c.status return s == 'held' or s ~= 'expired'", "return not c.pending == true",
    "return date(c.created, '%H') == '07'", "return date(c.created, '*t').hour == 7",
    "return now() - c.created > duration '2h'", "return c.idle > 7200 and c.quantity // 2 == 1",
  ])
  func whatIsRightIsNotTouched(body: String) throws {
    #expect(try errors(when: body) == [], "\(body)")
  }

  @Test func parametersReadByKeyAreRead() throws {
    for body in [
      "for k, v in pairs(p) do if c[k] == v then return true end end",
      "local k = 'a' return p[k] == 1",
      "return f(p)",
    ] {
      let source =
        "local function f(x) return x.a == 1 end rule \"r\" { params = { a = 1, b = 2 }, when = "
        + "function(c, p) \(body) end } return f"
      #expect(try ScriptLint.check(source, name: "@r.lua") == [], "\(body)")
    }
  }

  /// A script at the console may set globals and has more names.
  @Test func scriptsMaySetGlobals() throws {
    let script = "x = arg[1] setmetatable({}, {}) function f() return x end print(f())"
    #expect(try errors(script) == [])
    #expect(try errors("print(prnt)") == ["1: unknown name 'prnt'; did you mean 'print'?"])
  }
}
