-- Who shops with which mail provider, and what is in their carts.
--
--   cartio --rules examples/reports report by-domain
--   cartio --rules examples/reports report by-domain country=DE --format csv

report "by-domain" {
  title = "Carts by mail domain",

  run = function(q)
    local groups, order = {}, {}
    for c in carts(q.where) do
      if c.domain ~= "" then
        local g = groups[c.domain]
        if not g then
          g = { carts = 0, registered = 0 }
          groups[c.domain] = g
          order[#order + 1] = c.domain
        end
        g.carts = g.carts + 1
        if c.shopper_type == "registered" then g.registered = g.registered + 1 end
        g.total = g.total and g.total + c.total or c.total
      end
    end
    table.sort(order, function(a, b) return groups[a].carts > groups[b].carts end)

    local rows, all = {}, 0
    for _, domain in ipairs(order) do
      local g = groups[domain]
      rows[#rows + 1] = { domain, g.carts, g.registered, g.total }
      all = all + g.carts
    end
    return {
      columns = {
        "domain",
        { name = "carts", type = "integer" },
        { name = "registered", type = "integer" },
        { name = "total", type = "money" },
      },
      rows = rows,
      totals = { "all", all },
      chart = { type = "bar", x = "domain", y = { "carts", "registered" } },
    }
  end,
}
