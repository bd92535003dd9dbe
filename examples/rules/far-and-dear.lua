-- Large first orders to countries that the shop seldom sends to: flagged for a person to look at.
local near = { AT = true, CH = true, DE = true, FR = true, NL = true }

rule "far-and-dear" {
  action = "flag",
  params = { total = 300 },
  reason = "large first order from far away",
  when = function(c, p)
    return not near[c.country] and c.total > p.total and c:same("email").orders == 0
  end,
}

test("far and dear, and the first order", function()
  local cart = { country = "BR", email = "a@example.com", subtotal = "301" }
  expect(judge("far-and-dear", fixture(cart)).hit, true)
  cart.country = "DE"
  expect(judge("far-and-dear", fixture(cart)).hit, false)
  cart.country, cart.subtotal = "BR", "300"
  expect(judge("far-and-dear", fixture(cart)).hit, false)
  cart.subtotal, cart.before = "301", { { email = "A@example.com", ago = "30d", ordered = true } }
  expect(judge("far-and-dear", fixture(cart)).hit, false)
end)
