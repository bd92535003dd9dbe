import CartTesting
import Testing

struct RefusalTableTests {
  @Test(arguments: [
    ("cart('8f3a').totl", "prompt:1: cart.totl: no such field; did you mean 'total'?"),
    ("cart('8f3a').total = 1", "prompt:1: cart.total is read-only"),
    (
      "cart('8f3a').lines[1].quantity = 9",
      "prompt:1: line.quantity is read-only; use c:set(line, quantity)"
    ),
    (
      "return '12.99' * 2",
      "'*' on the text \"12.99\" makes a float, which is not exact; use money(text), with :percent(n) or "
        + ":ratio(n, d), a line's unit_price, or tonumber(text)"
    ),
    (
      "return cart('8f3a').lines[1].price * 1.5",
      "makes a float, which is not exact; use money(text), with :percent(n) or :ratio(n, d), a line's "
        + "unit_price, or tonumber(text)"
    ),
    (
      "return cart('8f3a').lines[1].unit_price * 0.5",
      "prompt:1: price: cannot multiply by a float; use :percent(n), which is exact, or a whole number "
        + "of pieces"
    ),
    (
      "return cart('8f3a').lines[1].unit_price > {}", "price: cannot compare a price and table"
    ),
    (
      "return 0.5 + '2'",
      "'+' on the text \"2\" makes a float, which is not exact; use money(text), with :percent(n) or "
        + ":ratio(n, d), a line's unit_price, or tonumber(text)"
    ),
    (
      "local t = cart('8f3a').coupons; t[#t + 1] = 'FREE'",
      "prompt:1: cart.coupons[1] is read-only; use c:apply_coupon(code) or c:remove_coupon(code)"
    ),
    (
      "cart('8f3a').flags.x = 1",
      "prompt:1: cart.flags.x is read-only; use a rule with action = \"flag\""
    ),
    (
      "table.insert(cart('8f3a').flags, 'x')",
      "cart.flags is read-only; copy its elements into a table of your own"
    ),
    (
      "table.sort(cart('8f3a').coupons)",
      "cart.coupons is read-only; copy its elements into a table of your own"
    ),
    (
      "rawset(cart('8f3a').coupons, 1, 'x')",
      "cart.coupons is read-only; copy its elements into a table of your own"
    ),
    (
      "setmetatable(cart('8f3a').coupons, {})",
      "setmetatable: cannot change a protected metatable"
    ),
    (
      "cart('nope')",
      "prompt:1: cart: no cart has the id or order number 'nope'; find it with .carts NAME or .carts E-MAIL"
    ),
    (
      "cart(5)",
      "prompt:1: bad argument #1 'id' to 'cart': expected a text, got the number 5"
    ),
    (
      "cart('8f3a').add('MUG-01', 1)",
      "prompt:1: bad argument #1 to 'add' (cart expected, got the text 'MUG-01'; use ':')"
    ),
    (
      "cart('8f3a'):add('MUG-01', 0/0)",
      "prompt:1: bad argument #2 'quantity' to 'add': expected a whole number, got nan"
    ),
    (
      "cart('8f3a'):add('MUG-01', 1e300)",
      "prompt:1: bad argument #2 'quantity' to 'add': expected a whole number, got the number 1e+300"
    ),
    (
      "cart('8f3a'):set('MUG-01', '2')",
      "prompt:1: bad argument #2 'quantity' to 'set': expected a whole number, got the text '2'"
    ),
    (
      "cart('8f3a'):set('MUG-01', 2.0)",
      "prompt:1: bad argument #2 'quantity' to 'set': expected a whole number, got the number 2.0"
    ),
    (
      "cart('8f3a'):set('MUG-01', math.mininteger)",
      "prompt:1: set: quantity: expected 1 … 1000000, got -9223372036854775808"
    ),
    (
      "cart('8f3a'):add('MUG-01', -1)",
      "prompt:1: add: quantity: expected 1 … 1000000, got -1 beside the 2 there"
    ),
    (
      "cart('8f3a'):remove('#9')",
      "prompt:1: remove: line #9: the cart 8f3a0001 has 2 lines"
    ),
    (
      "cart('8f3a'):remove(cart('9b2c').lines[1])",
      "prompt:1: bad argument #1 'line' to 'remove': expected a line of this cart, got a line of another"
    ),
    (
      "cart('8f3a'):add('\\xff', 1)",
      "prompt:1: bad argument #1 'sku' to 'add': expected a line, its SKU, its id or \"#n\", got a text "
        + "that is not UTF-8"
    ),
    (
      "cart('8f3a'):add('MUG-01', 1, 2)", "prompt:1: add: expected at most 2 arguments, got 3"
    ),
    (
      "cart('8f3a'):apply_coupon('SAVE1O')",
      "prompt:1: apply_coupon: coupon 'SAVE1O': unknown; did you mean 'SAVE10'?"
    ),
    (
      "cart('8f3a'):set_address{cty='Köln'}",
      "prompt:1: set_address: address: no field 'cty'; did you mean 'city'?"
    ),
    ("carts{contry='DE'}", "prompt:1: carts: filter: no field 'contry'; did you mean 'country'?"),
    (
      "carts{country='UK'}",
      "prompt:1: carts: country: expected two capital letters of ISO 3166-1, got 'UK'; did you mean 'GB'?"
    ),
    (
      "carts{}:sum('totl')",
      "prompt:1: bad argument #1 'field' to 'sum': expected one of version, lines, quantity, customer_id, subtotal, discount, shipping, handling, fees, tax, total, order_total, channel, got 'totl'; did you mean 'total'?"
    ),
    ("cats{}", "prompt:1: unknown name 'cats'; did you mean 'carts'?"),
    (
      "money(12)",
      "prompt:1: bad argument #1 'text' to 'money': expected a decimal text as \"12.99\", got the number 12"
    ),
    (
      "money('1.999')",
      "prompt:1: money: amount: expected a decimal with at most 2 decimals (EUR), got '1.999'"
    ),
    (
      "money('1') * 1.5",
      "prompt:1: money: cannot multiply by a float; use :percent(n) or :ratio(n, d), which round"
    ),
    ("money('1') + 1", "prompt:1: money: cannot add money and the number 1; write money(\"…\")"),
    ("money('1') + money('1', 'JPY')", "prompt:1: money: cannot add EUR and JPY"),
    (
      "cart('8f3a'):set('#-9223372036854775808', 1)",
      "prompt:1: set: line #-9223372036854775808: the cart 8f3a0001 has 2 lines"
    ),
    ("money('1') < {}", "prompt:1: money: cannot compare money and table"),
    (
      "money('92233720368547758.07') + money('1')",
      "prompt:1: money: add goes out of range at 92233720368547758.07 EUR; "
        + "expected -92233720368547758.07 to 92233720368547758.07 EUR"
    ),
    (
      "duration'soon'",
      "prompt:1: duration: expected a number and one of s m h d w, as 2h, got 'soon'"
    ),
    (
      "date(now(), '%Q')",
      "prompt:1: date: expected one of %Y %y %m %d %H %I %M %S %p %A %a %B %b %F %T, got '%Q'"
    ),
    (
      "date('x')",
      "prompt:1: date: time: expected 2026-11-01 14:00, ISO 8601 or a span ago as 2h, got 'x'"
    ),
    (
      "date(0/0)",
      "prompt:1: 'date': expected a time in seconds since 1970, of the years 0000 to 9999, got nan"
    ),
    (
      "require('../x')",
      "prompt:1: require: expected a name of small letters, digits and _, got '../x'"
    ),
    ("require('x')", "prompt:1: require: no module 'x'; expected it at lib/x.lua"),
    ("undo(99)", "prompt:1: undo: no operation has the number 99; see .ops"),
    (
      "carts.create{curency='EUR'}",
      "prompt:1: carts.create: no field 'curency'; did you mean 'currency'?"
    ),
    ("carts.creat{}", "prompt:1: carts.creat: no such field; did you mean 'create'?"),
    ("for l in pairs(cart('8f3a')) do end", "pairs: expected a table, got cart 8f3a0001"),
    (
      "report 'X' {}",
      "prompt:1: report: expected a name of small letters, digits, - and _, got 'X'"
    ),
    ("report 'x' {ron=1}", "prompt:1: report 'x': no key 'ron'; did you mean 'run'?"),
    ("reports.run('top')", "prompt:1: reports.run: no report is called 'top'"),
    ("emit{}", "prompt:1: emit: there is no import under way"),
  ])
  func refusalsNameFunctionArgumentExpectedAndGot(source: String, expected: String) throws {
    let harness = try ScriptHarness()
    let before = try harness.test.exported()
    #expect(harness.message(source).hasSuffix(expected), "\(harness.message(source))")
    #expect(try harness.test.exported() == before)
  }
}
