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
