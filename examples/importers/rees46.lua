-- Reads shop events in the form of the REES46 / Open CDP data sets:
--   event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
--
--   cartio import rees46-cosmetics.csv --using examples/importers/rees46.lua
--
-- A `cart` row adds one piece, `remove_from_cart` takes one off, and `purchase` rows of one
-- session in one second that follow each other are one order, which names its own lines: slices of
-- the data begin in the
-- middle of sessions, so a product may be bought that was never seen being added. A `view` is no
-- cart's event. After an order the session goes on with a new cart. A line is named after its product;
-- pieces at another price are a line of their own, of which the last one is taken off first.

local carts = {}    -- session → { id, number, lines = { sku → { {id, price, quantity}, … } }, made, ordered }
local purchase      -- the order being gathered: { key, cart, at, line, lines }

local function cart_of(session)
  local cart = carts[session]
  if not cart then
    cart = { id = session, number = 1, lines = {} }
    carts[session] = cart
  elseif cart.ordered then
    local number = cart.number + 1
    cart = { id = session .. "." .. number, number = number, lines = {} }
    carts[session] = cart
  end
  return cart
end

local function make(cart, row, at, emit)
  if cart.made then return end
  cart.made = true
  emit {
    type = "cart.created", at = at, cart = cart.id,
    shopper = { session = row.user_session, customer = row.user_id, type = "registered" },
  }
end

local function line_of(cart, sku, price)
  local lines = cart.lines[sku] or {}
  cart.lines[sku] = lines
  for _, line in ipairs(lines) do
    if line.price == price then return line end
  end
  local id = #lines == 0 and sku or sku .. "@" .. price
  lines[#lines + 1] = { id = id, price = price, quantity = 0 }
  return lines[#lines]
end

local function last_line(cart, sku)
  local lines = cart.lines[sku] or {}
  for n = #lines, 1, -1 do
    if lines[n].quantity > 0 then return lines[n] end
  end
end

local function place(emit)
  if not purchase then return end
  emit({
    type = "cart.ordered", at = purchase.at, cart = purchase.cart.id, order = purchase.cart.id,
    lines = purchase.lines,
  }, purchase.line)
  purchase.cart.ordered = true
  purchase = nil
end

importer "rees46" {
  format = "csv",

  row = function(row, n, emit, reject)
    local day, clock = row.event_time:match("^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d:%d%d) UTC$")
    if not day then return reject("event_time: expected a time as 2022-10-01 00:00:00 UTC") end
    if row.user_session == "" then return reject("user_session: is empty") end
    local at = day .. "T" .. clock .. "Z"
    local kind, sku, session = row.event_type, row.product_id, row.user_session

    local key = session .. " " .. at
    if purchase and (kind ~= "purchase" or purchase.key ~= key) then place(emit) end

    if kind == "view" then return end
    if kind == "cart" then
      local cart = cart_of(session)
      make(cart, row, at, emit)
      local line = line_of(cart, sku, row.price)
      line.quantity = line.quantity + 1
      emit {
        type = "line.added", at = at, cart = cart.id, line = line.id, sku = sku, name = row.brand,
        quantity = 1, price = row.price,
      }
    elseif kind == "remove_from_cart" then
      local cart = carts[session]
      local line = cart and not cart.ordered and last_line(cart, sku)
      if not line then return reject("remove_from_cart: the product is not in the cart") end
      line.quantity = line.quantity - 1
      if line.quantity > 0 then
        emit {
          type = "line.changed", at = at, cart = cart.id, line = line.id, quantity = line.quantity,
        }
      else
        emit { type = "line.removed", at = at, cart = cart.id, line = line.id }
      end
    elseif kind == "purchase" then
      if not purchase then
        local cart = cart_of(session)
        make(cart, row, at, emit)
        purchase = { key = key, cart = cart, at = at, line = n, lines = {} }
      end
      purchase.lines[#purchase.lines + 1] =
        { sku = sku, name = row.brand, quantity = 1, price = row.price }
    else
      reject("event_type: expected view, cart, remove_from_cart or purchase")
    end
  end,

  finish = function(emit) place(emit) end,
}
