-- Hoarding: more pieces of one product than a household buys.
rule "hoarding" {
  params = { pieces = 20 },
  tell = "Please call us for larger quantities.",
  when = function(c, p)
    for _, line in ipairs(c.lines) do
      if line.quantity > p.pieces then return line.quantity .. " × " .. line.sku end
    end
  end,
}
