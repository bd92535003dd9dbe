-- Applies a coupon to every open cart above an amount in one country.
--
--   cartio run examples/scripts/coupon.lua SAVE10 DE 50 --yes
--
-- Without --yes it asks before it changes more carts than store.lua's `confirm_above`.

local code = arg[1] or "SAVE10"
local country = arg[2] or "DE"
local amount = arg[3] or "50"

local done, had = 0, 0
for c in carts { country = country, min_total = amount } do
  if c.coupon == "" then
    c:apply_coupon(code)
    done = done + 1
  else
    had = had + 1
  end
end
print(string.format("%d carts got %s, %d had a coupon already", done, code, had))
