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
