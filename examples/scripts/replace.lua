-- Puts one product in the place of another in all open carts, with the same quantity.
--
--   cartio run examples/scripts/replace.lua MUG-01 CUP-S4 --plan -o replace.plan
--   cartio run examples/scripts/replace.lua MUG-01 CUP-S4 --yes
--
-- Each cart is done by itself: where it fails, that cart stays as it was and is listed, and
-- 'cartio jobs retry N' does it again. Ctrl-C stops between two carts; 'cartio jobs resume N' goes on.

local old = arg[1] or error("expected the SKU to replace", 0)
local new = arg[2] or error("expected the SKU to put in its place", 0)
if not product(new) then error("no product " .. new, 0) end

local done, failed = carts { sku = old }:each(function(c)
  for _, line in ipairs(c.lines) do
    if line.sku == old then
      c:add(new, line.quantity)
      c:remove(line)
    end
  end
end)
print(string.format("%d carts have %s instead of %s, %d failed", done, new, old, failed or 0))
