import CartEngine
import Testing

@testable import CartScripting

/// Rules that test the type, the presence or the settings of what they use have no errors.
struct DefensiveRuleTests {
  private func findings(
    _ source: String, _ lists: [String: String] = [:]
  ) throws -> [String] {
    try ScriptLint.check(
      source, name: "@r.lua", list: { lists[$0] },
      folders: { $0 == "lists" ? Array(lists.keys) : [] }
    ).map { "\($0.line): \($0.isError ? "error" : "warning"): \($0.message)" }
  }

  private func findings(when body: String, params: String = "") throws -> [String] {
    try findings("rule \"r\" { params = {\(params)}, when = function(c, p) \(body) end }")
  }

  private func findings(helper: String, _ body: String) throws -> [String] {
    try findings("\(helper)\nrule \"r\" { when = function(c) \(body) end }")
  }

  private static let normal = """
    local function number(x)
      if type(x) == "number" then return x == 5 and x > 2 end
      if x == nil or x == "" or x == true then return false end
      return #x == 5 and x:lower() == "a"
    end
    """

  @Test(arguments: [
    "return number(c.quantity)", "return number(c.email)", "return number(c.total)",
    "return number(c.pending)", "return number(c.lines)", "return number(nil)",
    "return number(c.quantity) or number(c.email) or number(c.total)",
  ])
  func aHelperThatTestsTypesTakesAny(body: String) throws {
    #expect(try findings(helper: Self.normal, body) == [], "\(body)")
  }

  @Test(arguments: [
    ("local function blank(x) return x == nil or x == '' end", "return blank(c.email)"),
    ("local function has(x) return x ~= nil and x ~= '' end", "return has(c.phone)"),
    ("local function get(x) if not x then return 0 end return #x end", "return get(c.lines) > 2"),
    ("local function none(x) return x == nil end", "return none(c.quantity) or none(c.lines)"),
    ("local function same(a, b) return a == b end", "return same(c.email, 'a@b.de') or same(1, 2)"),
    (
      "local function is(a, b) return a == b end",
      "return is(c.quantity, 1) or is(c.email, 'a@b.de')"
    ),
    (
      "local function is(k, v) if k == 'land' then return v == 'DE' end return v == 'guest' end",
      "return is('land', c.country) or is('kind', c.shopper_type)"
    ),
    (
      "local function ask(c, k, v) if k == 'f' then return c:matches(v) end "
        + "return c:same(v).carts > 5 end",
      "return ask(c, 'f', 'total>5') or ask(c, 's', 'ip')"
    ),
    (
      "local function kind(x) if math.type(x) then return x == 5 end return x == '5' end",
      "return kind(c.total) or kind(c.phone)"
    ),
    (
      "local function deep(x) if type(x) == 'table' then return deep(x[1]) end return x == 5 end",
      "return deep(c.email)"
    ),
    (
      "local function kind(x) local t = type(x) return t == 'number' and x == 5 end",
      "return kind(c.email)"
    ),
  ])
  func aHelperOfSeveralUses(helper: String, body: String) throws {
    #expect(try findings(helper: helper, body) == [])
  }

