-- Orders the carts of trade customers who pay on account, so that nobody has to type them in.
--
-- Only what a person need not look at: known customers of the group "trade" whose cart has rested for
-- ten minutes, within a sum for each. Stock, prices, double carts and the blacklist are looked at
-- besides; what does not fit is left, and `cartio rules run --plan` says why.
policy "trade-account" {
  every = "15m",
  max = { orders = 50, total = "20000", per = "1d" },
  params = { group = "trade", most = 2500, rest = 600 },
  when = function(c, p)
    if c.group ~= p.group or c.customer_id == 0 or c.idle < p.rest then return false end
    if c.total > p.most then return false end
    local known = c:same("customer", "365d")
    return known.orders > 0 and "trade customer with " .. known.orders .. " orders"
  end,
  order = function(c)
    return { payment = "on account", reference = c.company ~= "" and c.company or c.email }
  end,
}

local account = {
  customer = 7, group = "trade", company = "Lindqvist AB", subtotal = "480", ago = "20m",
  before = { { customer = 7, ordered = true, ago = "40d", quantity = 2 } },
}

test("a known trade customer's cart is ordered on account", function()
  local said = judge("trade-account", fixture(account))
  expect(said.hit, true)
  expect(said.reason, "trade customer with 1 orders")
  expect(said.order.note, "Lindqvist AB · payment: on account")
  expect(said.order.status, "placed")
end)

test("an ordinary shopper's is not", function()
  expect(judge("trade-account", fixture { customer = 7, subtotal = "480", ago = "20m" }).hit, false)
end)

test("nor is a first cart, one that is still being filled, or one beyond the sum", function()
  expect(judge("trade-account", fixture { customer = 8, group = "trade", subtotal = "10", ago = "20m" }).hit, false)
  local busy = {}
  for key, value in pairs(account) do busy[key] = value end
  busy.ago = "2m"
  expect(judge("trade-account", fixture(busy)).hit, false)
  local dear = {}
  for key, value in pairs(account) do dear[key] = value end
  dear.subtotal = "2501"
  expect(judge("trade-account", fixture(dear)).hit, false)
end)

test("at the bounds it is: ten minutes, and the whole sum", function()
  local rested = {}
  for key, value in pairs(account) do rested[key] = value end
  rested.ago, rested.subtotal = "10m", "2500"
  expect(judge("trade-account", fixture(rested)).hit, true)
end)
