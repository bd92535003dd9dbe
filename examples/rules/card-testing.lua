-- Card testing: many carts from one address that try cards and are declined.
rule "card-testing" {
  params = { declined = 3, window = "15m" },
  priority = 10,
  ban = { by = "ip", ttl = "1d" },
  tell = "Your payment could not be accepted.",
  when = function(c, p)
    local same = c:same("ip", p.window)
    if same.declined >= p.declined then
      return same.declined .. " declined cards in " .. same.carts .. " carts from " .. c.ip
    end
  end,
}

test("three declined cards from one address, over its carts", function()
  local two = { { ip = "203.0.113.7", ago = "5m", declined = 2 } }
  expect(judge("card-testing", fixture { ip = "203.0.113.7", before = two }).hit, false)
  local verdict = judge("card-testing", fixture { ip = "203.0.113.7", declined = 1, before = two })
  expect(verdict.reason, "3 declined cards in 2 carts from 203.0.113.7")
end)

test("what is longer ago, or from elsewhere, does not count", function()
  local old = { { ip = "203.0.113.7", ago = "20m", declined = 5 } }
  expect(judge("card-testing", fixture { ip = "203.0.113.7", before = old }).hit, false)
  local other = { { ip = "203.0.113.8", ago = "1m", declined = 5 } }
  expect(judge("card-testing", fixture { ip = "203.0.113.7", before = other }).hit, false)
end)