  @Test(arguments: [
    "local function isNumber(x) return type(x) == 'number' end",
    "local isNumber = function(x) return math.type(x) ~= nil end",
  ])
  func aFunctionThatTestsTypes(helper: String) throws {
    let other = " local function is(x) if isNumber(x) then return x == 5 end return false end"
    #expect(try findings(helper: helper + other, "return is(c.email)") == [])
    #expect(try findings(helper: helper, "return isNumber(c.total) and c.total == 5") == [])
    #expect(
      try findings(helper: helper, "return isNumber(c.quantity) and c.email == 5").count == 1)
  }

  /// What every call does wrong stays an error.
  @Test(arguments: [
    (
      "local function many(x) return x == 5 end", "return many(c.email)",
      "1: error: cart.email is a text, never a number; write \"5\" between quotes"
    ),
    (
      "local function land(x) return x == 'UK' end", "return land(c.country)",
      "1: error: cart.country is never 'UK': it is two capital letters of ISO 3166-1; did you mean "
        + "'GB'?"
    ),
    (
      "local function big(x) if not x then return false end return x.totl > 5 end",
      "return big(c)", "1: error: cart.totl: no such field; did you mean 'total'?"
    ),
  ])
  func aHelperThatIsWrongEachTime(helper: String, body: String, message: String) throws {
    #expect(try findings(helper: helper, body) == [message])
  }

  @Test(arguments: [
    "local x = c.total if type(x) == 'number' then return x == 5 end return x > 5",
    "if type(c.total) == 'number' then return c.total == 5 end return c.total > 5",
    "if math.type(c.total) then return c.total == 5 end return c.total > 5",
    "local t = {total = 5} return t.total == 5", "local l = c.lines[1] return l == nil",
    "local i = 1 return c.lines[i] == nil or c.lines[i].quantity == 2",
    "local t = {} t.x = c.total return t.x == 5 or t.x == nil or t.x.total == 5",
    "local s = c:same('ip') return s.known and s.carts > 5",
    "return product('x') == nil and blacklist.check(c) == nil",
  ])
  func testedInPlace(body: String) throws {
    #expect(try findings(when: body) == [])
  }

  /// `total` of a table that the script makes is no amount; of what a function is given it is one.
  @Test func fieldsOfTablesAreNoAmounts() throws {
    for body in [
      "local t = {{total = 5}} for _, row in ipairs(t) do if row.total == 5 then return true end end",
      "local t = {x = {total = 5}} return t.x.total == 5",
      "local x = c if type(x) == 'table' then return x.total == 5 end return false",
    ] { #expect(try findings(when: body) == [], "\(body)") }
    let helper = "local function f(row) return row.total == 5 end"
    #expect(try findings(helper: helper, "return f({total = 5})") == [])
    #expect(try findings(helper: helper, "return f(c)").first?.hasPrefix("1: error: ") == true)
  }

  @Test func aRuleOfAComputedNameIsChecked() throws {
    #expect(
      try findings(
        "for _, k in ipairs{'a'} do rule('x-' .. k) { whn = 1, "
          + "when = function(c) return c.totl end } end"
      ).map { $0.prefix(44) } == [
        "1: error: rule of a computed name: no key 'w",
        "1: error: cart.totl: no such field; did you ",
      ])
  }

  @Test(arguments: [
    ("status = 'any'", "return p.status ~= 'any' and c.status ~= p.status"),
    ("list = ''", "return p.list ~= '' and list(p.list):has(c.domain)"),
    ("list = ''", "return #p.list > 0 and list(p.list):has(c.domain)"),
    ("filter = ''", "return p.filter ~= '' and c:matches(p.filter)"),
    ("window = ''", "return p.window == '' or c:same('ip', p.window).carts > 5"),
    ("most = 5", "return type(p.most) == 'string' and p.most == '5' or c.total > p.most"),
  ])
  func aParameterThatMayBeOff(params: String, body: String) throws {
    #expect(try findings(when: body, params: params) == [])
  }

  @Test(arguments: [
    ("window = 600", "return p.window == ''", "a number, never a text"),
    (
      "most = 5", "return p.most == '5'", "p.most is a number, never a text; write 5 without quotes"
    ),
    ("most = 5", "return p.most ~= nil", "p.most is a number, never nil (~= is always true)"),
    ("status = 'any'", "return c.status ~= p.status", "cart.status is never 'any'"),
    (
      "countries = 'DE,AT'",
      "return c.country == p.countries or p.countries:find(c.country, 1, true) ~= nil",
      "cart.country is never 'DE,AT'"
    ),
    ("filter = 'totl>5'", "return c:matches(p.filter)", "matches: filter: no field 'totl'"),
    ("land = 'UK'", "return c:matches{country = p.land}", "matches: country: expected two"),
    ("list = 'x.txt'", "return list(p.list):has(c.domain)", "list: no file 'x.txt'"),
    ("key = 'ipp'", "local k = p.key return c:same(k).carts > 5", "same: no key 'ipp'"),
    ("limit = 5", "return c.total > money(p.limit)", "money: text: expected a text, got a number"),
    ("limit = 'abc'", "return c.total > p.limit", "cart.total: expected a decimal"),
    ("limit = 5", "return c.total + p.limit > c.tax", "money and a number cannot be added"),
    ("on = true", "return 'x' .. p.on == 'xtrue'", "p.on is true or false and cannot be"),
  ])
  func aDefaultIsAWarning(params: String, body: String, message: String) throws {
    let found = try findings(when: body, params: params)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("1: warning: ") == true, "\(found)")
    #expect(found.first?.contains(message) == true, "\(found)")
  }

  @Test func anUnknownParameterIsAnError() throws {
    #expect(
      try findings(when: "return p.mst == '' or c.total > p.most", params: "most = 5") == [
        "1: error: params: has no 'mst'; did you mean 'most'?"
      ])
    #expect(
      try findings(when: "return c:matches{contry = p.land}", params: "land = 'DE'") == [
        "1: error: matches: filter: no field 'contry'; did you mean 'country'?"
      ])
  }

  private static let noText =
    "cart.email is never nil: what is not known is \"\"; write c.email == \"\""
  private static let noList =
    "cart.lines is a list, never nil; write #c.lines == 0 for an empty one"

  @Test(arguments: [
    ("return c.email == nil", "error: " + noText),
    ("return c.email == nil and c.total > 5", "error: " + noText),
    ("return c.total > 5 and (c.email == nil)", "error: " + noText),
    ("if c.lines == nil then return true end", "error: " + noList),
    ("return tostring(c.lines == nil) == 'x' or c.total > 5", "error: " + noList),
    ("return c.email == nil or c.email == ''", "warning: " + noText),
    ("return c.email == '' or c.email == nil", "warning: " + noText),
    ("return (c.email == nil and c.total > 5) or c.total > 9", "warning: " + noText),
    ("if c.lines == nil or #c.lines == 0 then return false end", "warning: " + noList),
    ("return not (c.lines == nil)", "warning: " + noList),
    ("return nil == c.lines or c.total > 5", "warning: " + noList),
    ("return c.email ~= nil and c.total > 5", "warning: \(noText) (~= is always true)"),
    (
      "return c.quantity ~= nil",
      "warning: cart.quantity is a number, never nil (~= is always true)"
    ),
  ])
  func testsForNil(body: String, message: String) throws {
    #expect(try findings(when: body) == ["1: " + message])
  }

  @Test(arguments: [
    ("return 'total ' .. c.total", "money cannot be concatenated; write tostring(c.total)"),
    ("return c.total .. ' EUR'", "money cannot be concatenated; write tostring(c.total)"),
    ("return '' .. c.total == '5.00'", "money cannot be concatenated; write tostring(c.total)"),
    ("local t = c.total return 'x' .. t", "money cannot be concatenated; write tostring(t)"),
    ("return '' .. (c.total + c.tax)", "money cannot be concatenated; write tostring(…)"),
    (
      "return 'x' .. c.lines[1].unit_price",
      "a price cannot be concatenated; write tostring(c.lines[1].unit_price)"
    ),
    (
      "return 'x' .. c.lines",
      "c.lines is a list and cannot be concatenated; write #c.lines for its length"
    ),
    (
      "return 'x' .. c.coupons",
      "c.coupons is a list and cannot be concatenated; write #c.coupons for its length"
    ),
    (
      "return 'x' .. c.pending",
      "c.pending is true or false and cannot be concatenated; write tostring(c.pending)"
    ),
    ("local t = {} return 'x' .. t", "t is a table and cannot be concatenated"),
    ("return 'x' .. c", "c is a cart and cannot be concatenated"),
    ("return 'x' .. nil", "nil cannot be concatenated"),
    ("return 'x' .. {}", "a table cannot be concatenated"),
    (
      "return table.concat({'a', c.total})",
      "money cannot be concatenated; write tostring(c.total)"
    ),
  ])
  func joined(body: String, message: String) throws {
    #expect(try findings(when: body) == ["1: error: " + message])
  }

  @Test(arguments: [
    "return 'n ' .. c.quantity .. ' ' .. tostring(c.total)", "return c.email .. c.idle",
    "local x = c.total if type(x) == 'string' then return 'x' .. x end return false",
    "return table.concat({c.email, c.quantity, tostring(c.total)}, ' ')",
    "return 'x' .. (c.pending and 'yes' or 'no')",
    "local s = '' for _, l in ipairs(c.lines) do s = s .. l.sku end return s == 'A'",
  ])
  func textsAndNumbersAreJoined(body: String) throws {
    #expect(try findings(when: body) == [])
  }

  @Test(arguments: [
    (
      "return c.attr.score == 5",
      "c.attr.score is a text, never a number; write \"5\" between quotes"
    ),
    ("return c.attr == 'x'", "cart.attr is attributes, never a text"),
    ("return c.total == c.lines[1].unit_price", "cart.total is money, never a price"),
    ("for _, l in ipairs(c.lines) do return l == 'x' end", "l is a line, never a text"),
    ("return 5 == '5'", "a number is never equal to a text; write 5 without quotes"),
    ("local s = c:same('ip') return s == 5", "s is the result of c:same, never a number"),
    ("local t = {} return t == nil and 1", "t is a table, never nil"),
  ])
  func words(body: String, message: String) throws {
    #expect(try findings(when: body) == ["1: error: " + message])
  }
}
