-- Reads shop events in the form of the REES46 / Open CDP data sets:
--   event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
--
--   cartio import rees46-cosmetics.csv --using examples/importers/rees46.lua
--
-- A `cart` row adds one piece, `remove_from_cart` takes one off, and `purchase` rows of one
-- session in one second that follow each other are one order, which names its own lines: slices of
-- the data begin in the
-- middle of sessions, so a product may be bought that was never seen being added. A `view` is no
-- cart's event. After an order the session goes on with a new cart. A line is named after its product,
-- so that one whose price changed meanwhile stays one line.

local carts = {}    -- session → { id, number, lines = { sku → quantity }, made, ordered }
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
      cart.lines[sku] = (cart.lines[sku] or 0) + 1
      emit {
        type = "line.added", at = at, cart = cart.id, line = sku, sku = sku, name = row.brand,
        quantity = 1, price = row.price,
      }
    elseif kind == "remove_from_cart" then
      local cart = carts[session]
      local there = cart and not cart.ordered and cart.lines[sku] or 0
      if there == 0 then return reject("remove_from_cart: the product is not in the cart") end
      if there > 1 then
        cart.lines[sku] = there - 1
        emit {
          type = "line.changed", at = at, cart = cart.id, line = sku, quantity = there - 1,
        }
      else
        cart.lines[sku] = nil
        emit { type = "line.removed", at = at, cart = cart.id, line = sku }
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
