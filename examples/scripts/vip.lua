-- Puts those who bought often, and took what they bought, on the allowlist for a while: no rule and no
-- entry of the blacklist holds their carts, and what held them is lifted.
--
--   cartio run examples/scripts/vip.lua 3 90d

local least = tonumber(arg[1] or "3") or error("expected how many orders it takes", 0)
local ttl = arg[2] or "90d"

local bought, spoilt = {}, {}
for _, o in ipairs(orders { status = "any" }) do
  if o.email ~= "" then
    if o.status == "cancelled" or o.status == "refunded" then
      spoilt[o.email] = true
    else
      bought[o.email] = (bought[o.email] or 0) + 1
    end
  end
end

local added = 0
for email, orders in pairs(bought) do
  if orders >= least and not spoilt[email] and not allowlist.check { email = email } then
    allowlist.add { email = email, reason = orders .. " orders", ttl = ttl }
    added = added + 1
  end
end
print(added .. " added to the allowlist")
