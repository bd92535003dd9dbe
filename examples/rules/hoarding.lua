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

test("twenty pieces are a household, twenty-one are not", function()
  local cart = { lines = { { sku = "MUG-01", quantity = 20 } } }
  expect(judge("hoarding", fixture(cart)).hit, false)
  cart.lines[1].quantity = 21
  expect(judge("hoarding", fixture(cart)).reason, "21 × MUG-01")
end)

test("many products of a few pieces each are no hoard", function()
  local lines = {}
  for i = 1, 30 do lines[i] = { sku = "SKU-" .. i, quantity = 2 } end
  expect(judge("hoarding", fixture { lines = lines }).hit, false)
end)
